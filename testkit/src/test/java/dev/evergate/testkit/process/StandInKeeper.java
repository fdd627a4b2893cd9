package dev.evergate.testkit.process;

import com.sun.net.httpserver.HttpServer;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Behaves like a keeper as far as the driver can see, with a generation that only waits. */
final class StandInKeeper {
    private StandInKeeper() {}

    public static void main(String[] arguments) throws Exception {
        System.out.println("arguments " + List.of(arguments));
        int port = Integer.parseInt(arguments[List.of(arguments).indexOf("--port") + 1]);
        new ProcessBuilder("tail", "-F", "generation.args")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 8);
        server.createContext(
                "/readyz",
                exchange -> {
                    exchange.sendResponseHeaders(200, -1);
                    exchange.close();
                });
        server.start();
        new CountDownLatch(1).await();
    }
}
