package dev.evergate.keeper.log;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;

/** Standard output, which may be a pipe that nobody reads or that is closed. */
public final class Console implements LineWriter.Sink {
    private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);

    @Override
    public void write(byte[] line) {
        try {
            out.write(line);
        } catch (IOException e) {
            // Nobody is there to read it.
        }
    }
}
