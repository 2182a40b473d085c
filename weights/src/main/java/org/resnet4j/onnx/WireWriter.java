package org.resnet4j.onnx;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.resnet4j.weights.Chunks;

/**
 * One protobuf message that is being put together: small fields in a buffer, large ones as views that are copied when the whole is
 * written. Fields are written in the order of the calls. Not thread-safe.
 */
final class WireWriter {
    private static final int CHUNK = 1 << 20;

    private final List<MemorySegment> pieces = new ArrayList<>();
    private final ByteArrayOutputStream small = new ByteArrayOutputStream();
    private long size;

    void varint(int field, long value) {
        tag(field, WireReader.VARINT);
        raw(value);
    }

    void fixed32(int field, int bits) {
        tag(field, WireReader.FIXED32);
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            put(bits >>> shift);
        }
    }

    void text(int field, String text) {
        bytes(field, MemorySegment.ofArray(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** A text that is left out if it is empty, as protobuf does with default values. */
    void textIfAny(int field, String text) {
        if (!text.isEmpty()) {
            text(field, text);
        }
    }

    void bytes(int field, MemorySegment bytes) {
        tag(field, WireReader.LENGTH);
        raw(bytes.byteSize());
        piece(bytes);
    }

    void message(int field, WireWriter message) {
        message.flush();
        tag(field, WireReader.LENGTH);
        raw(message.size);
        message.pieces.forEach(this::piece);
    }

    /** Bytes written so far. */
    long size() {
        flush();
        return size;
    }

    void writeTo(WritableByteChannel out) throws IOException {
        flush();
        ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
        for (MemorySegment piece : pieces) {
            for (long at = 0; at < piece.byteSize(); at += CHUNK) {
                long n = Math.min(CHUNK, piece.byteSize() - at);
                chunk.clear().limit((int) n);
                MemorySegment.ofBuffer(chunk).copyFrom(piece.asSlice(at, n));
                Chunks.write(chunk, out);
            }
        }
    }

    private void tag(int field, int wire) {
        raw(((long) field << 3) | wire);
    }

    private void raw(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            put((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        put((int) rest);
    }

    private void put(int b) {
        small.write(b);
    }

    private void piece(MemorySegment bytes) {
        flush();
        pieces.add(bytes);
        size = Math.addExact(size, bytes.byteSize());
    }

    private void flush() {
        if (small.size() > 0) {
            pieces.add(MemorySegment.ofArray(small.toByteArray()));
            size = Math.addExact(size, (long) small.size());
            small.reset();
        }
    }
}
