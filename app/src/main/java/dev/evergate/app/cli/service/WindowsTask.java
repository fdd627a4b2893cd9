package dev.evergate.app.cli.service;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The definition of our task; see the Task Scheduler schema, version 1.2. A task has no environment
 * of its own, so everything is an argument.
 */
final class WindowsTask {
    private static final char QUOTE = '"';
    private static final char BACKSLASH = '\\';

    private WindowsTask() {}

    static String text(ServiceSpec spec, Scope scope) {
        String user = Xml.text(spec.account().name());
        String trigger =
                switch (scope) {
                    case USER -> "<LogonTrigger><UserId>" + user + "</UserId></LogonTrigger>";
                    case SYSTEM -> "<BootTrigger/>";
                };
        String logon =
                switch (scope) {
                    case USER -> "InteractiveToken";
                    case SYSTEM -> "S4U"; // without anybody logged in, and without a password
                };
        String text =
                """
                <?xml version="1.0" encoding="UTF-16"?>
                <Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
                  <RegistrationInfo><Description>Evergate gateway</Description></RegistrationInfo>
                  <Triggers>%s</Triggers>
                  <Principals>
                    <Principal id="Author">
                      <UserId>%s</UserId>
                      <LogonType>%s</LogonType>
                      <RunLevel>LeastPrivilege</RunLevel>
                    </Principal>
                  </Principals>
                  <Settings>
                    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
                    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
                    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
                    <StartWhenAvailable>true</StartWhenAvailable>
                    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
                    <RestartOnFailure><Interval>PT1M</Interval><Count>999</Count></RestartOnFailure>
                  </Settings>
                  <Actions Context="Author">
                    <Exec>
                      <Command>%s</Command>
                      <Arguments>%s</Arguments>
                      <WorkingDirectory>%s</WorkingDirectory>
                    </Exec>
                  </Actions>
                </Task>
                """
                        .formatted(
                                trigger,
                                user,
                                logon,
                                Xml.text(spec.javaHome().resolve("bin/javaw.exe").toString()),
                                Xml.text(arguments(spec)),
                                Xml.text(spec.account().home().toString()));
        return Stamp.onXml(text, spec.state());
    }

    private static String arguments(ServiceSpec spec) {
        List<String> words = new ArrayList<>();
        words.add("@" + spec.installation().resolve("lib/generation.args"));
        words.addAll(List.of("gateway", "run", "--no-keeper"));
        words.addAll(List.of("--state-dir", spec.state().toString()));
        words.addAll(spec.words());
        return words.stream().map(WindowsTask::quoted).collect(Collectors.joining(" "));
    }

    /** A word as programs of Windows take their command line apart ({@code CommandLineToArgvW}). */
    static String quoted(String word) {
        if (!word.isEmpty() && word.chars().noneMatch(c -> c <= ' ' || c == QUOTE)) {
            return word;
        }
        var text = new StringBuilder().append(QUOTE);
        int slashes = 0;
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            if (c == BACKSLASH) {
                slashes++;
            } else {
                // Before a quote each backslash counts half, and one more hides the quote itself.
                text.repeat(BACKSLASH, c == QUOTE ? 2 * slashes + 1 : slashes).append(c);
                slashes = 0;
            }
        }
        return text.repeat(BACKSLASH, 2 * slashes).append(QUOTE).toString();
    }
}
