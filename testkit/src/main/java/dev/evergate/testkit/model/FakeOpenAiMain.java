package dev.evergate.testkit.model;

import java.util.concurrent.CountDownLatch;

/**
 * Runs a fake provider as a process of its own: {@code FakeOpenAiMain [--port 0] [--script
 * words:20:50ms] [--key sk-test]}. Prints its base URL as the first line, and runs until it is
 * killed.
 */
public final class FakeOpenAiMain {
    private FakeOpenAiMain() {}

    public static void main(String[] arguments) throws Exception {
        int port = 0;
        String script = "echo";
        String key = "";
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            String value = arguments[i + 1];
            switch (arguments[i]) {
                case "--port" -> port = Integer.parseInt(value);
                case "--script" -> script = value;
                case "--key" -> key = value;
                default ->
                        throw new IllegalArgumentException(
                                arguments[i] + " (expected: --port, --script or --key)");
            }
        }
        FakeOpenAi fake = FakeOpenAi.start(port).always(ModelScript.parse(script)).requireKey(key);
        System.out.println(fake.baseUrl());
        new CountDownLatch(1).await();
    }
}
