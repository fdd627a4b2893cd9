package dev.evergate.app.cli.security;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Looks for everything there is a check for. Stateless; reads files and changes nothing. */
public final class SecurityAudit {
    private SecurityAudit() {}

    /** What is found, the worst first. */
    public static List<Finding> findings(Premises premises) {
        var settings = Settings.of(premises);
        var rights = new ConfigFileRights(premises, settings);
        return Stream.of(
                        new StateFiles(premises.root(), rights.parts().keySet()).findings(),
                        rights.findings(),
                        new EntranceChecks(settings).findings(),
                        new HookChecks(settings).findings(),
                        new SecretChecks(settings).findings(),
                        new LinkChecks(settings).findings(),
                        DeviceChecks.findings(premises))
                .flatMap(List::stream)
                .sorted(Comparator.comparing(Finding::severity))
                .toList();
    }
}
