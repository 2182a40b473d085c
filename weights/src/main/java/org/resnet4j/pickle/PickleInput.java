package org.resnet4j.pickle;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The bytes of a pickle: counted, and never asked for more than can be there. Not for use by two threads. */
final class PickleInput {
    private static final int LONGEST_LINE = 1024;

    private final InputStream in;
    private final String where;
    private final long size;
    private final long textBudget;
    private long position;
    private long text;

    /**
     * Wraps a stream.
     *
     * @param where file and entry, for messages
     * @param size bytes that the stream has at most
     * @param textBudget bytes of text and byte strings that may be made of it
     */
    PickleInput(InputStream in, String where, long size, long textBudget) {
        this.in = in;
        this.where = where;
        this.size = size;
        this.textBudget = textBudget;
    }

    /** Bytes read so far. */
    long position() {
        return position;
    }

    PickleException refuse(String what) {
        return new PickleException(where + ", before byte " + position + " of the pickle: " + what);
    }

    int u8() throws IOException {
        int b = position < size ? in.read() : -1;
        if (b < 0) {
            throw new EOFException(where + ": the pickle ends in the middle of a value at byte " + position
                    + "; was the file truncated?");
        }
        position++;
        return b;
    }

    /** {@code n} bytes; the count is checked against what is left before anything is allocated. */
    byte[] bytes(long n) throws IOException {
        if (n < 0 || n > size - position) {
            throw refuse("a length of " + Long.toUnsignedString(n) + " passes the " + (size - position)
                    + " bytes that are left");
        }
        text = Math.addExact(text, n);
        if (text > textBudget) {
            throw refuse("at most " + textBudget + " bytes of text are read");
        }
        byte[] b = in.readNBytes((int) n);
        position += b.length;
        if (b.length < n) {
            throw new EOFException(where + ": the pickle ends at byte " + position + "; was the file truncated?");
        }
        return b;
    }

    /** An unsigned little-endian number of {@code n} bytes; eight bytes come out as they are, the highest bit as the sign. */
    long little(int n) throws IOException {
        long value = 0;
        for (int i = 0; i < n; i++) {
            value |= (long) u8() << (8 * i);
        }
        return value;
    }

    double bigEndianDouble() throws IOException {
        ByteBuffer b = ByteBuffer.allocate(Double.BYTES).order(ByteOrder.BIG_ENDIAN);
        while (b.hasRemaining()) {
            b.put((byte) u8());
        }
        return b.getDouble(0);
    }

    /** UTF-8 of {@code n} bytes. */
    String text(long n) throws IOException {
        byte[] b = bytes(n);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(b))
                    .toString();
        } catch (CharacterCodingException _) {
            throw refuse("text must be UTF-8");
        }
    }

    /** Text up to a line feed, which is dropped. */
    String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = u8(); b != '\n'; b = u8()) {
            if (line.length() == LONGEST_LINE) {
                throw refuse("a name must be at most " + LONGEST_LINE + " characters long");
            }
            line.append((char) b);
        }
        return line.toString();
    }

    /** Text from the file, safe for a message: short, in quotes, without control characters. */
    static String quote(String text) {
        String shown = text.length() > 200 ? text.substring(0, 200) + "..." : text;
        return "'" + shown.replaceAll("[\\p{Cntrl}\\p{Cf}]", "?") + "'";
    }
}
