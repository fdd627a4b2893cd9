package dev.evergate.app.cli;

import dev.evergate.app.cli.text.Output;

/** Keeps what a command says. */
final class RecordedOutput implements Output {
    private final StringBuilder answer = new StringBuilder();
    private final StringBuilder notes = new StringBuilder();
    private final boolean terminal;

    RecordedOutput(boolean terminal) {
        this.terminal = terminal;
    }

    String answer() {
        return answer.toString();
    }

    String notes() {
        return notes.toString();
    }

    @Override
    public void line(String text) {
        answer.append(text).append('\n');
    }

    @Override
    public void piece(String text) {
        answer.append(text);
    }

    @Override
    public void note(String text) {
        notes.append(text).append('\n');
    }

    @Override
    public boolean isTerminal() {
        return terminal;
    }

    @Override
    public boolean hasColour() {
        return false;
    }
}
