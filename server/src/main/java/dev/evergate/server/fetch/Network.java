package dev.evergate.server.fetch;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;

import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** The way out. Thread-safe; everything may wait. */
public interface Network {
    /** This computer's own way, without any proxy. */
    Network OPEN = new Network() {};

    /**
     * All addresses of a host, at least one.
     *
     * @param host its name, or an address
     */
    default List<InetAddress> resolve(String host) throws IOException {
        return List.of(InetAddress.getAllByName(host));
    }

    /** Connects a socket to exactly this address. */
    default void connect(Socket socket, InetSocketAddress address, int timeoutMs)
            throws IOException {
        socket.connect(address, timeoutMs);
    }

    /** What makes encrypted sockets, and says whom they trust. */
    default SSLSocketFactory encryption() {
        return (SSLSocketFactory) SSLSocketFactory.getDefault();
    }

    /** Encrypts a connection to whoever proves to be this host (RFC 9110, section 4.3.4). */
    default Socket encrypted(Socket socket, String host, int port) throws IOException {
        SSLSocket encrypted = (SSLSocket) encryption().createSocket(socket, host, port, true);
        SSLParameters parameters = encrypted.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        encrypted.setSSLParameters(parameters);
        encrypted.startHandshake();
        return encrypted;
    }
}
