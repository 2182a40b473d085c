package org.resnet4j.download;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/**
 * Reads the entries of a gzipped tar archive one after another as streams of bytes. Nothing is ever extracted: names in the
 * archive are only compared, so they cannot lead anywhere. Only plain files are given out; sizes are checked before use, and an archive
 * that swells is refused before it does.
 */
final class Tar {
    private static final int BLOCK = 512;
    private static final int MAX_ENTRIES = 10_000;
    private static final long MAX_RATIO = 200;
    private static final long ALWAYS_ALLOWED = 1 << 20;

    /** Receives each plain file. */
    interface Visitor {
        /** Called with an entry's name and a stream that ends with it. */
        void entry(String name, long size, InputStream content) throws IOException;
    }

    private Tar() {}

    static void read(Path archive, InputStream raw, Visitor visitor) throws IOException {
        long most = Math.max(ALWAYS_ALLOWED, Math.multiplyExact(MAX_RATIO, Files.size(archive)));
        long unpacked = 0;
        try (InputStream in = new GZIPInputStream(raw, 1 << 16)) {
            byte[] header = new byte[BLOCK];
            for (int i = 0; i < MAX_ENTRIES; i++) {
                if (in.readNBytes(header, 0, BLOCK) < BLOCK || allZero(header)) {
                    return;
                }
                long size = octal(archive, header);
                unpacked += BLOCK + size; // entries and eleven digits cannot overflow it
                if (unpacked > most) {
                    throw new IOException(
                            archive + ": unpacks to at most " + MAX_RATIO + " times its size, found more");
                }
                Bounded content = new Bounded(in, size);
                char type = (char) header[156];
                if (type == '0' || type == 0) {
                    visitor.entry(text(header), size, content);
                }
                content.skipRest();
                in.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
            }
            throw new IOException(archive + ": more than " + MAX_ENTRIES + " entries");
        }
    }

    private static boolean allZero(byte[] block) {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    private static String text(byte[] header) {
        int end = 0;
        while (end < 100 && header[end] != 0) {
            end++;
        }
        return new String(Arrays.copyOf(header, end), StandardCharsets.UTF_8);
    }

    private static long octal(Path archive, byte[] header) throws IOException {
        String digits = new String(header, 124, 12, StandardCharsets.ISO_8859_1)
                .replace('\0', ' ')
                .strip();
        if (!digits.matches("[0-7]{1,11}")) {
            throw new IOException(archive + ": an entry's size must be octal digits, found '" + digits + "'");
        }
        return Long.parseLong(digits, 8);
    }

    /** The bytes of one entry. */
    private static final class Bounded extends InputStream {
        private final InputStream in;
        private long left;

        Bounded(InputStream in, long size) {
            this.in = in;
            this.left = size;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int n = in.read(to, offset, (int) Math.min(length, left));
            if (n < 0) {
                throw new EOFException("the archive ends inside an entry");
            }
            left -= n;
            return n;
        }

        void skipRest() throws IOException {
            in.skipNBytes(left);
            left = 0;
        }
    }
}
