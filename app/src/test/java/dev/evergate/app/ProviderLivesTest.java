package dev.evergate.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.api.CancelSignal;
import dev.evergate.api.ModelAnswer;
import dev.evergate.api.ModelListener;
import dev.evergate.api.ModelProvider;
import dev.evergate.api.ModelProviderFactory;
import dev.evergate.api.ModelProviderSettings;
import dev.evergate.api.ModelRequest;
import dev.evergate.api.Secret;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.ConfigSnapshot.Auth;
import dev.evergate.core.config.ConfigSnapshot.Provider;
import dev.evergate.core.fault.FaultHandler;
import dev.evergate.core.plugin.PluginSet;
import dev.evergate.core.time.RealWorld;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** How long providers live that one configuration opened and the next one may not want. */
@Tag("I36")
class ProviderLivesTest {
    private final RealWorld world = new RealWorld(new FaultHandler());
    private final List<String> opened = new CopyOnWriteArrayList<>();
    private final List<String> closed = new CopyOnWriteArrayList<>();

    @AfterEach
    void end() {
        world.close();
    }

    /** Opens providers that tell of their end. */
    private final class Factory implements ModelProviderFactory {
        @Override
        public String api() {
            return "fake";
        }

        @Override
        public ModelProvider open(ModelProviderSettings settings) {
            String name = settings.id() + " " + settings.timeout().toSeconds();
            opened.add(name);
            return new ModelProvider() {
                @Override
                public ModelAnswer answer(
                        ModelRequest request, ModelListener listener, CancelSignal cancel) {
                    throw new IllegalStateException("nobody asks");
                }

                @Override
                public void close() {
                    closed.add(name);
                }
            };
        }
    }

    /** Providers, each with its timeout in seconds. */
    private static ConfigSnapshot config(Map<String, Integer> timeouts) {
        Map<String, Provider> providers = new HashMap<>();
        timeouts.forEach(
                (id, seconds) ->
                        providers.put(
                                id,
                                new Provider(
                                        new ModelProviderSettings(
                                                id,
                                                URI.create("http://127.0.0.1:1"),
                                                Secret.none(),
                                                Map.of(),
                                                Duration.ofSeconds(seconds)),
                                        "fake",
                                        List.of())));
        var auth = new Auth(Auth.Mode.TOKEN, Secret.of("a-test-token"));
        return new ConfigSnapshot(
                1,
                "hash",
                new ConfigSnapshot.Gateway(1, "127.0.0.1", auth, List.of(), List.of()),
                providers,
                new ConfigSnapshot.Agents("main", Optional.empty(), List.of(), 1_000, 1),
                Optional.empty(),
                List.of());
    }

    private PluginSet first() {
        return PluginSet.of(world, config(Map.of("a", 1, "b", 1)), List.of(Factory::new));
    }

    private void awaitClosed(String... names) {
        Wait.until(() -> "closed: " + closed, () -> closed.size() >= names.length);
        assertThat(closed).containsExactlyInAnyOrder(names);
    }

    @Test
    void aProviderIsClosedWhenTheLastTurnThatHasItEnds() {
        PluginSet before = first();
        assertThat(before.hold()).isTrue(); // a turn
        PluginSet after = before.next(config(Map.of("a", 2, "b", 1)));
        before.release(); // another configuration is in force

        assertThat(closed).isEmpty();
        before.release(); // the turn has ended
        awaitClosed("a 1");
        assertThat(opened).containsExactlyInAnyOrder("a 1", "b 1", "a 2");
        assertThat(after.provider("b")).isPresent();
        after.release();
        awaitClosed("a 1", "a 2", "b 1");
    }

    @Test
    void whatWasOpenedForNothingIsClosedAndWhatIsInUseIsNot() {
        PluginSet before = first();
        PluginSet unwanted = before.next(config(Map.of("b", 1, "c", 1)));
        unwanted.release();

        awaitClosed("c 1");
        before.release();
        awaitClosed("a 1", "b 1", "c 1");
    }

    @Test
    void aSetThatWasGivenUpCannotBeHeldAgain() {
        PluginSet before = first();
        before.release();

        assertThat(before.hold()).isFalse();
        awaitClosed("a 1", "b 1");
    }
}
