package dev.evergate.testkit.process;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import java.util.ArrayList;
import java.util.List;

/**
 * Gives a test its gateways, ends them after it, and prints their output if it failed. Registered
 * with {@code @RegisterExtension} in an instance field.
 */
public final class Gateways implements AfterEachCallback {
    private final List<GatewayProcess> running = new ArrayList<>();

    /** Starts a gateway and waits until it is ready. */
    public GatewayProcess startReady(GatewayLaunch launch) {
        GatewayProcess gateway = start(launch);
        gateway.awaitReady();
        return gateway;
    }

    /** Starts a gateway and does not wait. */
    public GatewayProcess start(GatewayLaunch launch) {
        GatewayProcess gateway = launch.start();
        running.add(gateway);
        return gateway;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (context.getExecutionException().isPresent()) {
            running.forEach(gateway -> System.err.println(gateway.describe()));
        }
        running.reversed().forEach(GatewayProcess::close);
        running.clear();
    }
}
