package dev.evergate.app;

import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.core.gateway.LiveGateway;
import dev.evergate.core.lifecycle.Phase;
import dev.evergate.core.time.Deadline;

/**
 * Lets messages in: opened when everything else runs, closed before anything else stops.
 *
 * @param readiness says so to health probes before anybody else hears it
 */
record Admission(LiveGateway gateway, ReadinessMonitor readiness) {
    /** Takes up what earlier generations left, under this epoch. */
    void open(long epoch) {
        gateway.resume();
        readiness.leaseTaken(epoch);
    }

    /**
     * Refuses new work, tells clients, and lets running turns end until the deadline; the rest is left to the next generation.
     *
     * @param restartExpectedMs how long until somebody serves again; 0 if nobody will
     */
    void close(Deadline deadline, long restartExpectedMs) {
        readiness.moved(Phase.Event.STOP_REQUESTED);
        String reason = restartExpectedMs > 0 ? "gateway restarting" : "gateway stopping";
        gateway.events().publish(new GatewayEvent.ShuttingDown(reason, restartExpectedMs));
        gateway.drain(deadline);
    }
}
