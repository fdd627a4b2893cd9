package dev.evergate.server.session;

import dev.evergate.server.tls.TlsChannel;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The rude end of a connection. Thread-safe. */
public final class Reset {
    private static final Logger log = LoggerFactory.getLogger(Reset.class);

    private Reset() {}

    /**
     * Ends a connection by force: what the peer was sent and has not taken is thrown away, so that
     * neither we nor the kernel keep it for somebody who does not listen.
     */
    public static void of(Channel channel) {
        try {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        } catch (ChannelException closed) {
            log.trace("It has ended already: {}", closed.getMessage());
        }
        TlsChannel.closeNow(channel);
    }
}
