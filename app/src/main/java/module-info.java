/** The composition root of one generation, and the command line. */
module dev.evergate.app {
    requires static org.jspecify;
    requires ch.qos.logback.classic;
    requires ch.qos.logback.core;
    requires dev.evergate.core;
    requires dev.evergate.keeper;
    requires dev.evergate.server;
    requires dev.evergate.store;
    requires info.picocli;
    requires java.management;
    requires java.net.http;
    requires jdk.management;
    requires jdk.unsupported;
    requires org.slf4j;

    opens dev.evergate.app.cli to
            info.picocli;

    uses dev.evergate.api.ModelProviderFactory;
    uses dev.evergate.api.ModelScout;
    uses dev.evergate.core.telemetry.Exporter.Factory;

    provides ch.qos.logback.classic.spi.Configurator with
            dev.evergate.app.observe.Logging;
}
