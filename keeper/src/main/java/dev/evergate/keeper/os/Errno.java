package dev.evergate.keeper.os;

import java.util.Optional;

/**
 * The error numbers of Linux that callers decide on or that are worth a sentence to a person.
 *
 * <p>Source: {@code asm-generic/errno-base.h} and {@code errno.h}; the numbers are the same on
 * x86_64 and aarch64. Thread-safety: immutable.
 */
public enum Errno {
    EPERM(1, "not permitted"),
    ENOENT(2, "no such file or directory"),
    ESRCH(3, "no such process"),
    EINTR(4, "interrupted"),
    EIO(5, "input or output failed"),
    EBADF(9, "not an open descriptor"),
    ECHILD(10, "no such child"),
    EAGAIN(11, "would have to wait"),
    ENOMEM(12, "out of memory"),
    EACCES(13, "permission denied"),
    ENOTDIR(20, "not a directory"),
    EISDIR(21, "is a directory"),
    EINVAL(22, "invalid argument"),
    ENFILE(23, "too many open files on this machine"),
    EMFILE(24, "too many open files in this process"),
    ENOSPC(28, "no space left on device"),
    EROFS(30, "read-only file system"),
    EPIPE(32, "the other side is gone"),
    EMSGSIZE(90, "message too long"),
    EAFNOSUPPORT(97, "address family not supported"),
    EADDRINUSE(98, "address already in use"),
    EADDRNOTAVAIL(99, "no such address on this machine"),
    ECONNRESET(104, "connection reset"),
    ENOTCONN(107, "not connected"),
    ETOOMANYREFS(109, "too many descriptors in flight"),
    ETIMEDOUT(110, "timed out"),
    ECONNREFUSED(111, "connection refused");

    private final int number;
    private final String text;

    Errno(int number, String text) {
        this.number = number;
        this.text = text;
    }

    /** The number the kernel uses. */
    public int number() {
        return number;
    }

    /** What it means, in lower case and without a full stop. */
    public String text() {
        return text;
    }

    /** The constant for a number, empty for one that is not listed here. */
    public static Optional<Errno> of(int number) {
        for (Errno errno : values()) {
            if (errno.number == number) {
                return Optional.of(errno);
            }
        }
        return Optional.empty();
    }
}
