package dev.evergate.api;

/** Opens providers of one kind. Found through {@link java.util.ServiceLoader}; stateless. */
public interface ModelProviderFactory {
    /**
     * The value of {@code models.providers.<id>.api} that names this kind, such as {@code
     * openai-completions}.
     */
    String api();

    /** A provider for these settings. Connects to nothing yet. */
    ModelProvider open(ModelProviderSettings settings);
}
