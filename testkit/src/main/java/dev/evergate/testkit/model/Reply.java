package dev.evergate.testkit.model;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The answer to one request, written piece by piece; every piece leaves at once.
 *
 * <p>For the one thread that plays the script.
 */
public final class Reply {
    private static final JsonMapper JSON = new JsonMapper();

    private final Socket socket;
    private final OutputStream out;
    private final SeenRequest request;
    private final String model;

    Reply(Socket socket, SeenRequest request) throws IOException {
        this.socket = socket;
        this.out = socket.getOutputStream();
        this.request = request;
        this.model = modelOf(request);
    }

    private static String modelOf(SeenRequest request) {
        return request.method().equals("POST")
                ? request.json().path("model").asString("none")
                : "none";
    }

    /** What is answered. */
    public SeenRequest request() {
        return request;
    }

    /** A whole response that is not a stream. */
    public void whole(int status, String contentType, Map<String, String> headers, String body)
            throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        StringBuilder head = head(status, contentType, headers);
        head.append("Content-Length: ").append(bytes.length).append("\r\n\r\n");
        request.over();
        byte[] headBytes = head.toString().getBytes(StandardCharsets.ISO_8859_1);
        byte[] all = new byte[headBytes.length + bytes.length];
        System.arraycopy(headBytes, 0, all, 0, headBytes.length);
        System.arraycopy(bytes, 0, all, headBytes.length, bytes.length);
        out.write(all);
        out.flush();
    }

    /** Begins an event stream. */
    public Reply begin() throws IOException {
        return begin(200, "text/event-stream; charset=utf-8");
    }

    /** Begins a chunked response. */
    public Reply begin(int status, String contentType) throws IOException {
        StringBuilder head = head(status, contentType, Map.of());
        head.append("Transfer-Encoding: chunked\r\n\r\n");
        write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    /** Sends {@code text} as one HTTP chunk. */
    public Reply raw(String text) throws IOException {
        return raw(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends {@code bytes} as one HTTP chunk. */
    public Reply raw(byte[] bytes) throws IOException {
        byte[] size =
                (Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        byte[] chunk = new byte[size.length + bytes.length + 2];
        System.arraycopy(size, 0, chunk, 0, size.length);
        System.arraycopy(bytes, 0, chunk, size.length, bytes.length);
        chunk[chunk.length - 2] = '\r';
        chunk[chunk.length - 1] = '\n';
        write(chunk);
        return this;
    }

    /** Sends an event with this data. */
    public Reply event(String data) throws IOException {
        return raw("data: " + data + "\n\n");
    }

    /** Sends a piece of text the way OpenAI does. */
    public Reply say(String text) throws IOException {
        return event(choice("{\"content\":" + JSON.writeValueAsString(text) + "}", "null"));
    }

    /** Says why the model stops: {@code stop}, {@code length}, {@code content_filter}. */
    public Reply finish(String reason) throws IOException {
        return event(choice("{}", JSON.writeValueAsString(reason)));
    }

    /** Sends what it cost, in an event without choices, if the request asked for that. */
    public Reply usage(long inputTokens, long outputTokens) throws IOException {
        if (!request.json().path("stream_options").path("include_usage").asBoolean(false)) {
            return this;
        }
        return event(
                "{%s,\"choices\":[],\"usage\":{\"prompt_tokens\":%d,\"completion_tokens\":%d,\"total_tokens\":%d}}"
                        .formatted(
                                common(), inputTokens, outputTokens, inputTokens + outputTokens));
    }

    /** Sends the mark that nothing follows, and ends the response. */
    public void done() throws IOException {
        event("[DONE]");
        end();
    }

    /** Ends the response properly. */
    public void end() throws IOException {
        request.over();
        write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Closes the connection where the response stands. */
    public void cut() throws IOException {
        request.over();
        socket.close();
    }

    /** Resets the connection where the response stands. */
    public void reset() throws IOException {
        request.over();
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** Waits; ends the script when the client closes the connection meanwhile. */
    public Reply pause(long ms) throws IOException {
        try {
            if (request.awaitClosedEarly(ms)) {
                throw new IOException("the client closed the connection");
            }
            return this;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted").initCause(e);
        }
    }

    private void write(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    private StringBuilder head(int status, String contentType, Map<String, String> headers) {
        StringBuilder head = new StringBuilder(200);
        head.append("HTTP/1.1 ").append(status).append(" Scripted\r\n");
        head.append("Content-Type: ").append(contentType).append("\r\n");
        headers.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
        return head;
    }

    private String choice(String delta, String finishReason) {
        return "{%s,\"choices\":[{\"index\":0,\"delta\":%s,\"finish_reason\":%s}]}"
                .formatted(common(), delta, finishReason);
    }

    private String common() {
        return "\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1767225600,"
                + "\"model\":"
                + JSON.writeValueAsString(model);
    }
}
