package org.resnet4j.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/**
 * Standard output that ends the program when it can no longer be written to, where {@code System.out} would let it work on for
 * nobody. The exception is unchecked because a {@link PrintWriter} swallows the others. It is thrown once; what is written while the
 * program ends goes nowhere.
 */
final class StandardOutput extends FilterOutputStream {
    private boolean closed;

    StandardOutput(OutputStream to) {
        super(to);
    }

    /** A writer to the process's own standard output. */
    static PrintWriter open() {
        return writer(new FileOutputStream(FileDescriptor.out));
    }

    /** A writer of UTF-8 lines. */
    static PrintWriter writer(OutputStream to) {
        return new PrintWriter(new BufferedOutputStream(new StandardOutput(to)), true, StandardCharsets.UTF_8);
    }

    /** Nothing more can be written. */
    static final class ClosedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ClosedException(IOException cause) {
            super("standard output: " + cause.getMessage(), cause);
        }

        /** True if whoever read it went away, as {@code head} does: no error, and nothing to say. */
        boolean readerLeft() {
            String message = String.valueOf(getCause());
            return message.contains("Broken pipe") || message.contains("pipe is being closed");
        }
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        attempt(() -> out.write(bytes, offset, length));
    }

    @Override
    public void flush() {
        attempt(out::flush);
    }

    /** Something that may fail. */
    private interface Attempt {
        void make() throws IOException;
    }

    private void attempt(Attempt attempt) {
        if (closed) {
            return;
        }
        try {
            attempt.make();
        } catch (IOException e) {
            closed = true;
            throw new ClosedException(e);
        }
    }
}
