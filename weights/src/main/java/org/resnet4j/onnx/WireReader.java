package org.resnet4j.onnx;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.resnet4j.weights.WeightsException;

/**
 * A cursor over one protobuf message. {@link #next} stands on a field; the caller then takes its value with the method of its
 * type, or {@link #skip}s it. Nothing is copied but names. Not thread-safe.
 */
final class WireReader {
    static final int VARINT = 0;
    static final int FIXED64 = 1;
    static final int LENGTH = 2;
    static final int FIXED32 = 5;

    /** Longest name or text; far above what any exporter writes. */
    private static final int MAX_TEXT = 1 << 20;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** How many fields a whole file may have: a field of two bytes may cost a hundred in memory. */
    static final class Budget {
        private final int most;
        private int spent;

        Budget(int most) {
            this.most = most;
        }

        private void spend(String where) throws WeightsException {
            if (++spent > most) {
                throw new WeightsException(where + ": at most " + most + " fields are read from a file, found more");
            }
        }
    }

    private final MemorySegment bytes;
    private final Budget budget;
    private final String where;
    private long at;
    private int field;
    private int wire;

    WireReader(MemorySegment bytes, Budget budget, String where) {
        this.bytes = bytes;
        this.budget = budget;
        this.where = where;
    }

    /** Moves to the next field; false at the message's end. */
    boolean next() throws WeightsException {
        if (!hasMore()) {
            return false;
        }
        budget.spend(where);
        long tag = rawVarint();
        field = (int) (tag >>> 3);
        wire = (int) (tag & 7);
        if (tag >>> 32 != 0 || field == 0) {
            throw malformed("a field number of 1 to 536870911", Long.toUnsignedString(tag >>> 3));
        }
        return true;
    }

    /** Number of the field that {@link #next} found. */
    int field() {
        return field;
    }

    /** True if the field's value is of this wire type. */
    boolean is(int type) {
        return wire == type;
    }

    /** True if bytes are left; for packed numbers. */
    boolean hasMore() {
        return at < bytes.byteSize();
    }

    long varint() throws WeightsException {
        require(VARINT);
        return rawVarint();
    }

    /** A varint without a tag in front: an element of a packed field. */
    long rawVarint() throws WeightsException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (!hasMore()) {
                throw malformed("a whole number", "the message's end");
            }
            byte b = bytes.get(ValueLayout.JAVA_BYTE, at++);
            value |= (b & 0x7fL) << shift;
            if (b >= 0) {
                if (shift == 63 && b > 1) {
                    break;
                }
                return value;
            }
        }
        throw malformed("a whole number of at most 64 bits", "a longer one");
    }

    int fixed32() throws WeightsException {
        require(FIXED32);
        return bytes.get(INT, advance(Integer.BYTES));
    }

    private long advance(long count) throws WeightsException {
        if (count < 0 || count > bytes.byteSize() - at) {
            throw malformed(
                    "at most " + (bytes.byteSize() - at) + " bytes, which are left of the message",
                    Long.toUnsignedString(count));
        }
        long from = at;
        at += count;
        return from;
    }

    /** The bytes of a field that has a length: a view, valid as long as the file's memory. */
    MemorySegment bytes() throws WeightsException {
        require(LENGTH);
        long count = rawVarint();
        return bytes.asSlice(advance(count), count);
    }

    /** The message in a field; {@code what} names it in errors. */
    WireReader message(String what) throws WeightsException {
        return new WireReader(bytes(), budget, where + ", " + what);
    }

    String text() throws WeightsException {
        MemorySegment text = bytes();
        if (text.byteSize() > MAX_TEXT) {
            throw malformed("a text of at most " + MAX_TEXT + " bytes", "" + text.byteSize());
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(text.asByteBuffer())
                    .toString();
        } catch (CharacterCodingException e) {
            throw new WeightsException(where + ": field " + field + " must be UTF-8, found other bytes", e);
        }
    }

    /** Passes over a field that nobody asked for. Groups, which nest, are refused. */
    void skip() throws WeightsException {
        switch (wire) {
            case VARINT -> rawVarint();
            case FIXED64 -> advance(Long.BYTES);
            case FIXED32 -> advance(Integer.BYTES);
            case LENGTH -> bytes();
            default -> throw malformed("wire type 0, 1, 2 or 5", "" + wire);
        }
    }

    /** Whole numbers of a repeated field, packed or one by one, added to {@code into}. */
    void longs(Numbers into) throws WeightsException {
        if (wire != LENGTH) {
            into.add(varint());
            return;
        }
        WireReader packed = message("field " + field);
        while (packed.hasMore()) {
            budget.spend(where);
            into.add(packed.rawVarint());
        }
    }

    /** Floats of a repeated field, packed or one by one, their bits added to {@code into}. */
    void floats(Numbers into) throws WeightsException {
        if (wire != LENGTH) {
            into.add(fixed32());
            return;
        }
        MemorySegment packed = bytes();
        if (packed.byteSize() % Float.BYTES != 0) {
            throw malformed("a multiple of 4 bytes", "" + packed.byteSize());
        }
        for (long i = 0; i < packed.byteSize(); i += Float.BYTES) {
            budget.spend(where);
            into.add(packed.get(INT, i));
        }
    }

    /** One 64-bit element without a tag: of a field of doubles that is not packed. */
    long fixed64() throws WeightsException {
        require(FIXED64);
        return bytes.get(LONG, advance(Long.BYTES));
    }

    private void require(int expected) throws WeightsException {
        if (wire != expected) {
            throw malformed("wire type " + expected, "" + wire);
        }
    }

    /** The exception for something in the current field. */
    WeightsException malformed(String expected, String found) {
        return new WeightsException(where + ", byte " + at + ", field " + field + ": expected " + expected + ", found "
                + found + "; is this a sound ONNX file?");
    }

    String where() {
        return where;
    }

    Budget budget() {
        return budget;
    }
}
