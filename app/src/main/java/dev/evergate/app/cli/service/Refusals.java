package dev.evergate.app.cli.service;

import dev.evergate.keeper.ExitCode;

import java.nio.file.Path;

/** The sentences for what keeps a service from being installed or driven, and what helps. */
final class Refusals {
    private static final String OTHERS =
            "Run it under another supervisor (docs/services.md has runit, s6, supervisord and Docker),"
                    + " or by hand: evergate gateway run";

    private Refusals() {}

    static ServiceFailure unknownSystem() {
        return new ServiceFailure(
                ExitCode.UNEXPECTED,
                "NO_SERVICE_MANAGER",
                "No service manager is known for this system (expected: systemd, launchd or Windows).",
                OTHERS + ", with EVERGATE_SUPERVISED=1 if something starts it again.");
    }

    static ServiceFailure noSystemd() {
        return new ServiceFailure(
                ExitCode.UNEXPECTED,
                "NO_SERVICE_MANAGER",
                "systemd does not run on this machine, so there is nothing to install into.",
                OTHERS + ". What would be installed: evergate gateway install --dry-run");
    }

    static ServiceFailure noUserManager(Account account) {
        return account.isAdministrator()
                ? new ServiceFailure(
                        ExitCode.UNEXPECTED,
                        "NO_USER_MANAGER",
                        "The administrator has no systemd of their own here.",
                        "Install it for the machine: evergate gateway install --system --run-as NAME")
                : new ServiceFailure(
                        ExitCode.UNEXPECTED,
                        "NO_USER_MANAGER",
                        account.name() + " has no systemd of their own in this session.",
                        "Start one with: sudo loginctl enable-linger "
                                + account.name()
                                + "   or install it for the machine:"
                                + " sudo evergate gateway install --system");
    }

    static ServiceFailure notAdministrator(String verb) {
        return new ServiceFailure(
                ExitCode.NOT_ALLOWED,
                "NOT_ALLOWED",
                "Only the administrator may change the services of the machine.",
                "Run: sudo evergate gateway " + verb + " --system");
    }

    static ServiceFailure noSockets(ServiceManager manager) {
        return new ServiceFailure(
                ExitCode.USAGE,
                "NO_SOCKETS",
                "--socket: only systemd can hold the port (here: " + manager.kind() + ").",
                "Run: evergate gateway install");
    }

    static ServiceFailure edited(Path file, ServiceManager manager, String verb) {
        String dropIn =
                manager.edit().isEmpty()
                        ? ""
                        : " Changes in a drop-in are always kept: " + manager.edit();
        return new ServiceFailure(
                ExitCode.UNEXPECTED,
                "EDITED_BY_HAND",
                file + " was written or changed by hand, so it was left as it is.",
                "To " + verb + " it and keep a copy beside it, add --force." + dropIn);
    }

    static ServiceFailure failed(Step step, ServiceHost.Ran ran, ServiceManager manager) {
        String said = ran.output().strip();
        String how =
                switch (ran.exit()) {
                    case ServiceHost.Ran.NOT_STARTED -> "cannot be run";
                    case ServiceHost.Ran.NOT_ENDED -> "did not end in time";
                    default -> "failed with " + ran.exit();
                };
        return new ServiceFailure(
                ExitCode.UNEXPECTED,
                "SERVICE_MANAGER_FAILED",
                step.text() + " " + how + (said.isEmpty() ? "." : ": " + said),
                "See: " + manager.journal());
    }

    static ServiceFailure notWritten(Path file, String reason, boolean isDenied) {
        return new ServiceFailure(
                isDenied ? ExitCode.NOT_ALLOWED : ExitCode.UNEXPECTED,
                isDenied ? "NOT_ALLOWED" : "NOT_WRITTEN",
                file + " cannot be changed: " + reason + ".",
                isDenied ? "Run the command as somebody who may, such as with sudo." : "");
    }
}
