package dev.evergate.app;

import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.core.gateway.LiveGateway;
import dev.evergate.core.lifecycle.Component;
import dev.evergate.core.lifecycle.Phase;
import dev.evergate.core.time.Deadline;

/**
 * Lets messages in. Started last and stopped first: nothing new comes in while the rest goes down.
 */
final class Admission implements Component {
    private final LiveGateway gateway;
    private final ReadinessMonitor readiness;
    private volatile long restartExpectedMs;

    Admission(LiveGateway gateway, ReadinessMonitor readiness) {
        this.gateway = gateway;
        this.readiness = readiness;
    }

    @Override
    public String name() {
        return "admission";
    }

    /** Tells that somebody will serve again after the stop; 0 if nobody will. */
    void restartExpectedIn(long millis) {
        restartExpectedMs = millis;
    }

    @Override
    public void start() {
        gateway.resume();
    }

    @Override
    public void stop(Deadline deadline) {
        readiness.moved(Phase.Event.STOP_REQUESTED);
        String reason = restartExpectedMs > 0 ? "gateway restarting" : "gateway stopping";
        gateway.events().publish(new GatewayEvent.ShuttingDown(reason, restartExpectedMs));
        gateway.drain(deadline);
    }
}
