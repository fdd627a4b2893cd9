package dev.evergate.server.tls;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;

/** What is different for a connection that is encrypted. Thread-safe. */
public final class TlsChannel {
    private TlsChannel() {}

    /** Whether it is; such a connection is bound to this process, which alone has its keys. */
    public static boolean isEncrypted(Channel channel) {
        return channel.pipeline().get(SslHandler.class) != null;
    }

    /** Tells the peer that nothing follows, and goes on reading. */
    public static void endOutput(SocketChannel channel) {
        SslHandler encryption = channel.pipeline().get(SslHandler.class);
        if (encryption == null) {
            var _ = channel.shutdownOutput();
        } else {
            // Otherwise the end could be anybody's work.
            var _ = encryption.closeOutbound().addListener(_ -> shut(channel));
        }
    }

    private static void shut(SocketChannel channel) {
        var _ = channel.shutdownOutput();
    }

    /** Closes at once, without a goodbye that the peer would have to take. */
    public static void closeNow(Channel channel) {
        ChannelHandlerContext encryption = channel.pipeline().context(SslHandler.class);
        if (encryption == null) {
            var _ = channel.close();
        } else {
            var _ = encryption.close(); // begins behind the handler that says goodbye
        }
    }
}
