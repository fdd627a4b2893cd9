package dev.evergate.core.device;

import dev.evergate.core.device.DeviceEvent.Verdict;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.Device;
import dev.evergate.core.journal.Devices;
import dev.evergate.core.journal.Devices.Changed;
import dev.evergate.core.journal.Node;
import dev.evergate.core.journal.Node.Offer;
import dev.evergate.core.journal.Node.Wish;
import dev.evergate.core.time.World;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * What devices may be asked for in the role {@code node}. That a device may come as a node does not
 * make anything it offers usable: somebody has to allow that, too, and again when it offers more.
 *
 * <p>Thread-safe. Methods block on the store; errors are {@link EvergateException}, {@code
 * UNAVAILABLE} means: try again.
 */
public final class NodeOffers {
    private static final Logger log = LoggerFactory.getLogger(NodeOffers.class);

    private final World world;
    private final Store store;
    private final Devices devices;
    private final Consumer<DeviceEvent> events;

    /** Changes a device under the gateway lease. */
    interface Store {
        Changed change(Device orElse, UnaryOperator<Device> change);
    }

    NodeOffers(World world, Store store, Devices devices, Consumer<DeviceEvent> events) {
        this.world = world;
        this.store = store;
        this.devices = devices;
        this.events = events;
    }

    /**
     * Notes that a node has come and what it offers. Less than it is allowed needs no approval;
     * more is asked for, and the same wish is one request, however often it is made.
     *
     * @param version of its program
     */
    public void came(String deviceId, Offer offer, String version) {
        long nowMs = world.time().wallMillis();
        Wish wish = new Wish(world.ids().next(), offer, nowMs);
        Optional<Node> known = devices.find(deviceId).flatMap(Device::node);
        if (known.filter(node -> asking(node, wish).equals(node)).isPresent()) {
            world.tasks().start("node came", () -> note(deviceId, nowMs, version));
            return;
        }
        Changed changed = change(deviceId, node -> asking(node, wish).cameAt(nowMs, version));
        Optional<Wish> before = changed.before().node().flatMap(Node::wish);
        Optional<Wish> after = changed.after().node().flatMap(Node::wish);
        if (!before.equals(after)) {
            before.ifPresent(old -> resolved(old.id(), deviceId, Verdict.REJECTED));
        }
        if (after.filter(asked -> asked.id().equals(wish.id())).isPresent()) {
            log.info(
                    "Node {} offers {} commands; to allow them: evergate nodes approve {}",
                    deviceId,
                    offer.commands().size(),
                    wish.id());
            events.accept(new DeviceEvent.OfferRequested(changed.after()));
        }
    }

    /** Nothing depends on when it was here. */
    private void note(String deviceId, long atMs, String version) {
        try {
            Changed _ = change(deviceId, node -> node.cameAt(atMs, version));
        } catch (EvergateException e) {
            log.debug("That {} was here is not noted: {}", deviceId, e.getMessage());
        }
    }

    private static Node asking(Node node, Wish wish) {
        if (node.allowed().covers(wish.offer())) {
            return node.with(Optional.empty());
        }
        boolean isAsked = node.wish().filter(old -> old.offer().equals(wish.offer())).isPresent();
        return isAsked ? node : node.with(Optional.of(wish));
    }

    /** Those that may come as nodes. */
    public List<Device> list() {
        return devices.list().stream()
                .filter(device -> device.role(Node.ROLE).isPresent())
                .toList();
    }

    /** The node that made this request; empty if there is no such request (any more). */
    public Optional<Device> asking(String requestId) {
        return list().stream().filter(device -> isAsking(device, requestId)).findFirst();
    }

    private static boolean isAsking(Device device, String requestId) {
        return device.node()
                .flatMap(Node::wish)
                .filter(wish -> wish.id().equals(requestId))
                .isPresent();
    }

    /** Allows what a node has offered, and nothing else; empty if there is no such request. */
    public Optional<Device> approve(String requestId) {
        long nowMs = world.time().wallMillis();
        return answer(
                requestId,
                Verdict.APPROVED,
                node -> node.allowed(node.wish().orElseThrow().offer(), nowMs));
    }

    /** Refuses it: what was allowed before stays; empty if there is no such request. */
    public Optional<Device> reject(String requestId) {
        return answer(requestId, Verdict.REJECTED, node -> node.with(Optional.empty()));
    }

    private Optional<Device> answer(String requestId, Verdict verdict, UnaryOperator<Node> answer) {
        Optional<Device> asking = asking(requestId);
        if (asking.isEmpty()) {
            return Optional.empty();
        }
        String deviceId = asking.get().id();
        Changed changed =
                store.change(
                        asking.get(),
                        device ->
                                isAsking(device, requestId)
                                        ? device.with(answer.apply(device.node().orElseThrow()))
                                        : device);
        if (changed.after().equals(changed.before())) {
            return Optional.empty();
        }
        log.info("Node {}: what it offers is {}", deviceId, verdict);
        resolved(requestId, deviceId, verdict);
        return Optional.of(changed.after());
    }

    /** Tells that what a node was allowed has gone with its role. */
    void forgotten(Changed changed) {
        if (changed.before().node().isPresent() && changed.after().node().isEmpty()) {
            resolved("", changed.before().id(), Verdict.REMOVED);
        }
    }

    private Changed change(String deviceId, UnaryOperator<Node> change) {
        return store.change(
                Device.unknown(deviceId, ""),
                device ->
                        device.role(Node.ROLE).isPresent()
                                ? device.with(change.apply(device.node().orElse(Node.NEW)))
                                : device);
    }

    private void resolved(String requestId, String deviceId, Verdict verdict) {
        long nowMs = world.time().wallMillis();
        events.accept(new DeviceEvent.OfferResolved(requestId, deviceId, verdict, nowMs));
    }
}
