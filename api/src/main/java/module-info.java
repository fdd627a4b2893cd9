/** What a plugin author needs: model providers, messages, secrets. Depends on the JDK only. */
module dev.evergate.api {
    requires static transitive org.jspecify;

    exports dev.evergate.api;

    uses dev.evergate.api.ModelProviderFactory;
    uses dev.evergate.api.ModelScout;
}
