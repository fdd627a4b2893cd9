package dev.evergate.core.gateway;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.Gateway.ActiveRun;
import dev.evergate.core.gateway.GatewayEvent.ConfigChanged;
import dev.evergate.core.gateway.GatewayEvent.DeviceChanged;
import dev.evergate.core.gateway.GatewayEvent.MessageAdded;
import dev.evergate.core.gateway.GatewayEvent.Run;
import dev.evergate.core.gateway.GatewayEvent.RunCompacting;
import dev.evergate.core.gateway.GatewayEvent.RunEnded;
import dev.evergate.core.gateway.GatewayEvent.RunModel;
import dev.evergate.core.gateway.GatewayEvent.RunStarted;
import dev.evergate.core.gateway.GatewayEvent.RunText;
import dev.evergate.core.gateway.GatewayEvent.SessionChanged;
import dev.evergate.core.gateway.GatewayEvent.SessionCompacting;
import dev.evergate.core.gateway.GatewayEvent.SuspensionChanged;
import dev.evergate.core.journal.Content;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.SessionDetails;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.TranscriptRow.Provenance;
import dev.evergate.core.journal.Turn;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * Events and runs as bytes, for the way from one generation to the next. Thread-safe.
 *
 * <p>The first byte is the version of the form. A later release reads every version up to its own
 * and, as long as a release before it may be its successor, writes what that one reads.
 */
public final class EventCodec {
    private static final int VERSION = 2;

    /** Before texts could be more than that, and before conversations had details. */
    private static final int PLAIN_VERSION = 1;

    /** {@link DataOutputStream#writeUTF} takes 65,535 bytes, and a character may need three. */
    private static final int PIECE_CHARS = 21_000;

    /** More than any event holds; a length beyond it is not one of ours. */
    private static final int TEXT_CHARS_MAX = 64 << 20;

    private static final int STARTED = 1;
    private static final int MODEL = 2;
    private static final int TEXT = 3;
    private static final int ENDED = 4;
    private static final int MESSAGE = 5;
    private static final int SESSION = 6;
    private static final int ACTIVE = 7;
    private static final int CONFIG = 8;
    private static final int DEVICE = 9;
    private static final int SUSPENSION = 10;
    private static final int RUN_COMPACTING = 11;
    private static final int SESSION_COMPACTING = 12;

    private EventCodec() {}

    public static byte[] encode(GatewayEvent event) {
        return encoded(out -> write(out, event));
    }

    public static byte[] encode(ActiveRun run) {
        return encoded(
                out -> {
                    out.writeByte(ACTIVE);
                    text(out, run.runId());
                    text(out, run.sessionKey());
                    text(out, run.userText());
                    out.writeLong(run.acceptedAtMs());
                    out.writeLong(run.startedAtMs());
                    text(out, run.text());
                });
    }

    /**
     * @throws EvergateException {@code INVALID_REQUEST} if the bytes are no event of a version this
     *     release knows
     */
    public static GatewayEvent event(byte[] bytes) {
        return decoded(bytes, EventCodec::event);
    }

    /**
     * @throws EvergateException {@code INVALID_REQUEST} if the bytes are no run of a version this
     *     release knows
     */
    public static ActiveRun run(byte[] bytes) {
        return decoded(
                bytes,
                in -> {
                    int kind = in.readByte();
                    if (kind != ACTIVE) {
                        throw new IOException("kind " + kind + " is no run");
                    }
                    return new ActiveRun(
                            text(in), text(in), text(in), in.readLong(), in.readLong(), text(in));
                });
    }

    private static void write(DataOutputStream out, GatewayEvent event) throws IOException {
        switch (event) {
            case RunStarted(var run, var seq, var startedAtMs, var atMs) -> {
                head(out, STARTED, run, seq);
                out.writeLong(startedAtMs);
                out.writeLong(atMs);
            }
            case RunModel(var run, var seq, var provider, var model, var atMs) -> {
                head(out, MODEL, run, seq);
                text(out, provider);
                text(out, model);
                out.writeLong(atMs);
            }
            case RunText(var run, var seq, var delta, var text, var replace, var atMs) -> {
                head(out, TEXT, run, seq);
                text(out, delta);
                text(out, text);
                out.writeBoolean(replace);
                out.writeLong(atMs);
            }
            case RunEnded(var run, var seq, var end) -> {
                head(out, ENDED, run, seq);
                end(out, end);
            }
            case MessageAdded(var key, var agentId, var row, var session) -> {
                out.writeByte(MESSAGE);
                text(out, key);
                text(out, agentId);
                row(out, row);
                session(out, session);
            }
            case RunCompacting(var run, var seq, var isOver, var isDone, var atMs) -> {
                head(out, RUN_COMPACTING, run, seq);
                out.writeBoolean(isOver);
                out.writeBoolean(isDone);
                out.writeLong(atMs);
            }
            case SessionCompacting compacting -> write(out, compacting);
            case ConfigChanged changed -> write(out, changed);
            case SessionChanged changed -> write(out, changed);
            case SuspensionChanged changed -> write(out, changed);
            case DeviceChanged(var happened) -> {
                out.writeByte(DEVICE);
                DeviceEventCodec.write(out, happened);
            }
        }
    }

    private static void write(DataOutputStream out, ConfigChanged event) throws IOException {
        out.writeByte(CONFIG);
        text(out, event.path());
        text(out, event.hash());
        text(out, event.plan());
        out.writeLong(event.atMs());
    }

    private static void write(DataOutputStream out, SessionChanged event) throws IOException {
        out.writeByte(SESSION);
        text(out, event.sessionKey());
        text(out, event.agentId());
        text(out, event.reason());
        session(out, event.session());
        out.writeLong(event.atMs());
    }

    private static void write(DataOutputStream out, SuspensionChanged event) throws IOException {
        out.writeByte(SUSPENSION);
        text(out, event.phase());
        text(out, event.suspensionId());
        text(out, event.requestId());
        out.writeBoolean(event.isDrain());
        out.writeLong(event.expiresAtMs());
    }

    private static void write(DataOutputStream out, SessionCompacting event) throws IOException {
        out.writeByte(SESSION_COMPACTING);
        text(out, event.operationId());
        text(out, event.sessionKey());
        text(out, event.agentId());
        out.writeBoolean(event.isOver());
        out.writeBoolean(event.isDone());
        text(out, event.reason());
        out.writeLong(event.atMs());
    }

    private static GatewayEvent event(Input in) throws IOException {
        int kind = in.readByte();
        return switch (kind) {
            case STARTED -> new RunStarted(run(in), in.readLong(), in.readLong(), in.readLong());
            case MODEL -> new RunModel(run(in), in.readLong(), text(in), text(in), in.readLong());
            case TEXT ->
                    new RunText(
                            run(in),
                            in.readLong(),
                            text(in),
                            text(in),
                            in.readBoolean(),
                            in.readLong());
            case ENDED -> new RunEnded(run(in), in.readLong(), end(in));
            case MESSAGE -> new MessageAdded(text(in), text(in), row(in), session(in));
            case SESSION ->
                    new SessionChanged(text(in), text(in), text(in), session(in), in.readLong());
            case RUN_COMPACTING ->
                    new RunCompacting(
                            run(in),
                            in.readLong(),
                            in.readBoolean(),
                            in.readBoolean(),
                            in.readLong());
            case SESSION_COMPACTING ->
                    new SessionCompacting(
                            text(in),
                            text(in),
                            text(in),
                            in.readBoolean(),
                            in.readBoolean(),
                            text(in),
                            in.readLong());
            case CONFIG -> new ConfigChanged(text(in), text(in), text(in), in.readLong());
            case SUSPENSION ->
                    new SuspensionChanged(
                            text(in), text(in), text(in), in.readBoolean(), in.readLong());
            case DEVICE -> new DeviceChanged(DeviceEventCodec.read(in));
            default -> throw new IOException("kind " + kind + " is no event");
        };
    }

    private static void head(DataOutputStream out, int kind, Run run, long seq) throws IOException {
        out.writeByte(kind);
        text(out, run.runId());
        text(out, run.sessionKey());
        text(out, run.sessionId());
        text(out, run.agentId());
        out.writeLong(seq);
    }

    private static Run run(Input in) throws IOException {
        return new Run(text(in), text(in), text(in), text(in));
    }

    private static void end(DataOutputStream out, RunEnd end) throws IOException {
        text(out, end.runId());
        text(out, end.sessionKey());
        text(out, end.sessionId());
        text(out, end.agentId());
        text(out, end.state().name());
        content(out, end.content());
        provenance(out, end.provenance());
        text(out, end.error());
        out.writeLong(end.startedAtMs());
        out.writeLong(end.endedAtMs());
    }

    private static RunEnd end(Input in) throws IOException {
        return new RunEnd(
                text(in),
                text(in),
                text(in),
                text(in),
                constant(in, Turn.State.class),
                content(in),
                provenance(in),
                text(in),
                in.readLong(),
                in.readLong());
    }

    private static void row(DataOutputStream out, TranscriptRow row) throws IOException {
        text(out, row.sessionId());
        out.writeLong(row.seq());
        text(out, row.id());
        text(out, row.role().name());
        text(out, row.kind().name());
        content(out, row.content());
        text(out, row.runId());
        out.writeLong(row.timestampMs());
        provenance(out, row.provenance());
    }

    private static TranscriptRow row(Input in) throws IOException {
        return new TranscriptRow(
                text(in),
                in.readLong(),
                text(in),
                constant(in, TranscriptRow.Role.class),
                constant(in, TranscriptRow.Kind.class),
                content(in),
                text(in),
                in.readLong(),
                provenance(in));
    }

    private static void content(DataOutputStream out, Content content) throws IOException {
        text(out, content.text());
        text(out, content.encoded());
    }

    private static Content content(Input in) throws IOException {
        String text = text(in);
        return in.version == PLAIN_VERSION ? Content.text(text) : Content.decode(text, text(in));
    }

    private static void provenance(DataOutputStream out, Provenance from) throws IOException {
        text(out, from.provider());
        text(out, from.model());
        text(out, from.stopReason());
        out.writeLong(from.inputTokens());
        out.writeLong(from.outputTokens());
    }

    private static Provenance provenance(Input in) throws IOException {
        return new Provenance(text(in), text(in), text(in), in.readLong(), in.readLong());
    }

    private static void session(DataOutputStream out, Optional<Session> session)
            throws IOException {
        out.writeBoolean(session.isPresent());
        if (session.isPresent()) {
            Session known = session.get();
            text(out, known.key());
            text(out, known.sessionId());
            text(out, known.agentId());
            text(out, known.label());
            out.writeLong(known.createdAtMs());
            out.writeLong(known.updatedAtMs());
            out.writeLong(known.lastSeq());
            out.writeLong(known.inputTokens());
            out.writeLong(known.outputTokens());
            text(out, known.preview());
            text(out, known.title());
            out.writeLong(known.spokenAtMs());
            text(out, known.details().json());
        }
    }

    private static Optional<Session> session(Input in) throws IOException {
        if (!in.readBoolean()) {
            return Optional.empty();
        }
        var key = text(in);
        var sessionId = text(in);
        var agentId = text(in);
        var label = text(in);
        long createdAtMs = in.readLong();
        long updatedAtMs = in.readLong();
        long lastSeq = in.readLong();
        long inputTokens = in.readLong();
        long outputTokens = in.readLong();
        var preview = text(in);
        boolean isShort = in.version == PLAIN_VERSION;
        return Optional.of(
                new Session(
                        key,
                        sessionId,
                        agentId,
                        label,
                        createdAtMs,
                        updatedAtMs,
                        lastSeq,
                        inputTokens,
                        outputTokens,
                        preview,
                        isShort ? "" : text(in),
                        isShort ? 0 : in.readLong(),
                        isShort ? SessionDetails.NONE : details(in)));
    }

    private static SessionDetails details(Input in) throws IOException {
        try {
            return SessionDetails.parse(text(in));
        } catch (IllegalArgumentException e) {
            throw new IOException(e);
        }
    }

    /** Character by character: half of a surrogate pair, too, arrives as it was. */
    static void text(DataOutputStream out, String text) throws IOException {
        out.writeInt(text.length());
        for (int from = 0; from < text.length(); from += PIECE_CHARS) {
            out.writeUTF(text.substring(from, Math.min(text.length(), from + PIECE_CHARS)));
        }
    }

    static String text(DataInputStream in) throws IOException {
        int chars = in.readInt();
        if (chars < 0 || chars > TEXT_CHARS_MAX) {
            throw new IOException(chars + " characters of text");
        }
        if (chars <= PIECE_CHARS) {
            return chars == 0 ? "" : in.readUTF();
        }
        var text = new StringBuilder();
        while (text.length() < chars) {
            text.append(in.readUTF());
        }
        return text.toString();
    }

    private static <E extends Enum<E>> E constant(DataInputStream in, Class<E> type)
            throws IOException {
        String name = text(in);
        try {
            return Enum.valueOf(type, name);
        } catch (IllegalArgumentException e) {
            throw new IOException("%s is no %s".formatted(name, type.getSimpleName()), e);
        }
    }

    private static byte[] encoded(Writing body) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            body.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory refuses nothing
        }
        return bytes.toByteArray();
    }

    private static <T> T decoded(byte[] bytes, Reading<T> body) {
        try (var in = new Input(bytes)) {
            T value = body.read(in);
            if (in.available() > 0) {
                throw new IOException(in.available() + " bytes too many");
            }
            return value;
        } catch (IOException e) {
            throw new EvergateException(
                    ErrorCode.INVALID_REQUEST,
                    "Bytes of the other generation cannot be read: " + e,
                    e);
        }
    }

    /** Bytes of one version. */
    private static final class Input extends DataInputStream {
        private final int version;

        Input(byte[] bytes) throws IOException {
            super(new ByteArrayInputStream(bytes));
            version = readByte();
            if (version < PLAIN_VERSION || version > VERSION) {
                throw new IOException(
                        "form %d (this release reads up to %d)".formatted(version, VERSION));
            }
        }
    }

    private interface Writing {
        void write(DataOutputStream out) throws IOException;
    }

    private interface Reading<T> {
        T read(Input in) throws IOException;
    }
}
