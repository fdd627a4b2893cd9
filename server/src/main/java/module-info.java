/** HTTP, WebSocket, protocol v4, access policy, health endpoints: one port. */
module dev.evergate.server {
    requires static transitive org.jspecify;
    requires transitive dev.evergate.core;
    requires io.netty.buffer;
    requires io.netty.codec;
    requires io.netty.codec.http;
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.transport;
    requires io.netty.transport.classes.epoll;
    requires io.netty.transport.unix.common;
    requires jdk.management;
    requires org.slf4j;
    requires tools.jackson.core;
    requires tools.jackson.databind;

    exports dev.evergate.server;
    exports dev.evergate.server.move;
    exports dev.evergate.server.spi;
    exports dev.evergate.server.tls;
}
