package dev.evergate.app.cli.security;

import static dev.evergate.app.cli.security.Severity.CRITICAL;
import static dev.evergate.app.cli.security.Severity.INFO;
import static dev.evergate.app.cli.security.Severity.WARN;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Who may read and change the files of the configuration, its secrets and its keys. */
record ConfigFileRights(Premises premises, Settings settings) {
    /** What a file is to the gateway. */
    enum Part {
        CONFIG("fs.config", "The configuration"),
        INCLUDE("fs.config_include", "A part of the configuration"),
        SECRETS("fs.secret_file", "A file of secrets"),
        TLS_KEY("fs.tls_key", "The certificate's private key");

        private final String id;
        private final String title;

        Part(String id, String title) {
            this.id = id;
            this.title = title;
        }
    }

    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        if (Place.at(premises.configFile()).filter(Place::isLink).isPresent()) {
            findings.add(
                    new Finding(
                            "fs.config.symlink",
                            INFO,
                            "The configuration is a symbolic link",
                            premises.configFile() + ": what it leads to has rights of its own.",
                            "See where it leads: readlink -f " + premises.configFile()));
        }
        parts().forEach(
                        (path, part) ->
                                Place.at(path)
                                        .flatMap(Place::target)
                                        .filter(Place::isFile)
                                        .ifPresent(place -> findings.addAll(of(place, part))));
        boolean isElsewhere = !premises.configFile().startsWith(premises.root());
        if (isElsewhere) {
            findings.addAll(StateFiles.replaceable(premises.configFile()));
        }
        return findings;
    }

    /** Every file that belongs to it, by its path. */
    Map<Path, Part> parts() {
        Map<Path, Part> parts = new LinkedHashMap<>();
        parts.put(premises.configFile(), Part.CONFIG);
        premises.reading().texts().keySet().forEach(file -> parts.putIfAbsent(file, Part.INCLUDE));
        premises.reading().watched().forEach(file -> parts.putIfAbsent(file, Part.SECRETS));
        String key = settings.text("gateway.tls.keyPath", "");
        if (!key.isEmpty() && settings.isOn("gateway.tls.enabled")) {
            Path path = premises.configFile().resolveSibling(atHome(key)).normalize();
            parts.put(path, Part.TLS_KEY);
        }
        return parts;
    }

    private static String atHome(String path) {
        return path.startsWith("~/") ? System.getProperty("user.home") + path.substring(1) : path;
    }

    private static List<Finding> of(Place file, Part part) {
        if (file.gives(Place.OTHERS_WRITE | Place.GROUP_WRITE)) {
            return List.of(
                    finding(
                            file,
                            part,
                            "perms_writable",
                            CRITICAL,
                            part.title + " may be changed by others",
                            ": whoever changes it decides who comes in."));
        }
        if (file.gives(Place.OTHERS_READ)) {
            return List.of(
                    finding(
                            file,
                            part,
                            "perms_world_readable",
                            CRITICAL,
                            part.title + " may be read by everybody",
                            ": secrets in it are known to every user of this computer."));
        }
        // A key that a group of servers shares is how many distributions keep it.
        return file.gives(Place.GROUP)
                ? List.of(
                        finding(
                                file,
                                part,
                                "perms_group_readable",
                                part == Part.TLS_KEY ? INFO : WARN,
                                part.title + " may be read by a group",
                                ": secrets in it are known to whoever is in the group."))
                : List.of();
    }

    private static Finding finding(
            Place file, Part part, String what, Severity severity, String title, String means) {
        return new Finding(
                part.id + "." + what,
                severity,
                title,
                file + means,
                "Run: chmod 600 " + file.path(),
                List.of(file.path()));
    }
}
