package dev.evergate.app.structure;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** How any text file of the repository may look; each finding names file, line and rule. */
final class TidyText {
    private static final int LINE_LENGTH_MAX = 120;

    private static final Pattern CODE =
            Pattern.compile(".*\\.(java|sh|mjs|js|ts|css|html|sql)|[^.]+");
    private static final Pattern POSTPONED =
            Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");

    /** Folders of one machine or one person; what is meant is a variable, or ~. */
    private static final Pattern MACHINE_PATH =
            Pattern.compile(
                    "(?<![\\w.~}$/-])/"
                            + "((root|work)(?=[/\"'\\s]|$)|(home|Users|usr/lib/jvm)/\\w)");

    private static final Pattern REGISTRY =
            Pattern.compile(
                    "https?://[^\\s\"'<>]*(registry|repo1?\\.maven|npmjs|nexus|artifactory)");

    private TidyText() {}

    static List<String> findings(SourceFile file) {
        List<String> findings = new ArrayList<>();
        boolean code = CODE.matcher(file.path()).matches();
        int number = 0;
        for (String line : file.text().split("\n", -1)) {
            String place = file.path() + ":" + ++number + ": ";
            if (code && line.length() > LINE_LENGTH_MAX) {
                findings.add(place + "longer than " + LINE_LENGTH_MAX + " characters");
            }
            if (line.indexOf('\t') >= 0) {
                findings.add(place + "a tab");
            }
            if (POSTPONED.matcher(line).find()) {
                findings.add(place + "postponed work; it belongs in an issue");
            }
            if (MACHINE_PATH.matcher(line).find()) {
                findings.add(place + "a path of one machine");
            }
            if (REGISTRY.matcher(line).find()) {
                findings.add(place + "an address of a package registry");
            }
        }
        return findings;
    }
}
