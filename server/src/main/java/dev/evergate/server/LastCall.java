package dev.evergate.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.Buffer;
import io.netty.channel.unix.RawUnixChannelOption;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The last moments of a listening socket on Linux: closing it would reset those that wait at it. So
 * nobody new comes (the kernel drops their first packet, and they try again a second later, at
 * whoever listens then), and it is closed when nobody waits. Without effect elsewhere. Stateless.
 */
final class LastCall {
    private static final Logger log = LoggerFactory.getLogger(LastCall.class);

    /** Linux: {@code SOL_SOCKET}, {@code SO_ATTACH_FILTER}, and a {@code struct sock_fprog}. */
    private static final RawUnixChannelOption ATTACH_FILTER =
            new RawUnixChannelOption("SO_ATTACH_FILTER", 1, 26, 16);

    private static final RawUnixChannelOption DETACH_FILTER =
            new RawUnixChannelOption("SO_DETACH_FILTER", 1, 27, 4);

    private static final int INSTRUCTION_BYTES = 8;

    /** Linux: {@code IPPROTO_TCP}, {@code TCP_INFO}, as much of it as is needed. */
    private static final RawUnixChannelOption INFO =
            new RawUnixChannelOption("TCP_INFO", 6, 11, 28);

    /** {@code tcpi_unacked}: of a listening socket, those that wait to be accepted. */
    private static final int WAITING_AT = 24;

    private LastCall() {}

    /** From now on nobody new comes. */
    static void begin(Channel listener) {
        if (!(listener instanceof EpollServerSocketChannel)) {
            return;
        }
        ByteBuffer filter = filter();
        ByteBuffer program = ByteBuffer.allocateDirect(16).order(ByteOrder.nativeOrder());
        program.putShort((short) (filter.capacity() / INSTRUCTION_BYTES));
        program.putLong(8, Buffer.memoryAddress(filter));
        program.rewind();
        set(listener, ATTACH_FILTER, program);
    }

    /** A socket that was given to us may have been about to be closed by whoever had it before. */
    static void end(Channel listener) {
        if (listener instanceof EpollServerSocketChannel) {
            set(listener, DETACH_FILTER, ByteBuffer.allocateDirect(4));
        }
    }

    private static void set(Channel listener, RawUnixChannelOption option, ByteBuffer value) {
        try {
            var _ = listener.config().setOption(option, value);
        } catch (ChannelException none) {
            log.debug(
                    "{}: {}",
                    option.name(),
                    none.getMessage()); // there is no filter, or may be none
        }
    }

    /** How many have come and wait to be accepted; 0 where that cannot be known. */
    static int waiting(Channel listener) {
        if (!(listener instanceof EpollServerSocketChannel)) {
            return 0;
        }
        ByteBuffer info = listener.config().getOption(INFO);
        return info == null ? 0 : info.order(ByteOrder.nativeOrder()).getInt(WAITING_AT);
    }

    /** Drops what asks for a connection (SYN without ACK), and lets pass whatever goes on. */
    private static ByteBuffer filter() {
        ByteBuffer filter =
                ByteBuffer.allocateDirect(5 * INSTRUCTION_BYTES).order(ByteOrder.nativeOrder());
        instruction(filter, 0x30, 0, 0, 13); // load the flags of the TCP header
        instruction(filter, 0x54, 0, 0, 0x12); // of them SYN and ACK
        instruction(filter, 0x15, 0, 1, 0x02); // SYN alone?
        instruction(filter, 0x06, 0, 0, 0); // drop
        instruction(filter, 0x06, 0, 0, -1); // pass whole
        return filter.rewind();
    }

    private static void instruction(ByteBuffer to, int code, int ifTrue, int ifFalse, int value) {
        to.putShort((short) code).put((byte) ifTrue).put((byte) ifFalse).putInt(value);
    }
}
