package dev.evergate.core.gateway;

import static dev.evergate.core.gateway.EventCodec.text;

import dev.evergate.core.device.DeviceEvent;
import dev.evergate.core.device.DeviceEvent.Verdict;
import dev.evergate.core.journal.Device;
import dev.evergate.core.journal.Device.Approval;
import dev.evergate.core.journal.Device.Looks;
import dev.evergate.core.journal.Device.Request;
import dev.evergate.core.journal.Device.Role;
import dev.evergate.core.journal.Node;
import dev.evergate.core.journal.Node.Offer;
import dev.evergate.core.journal.Node.Wish;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What happens to devices, on its way to another generation. Tokens do not travel. Stateless. */
final class DeviceEventCodec {
    private static final int REQUESTED = 1;
    private static final int RESOLVED = 2;
    private static final int WITHDRAWN = 3;
    private static final int OFFER_REQUESTED = 4;
    private static final int OFFER_RESOLVED = 5;

    /** More than any device has. */
    private static final int LIST_MAX = 1_000;

    private DeviceEventCodec() {}

    static void write(DataOutputStream out, DeviceEvent event) throws IOException {
        switch (event) {
            case DeviceEvent.Requested(var device) -> {
                out.writeByte(REQUESTED);
                device(out, device);
            }
            case DeviceEvent.Resolved(var requestId, var deviceId, var isApproved, var atMs) -> {
                out.writeByte(RESOLVED);
                text(out, requestId);
                text(out, deviceId);
                out.writeBoolean(isApproved);
                out.writeLong(atMs);
            }
            case DeviceEvent.Withdrawn(var deviceId, var role, var reason) -> {
                out.writeByte(WITHDRAWN);
                text(out, deviceId);
                text(out, role);
                text(out, reason);
            }
            case DeviceEvent.OfferRequested(var device) -> {
                out.writeByte(OFFER_REQUESTED);
                device(out, device);
                node(out, device.node().orElse(Node.NEW));
            }
            case DeviceEvent.OfferResolved(var requestId, var deviceId, var verdict, var atMs) -> {
                out.writeByte(OFFER_RESOLVED);
                text(out, requestId);
                text(out, deviceId);
                text(out, verdict.name());
                out.writeLong(atMs);
            }
        }
    }

    static DeviceEvent read(DataInputStream in) throws IOException {
        int kind = in.readByte();
        return switch (kind) {
            case REQUESTED -> new DeviceEvent.Requested(device(in));
            case RESOLVED ->
                    new DeviceEvent.Resolved(text(in), text(in), in.readBoolean(), in.readLong());
            case WITHDRAWN -> new DeviceEvent.Withdrawn(text(in), text(in), text(in));
            case OFFER_REQUESTED -> new DeviceEvent.OfferRequested(device(in).with(node(in)));
            case OFFER_RESOLVED ->
                    new DeviceEvent.OfferResolved(text(in), text(in), verdict(in), in.readLong());
            default -> throw new IOException("kind " + kind + " is no event of a device");
        };
    }

    private static Verdict verdict(DataInputStream in) throws IOException {
        String name = text(in);
        try {
            return Verdict.valueOf(name);
        } catch (IllegalArgumentException unknown) {
            throw new IOException(name + " is no verdict about an offer", unknown);
        }
    }

    private static void node(DataOutputStream out, Node node) throws IOException {
        offer(out, node.allowed());
        out.writeLong(node.allowedAtMs());
        out.writeBoolean(node.wish().isPresent());
        if (node.wish().isPresent()) {
            Wish wish = node.wish().get();
            text(out, wish.id());
            offer(out, wish.offer());
            out.writeLong(wish.askedAtMs());
        }
        text(out, node.version());
        out.writeLong(node.connectedAtMs());
    }

    private static Node node(DataInputStream in) throws IOException {
        Offer allowed = offer(in);
        long allowedAtMs = in.readLong();
        Optional<Wish> wish =
                in.readBoolean()
                        ? Optional.of(new Wish(text(in), offer(in), in.readLong()))
                        : Optional.empty();
        return new Node(allowed, allowedAtMs, wish, text(in), in.readLong());
    }

    private static void offer(DataOutputStream out, Offer offer) throws IOException {
        texts(out, offer.caps());
        texts(out, offer.commands());
    }

    private static Offer offer(DataInputStream in) throws IOException {
        return new Offer(texts(in), texts(in));
    }

    private static void device(DataOutputStream out, Device device) throws IOException {
        text(out, device.id());
        text(out, device.publicKey());
        out.writeBoolean(device.approval().isPresent());
        if (device.approval().isPresent()) {
            approval(out, device.approval().get());
        }
        out.writeBoolean(device.request().isPresent());
        if (device.request().isPresent()) {
            Request request = device.request().get();
            text(out, request.id());
            looks(out, request.looks());
            text(out, request.role());
            texts(out, request.scopes());
            out.writeLong(request.askedAtMs());
        }
    }

    private static Device device(DataInputStream in) throws IOException {
        String id = text(in);
        String publicKey = text(in);
        Optional<Approval> approval =
                in.readBoolean() ? Optional.of(approval(in)) : Optional.empty();
        Optional<Request> request =
                in.readBoolean()
                        ? Optional.of(
                                new Request(
                                        text(in), looks(in), text(in), texts(in), in.readLong()))
                        : Optional.empty();
        return new Device(id, publicKey, approval, request);
    }

    private static void approval(DataOutputStream out, Approval approval) throws IOException {
        looks(out, approval.looks());
        text(out, approval.via());
        out.writeLong(approval.createdAtMs());
        out.writeLong(approval.approvedAtMs());
        out.writeLong(approval.lastSeenAtMs());
        out.writeInt(approval.roles().size());
        for (Role role : approval.roles()) {
            text(out, role.name());
            texts(out, role.scopes());
            out.writeLong(role.issuedAtMs());
        }
    }

    private static Approval approval(DataInputStream in) throws IOException {
        Looks looks = looks(in);
        String via = text(in);
        long createdAtMs = in.readLong();
        long approvedAtMs = in.readLong();
        long lastSeenAtMs = in.readLong();
        List<Role> roles = new ArrayList<>();
        for (int left = count(in); left > 0; left--) {
            roles.add(new Role(text(in), texts(in), "", "", in.readLong()));
        }
        return new Approval(looks, via, createdAtMs, approvedAtMs, lastSeenAtMs, roles);
    }

    private static void looks(DataOutputStream out, Looks looks) throws IOException {
        text(out, looks.platform());
        text(out, looks.family());
        text(out, looks.clientId());
        text(out, looks.clientMode());
        text(out, looks.displayName());
        text(out, looks.remoteIp());
    }

    private static Looks looks(DataInputStream in) throws IOException {
        return new Looks(text(in), text(in), text(in), text(in), text(in), text(in));
    }

    private static void texts(DataOutputStream out, List<String> texts) throws IOException {
        out.writeInt(texts.size());
        for (String each : texts) {
            text(out, each);
        }
    }

    private static List<String> texts(DataInputStream in) throws IOException {
        List<String> texts = new ArrayList<>();
        for (int left = count(in); left > 0; left--) {
            texts.add(text(in));
        }
        return texts;
    }

    private static int count(DataInputStream in) throws IOException {
        int count = in.readInt();
        if (count < 0 || count > LIST_MAX) {
            throw new IOException(count + " entries");
        }
        return count;
    }
}
