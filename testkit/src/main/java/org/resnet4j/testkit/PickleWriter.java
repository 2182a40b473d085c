package org.resnet4j.testkit;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Writes pickles opcode by opcode, sound and hostile ones alike: nothing is checked. Methods are named after Python's
 * {@code pickletools}. Not for use by two threads.
 */
public final class PickleWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** An empty pickle, without even a PROTO. */
    public PickleWriter() {}

    /** A pickle of protocol 2, as {@code torch.save} writes them. */
    public static PickleWriter protocol2() {
        return new PickleWriter().op(0x80, 2);
    }

    /** These bytes as they are. */
    public PickleWriter op(int... bytes) {
        for (int b : bytes) {
            out.write(b);
        }
        return this;
    }

    /** These bytes as they are. */
    public PickleWriter raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    /** These characters of Latin-1 as they are. */
    public PickleWriter raw(String text) {
        return raw(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** A little-endian number of {@code bytes} bytes. */
    public PickleWriter little(long value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            out.write((int) (value >>> (8 * i)));
        }
        return this;
    }

    /** GLOBAL. */
    public PickleWriter global(String module, String name) {
        return raw("c" + module + "\n" + name + "\n");
    }

    /** STACK_GLOBAL with both texts in front of it. */
    public PickleWriter stackGlobal(String module, String name) {
        return text(module).text(name).op(0x93);
    }

    /** BINUNICODE. */
    public PickleWriter text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return op('X').little(utf8.length, 4).raw(utf8);
    }

    /** BINBYTES. */
    public PickleWriter bytes(byte[] bytes) {
        return op('B').little(bytes.length, 4).raw(bytes);
    }

    /** BININT, or LONG1 where that is too small. */
    public PickleWriter integer(long value) {
        if (value == (int) value) {
            return op('J').little(value, 4);
        }
        return op(0x8a, 8).little(value, 8);
    }

    /** LONG1 of any size up to 255 bytes. */
    public PickleWriter integer(BigInteger value) {
        byte[] big = value.toByteArray();
        op(0x8a, big.length);
        for (int i = big.length - 1; i >= 0; i--) {
            out.write(big[i]);
        }
        return this;
    }

    /** BINFLOAT. */
    public PickleWriter real(double value) {
        return op('G').raw(ByteBuffer.allocate(8)
                .order(ByteOrder.BIG_ENDIAN)
                .putDouble(value)
                .array());
    }

    /** NEWTRUE or NEWFALSE. */
    public PickleWriter bool(boolean value) {
        return op(value ? 0x88 : 0x89);
    }

    /** A tuple of whole numbers: MARK, the numbers, TUPLE. */
    public PickleWriter integers(long... values) {
        op('(');
        for (long v : values) {
            integer(v);
        }
        return op('t');
    }

    /** An empty OrderedDict: GLOBAL, EMPTY_TUPLE, REDUCE. */
    public PickleWriter orderedDict() {
        return global("collections", "OrderedDict").op(')', 'R');
    }

    /** A storage as torch refers to it: BINPERSID of {@code ('storage', torch.<type>, key, 'cpu', elements)}. */
    public PickleWriter storage(String type, String key, long elements) {
        return op('(').text("storage")
                .global("torch", type)
                .text(key)
                .text("cpu")
                .integer(elements)
                .op('t', 'Q');
    }

    /** A tensor as torch rebuilds it: {@code torch._utils._rebuild_tensor_v2} of a storage. */
    public PickleWriter tensor(String type, String key, long elements, long offset, long[] size, long[] stride) {
        return global("torch._utils", "_rebuild_tensor_v2")
                .op('(')
                .storage(type, key, elements)
                .integer(offset)
                .integers(size)
                .integers(stride)
                .bool(false)
                .orderedDict()
                .op('t', 'R');
    }

    /** STOP. */
    public PickleWriter stop() {
        return op('.');
    }

    /** All bytes so far. */
    public byte[] toBytes() {
        return out.toByteArray();
    }
}
