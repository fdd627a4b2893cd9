package dev.evergate.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PluginsTest {
    private final Plugins plugins = Plugins.installed();

    @Test
    void findsWhatIsInstalled() {
        assertThat(plugins.modelProviders())
                .anySatisfy(
                        plugin -> assertThat(plugin.get().api()).isEqualTo("openai-completions"));
    }

    @Test
    void makesEachOnceForAllAssembliesOfAProcess() {
        assertThat(plugins.modelProviders())
                .isNotEmpty()
                .allSatisfy(plugin -> assertThat(plugin.get()).isSameAs(plugin.get()));
    }
}
