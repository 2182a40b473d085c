package org.resnet4j.weights;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/**
 * All bytes of a buffer or of native memory from a channel or to it, in pieces of 16 MiB where there are more: a channel takes no
 * more than 2 GiB at once, and some copy each piece. A channel that ends before, as that of a file that was cut meanwhile, is an
 * {@link EOFException} that names {@code where}. Stateless.
 */
public final class Chunks {
    private static final int MOST = 1 << 24;

    private Chunks() {}

    private static ByteBuffer piece(MemorySegment of, long at) {
        return of.asSlice(at, Math.min(MOST, of.byteSize() - at)).asByteBuffer();
    }

    /** Reads the channel's next bytes. */
    public static void read(ReadableByteChannel from, MemorySegment into, String where) throws IOException {
        for (long at = 0; at < into.byteSize(); at += MOST) {
            read(from, piece(into, at), where);
        }
    }

    /** Reads the channel's next bytes up to the buffer's limit. */
    public static void read(ReadableByteChannel from, ByteBuffer into, String where) throws IOException {
        while (into.hasRemaining()) {
            if (from.read(into) < 0) {
                throw ended(where);
            }
        }
    }

    /** Reads bytes from a position on; the channel's own stays. */
    public static void read(FileChannel from, long position, MemorySegment into, String where) throws IOException {
        for (long at = 0; at < into.byteSize(); at += MOST) {
            read(from, position + at, piece(into, at), where);
        }
    }

    /** Reads bytes from a position on, up to the buffer's limit; the channel's own position stays. */
    public static void read(FileChannel from, long position, ByteBuffer into, String where) throws IOException {
        long at = position;
        while (into.hasRemaining()) {
            int n = from.read(into, at);
            if (n < 0) {
                throw ended(where);
            }
            at += n;
        }
    }

    private static EOFException ended(String where) {
        return new EOFException(where + ": the file ended while it was read; was it truncated?");
    }

    /** Writes all of it. */
    public static void write(MemorySegment from, WritableByteChannel to) throws IOException {
        for (long at = 0; at < from.byteSize(); at += MOST) {
            write(piece(from, at), to);
        }
    }

    /** Writes what is left up to the buffer's limit. */
    public static void write(ByteBuffer from, WritableByteChannel to) throws IOException {
        while (from.hasRemaining()) {
            to.write(from);
        }
    }
}
