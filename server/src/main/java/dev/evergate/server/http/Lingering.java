package dev.evergate.server.http;

import dev.evergate.server.tls.TlsChannel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.socket.SocketChannel;

import java.util.concurrent.TimeUnit;

/** The end of a connection whose peer is still sending. Stateless; on the connection's loop. */
final class Lingering {
    /** How long a peer may take to read our answer before the connection is closed. */
    private static final long LINGER_MS = 1000;

    private Lingering() {}

    /** Sends the last bytes; closing with unread input would reset the connection and lose them. */
    static void end(Channel channel, ByteBuf last) {
        var _ =
                channel.writeAndFlush(last)
                        .addListener(
                                _ -> {
                                    if (channel instanceof SocketChannel socket) {
                                        TlsChannel.endOutput(socket);
                                    }
                                });
        Runnable close =
                () -> {
                    var _ = channel.close();
                };
        var _ = channel.eventLoop().schedule(close, LINGER_MS, TimeUnit.MILLISECONDS);
    }
}
