package org.resnet4j.onnx;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onnx.Onnx.TensorProto;
import org.resnet4j.tensor.DType;
import org.resnet4j.weights.Limits;
import org.resnet4j.weights.WeightsException;

/** A TensorProto in whichever of its forms, as dense little-endian bytes. External data is refused: no path is ever looked at. */
final class TensorReader {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final WireReader in;
    private final Numbers dims = new Numbers();
    private String name = "";
    private long dataType;
    private @Nullable MemorySegment raw;

    /** The field with typed numbers (float_data, ...) and its content: packed, or {@link #single} where they came one by one. */
    private int typedField;

    private @Nullable MemorySegment packed;
    private final Numbers single = new Numbers();

    private TensorReader(WireReader in) {
        this.in = in;
    }

    static TensorProto read(WireReader in, Limits limits, Arena arena) throws WeightsException {
        TensorReader reader = new TensorReader(in);
        reader.fields(limits);
        return reader.tensor(arena);
    }

    private void fields(Limits limits) throws WeightsException {
        while (in.next()) {
            switch (in.field()) {
                case 1 -> {
                    in.longs(dims);
                    if (dims.size() > limits.rank()) {
                        throw in.malformed("at most " + limits.rank() + " dimensions", "more");
                    }
                }
                case 2 -> dataType = in.varint();
                case 3 -> throw in.malformed("a whole tensor", "a segment of one, which is not read");
                case 4, 5, 7, 10, 11 -> typed();
                case 6 -> throw in.malformed("numbers", "texts, which are not read");
                case 8 -> name = in.text();
                case 9 -> raw = in.bytes();
                case 13 -> throw external();
                case 14 -> {
                    if (in.varint() != 0) {
                        throw external();
                    }
                }
                default -> in.skip();
            }
        }
    }

    private WeightsException external() {
        return new WeightsException(in.where() + (name.isEmpty() ? "" : " (" + name + ")")
                + ": external data is not read, found a tensor that lies in another file; save the model with its data"
                + " inside (onnx.save_model(..., save_as_external_data=False))");
    }

    private void typed() throws WeightsException {
        if (typedField != 0 && (typedField != in.field() || packed != null || in.is(WireReader.LENGTH))) {
            throw in.malformed("the numbers of a tensor in one field", "a second");
        }
        typedField = in.field();
        if (in.is(WireReader.LENGTH)) {
            packed = in.bytes();
        } else if (in.is(WireReader.VARINT)) {
            single.add(in.varint());
        } else if (in.is(WireReader.FIXED32)) {
            single.add(in.fixed32());
        } else {
            single.add(in.fixed64());
        }
    }

    private TensorProto tensor(Arena arena) throws WeightsException {
        DType dtype;
        try {
            dtype = Onnx.dtype(dataType);
        } catch (IllegalArgumentException e) {
            throw new WeightsException(where() + ": " + e.getMessage(), e);
        }
        long[] shape = dims.toArray();
        long elements = elements(shape);
        long bytes = Math.multiplyExact(elements, (long) dtype.bytes());
        MemorySegment data =
                raw != null ? raw : packed != null ? unpack(packed, dtype, bytes, arena) : pack(dtype, bytes);
        if (raw != null && typedField != 0) {
            throw new WeightsException(where() + ": numbers must be in raw_data or a typed field, found both");
        }
        if (data.byteSize() != bytes) {
            throw new WeightsException(where() + ": " + dtype + Arrays.toString(shape) + " needs " + bytes
                    + " bytes, found " + data.byteSize());
        }
        return new TensorProto(name, dtype, shape, data);
    }

    private String where() {
        return in.where() + " (" + name + ")";
    }

    /** The number of elements; so small that its bytes can be counted. */
    private long elements(long[] shape) throws WeightsException {
        long n = 1;
        for (long d : shape) {
            if (d < 0 || (d > 0 && n > Integer.MAX_VALUE / d)) {
                throw new WeightsException(where() + ": dimensions must be at least 0 and their product at most "
                        + Integer.MAX_VALUE + ", found " + Arrays.toString(shape));
            }
            n *= d;
        }
        return n;
    }

    /** Numbers that lie one after the other: as they are for floats, and each of its own length for the others. */
    private MemorySegment unpack(MemorySegment numbers, DType dtype, long bytes, Arena arena) throws WeightsException {
        requireField(dtype);
        if (dtype == DType.F32 || dtype == DType.F64) {
            return numbers;
        }
        long count = bytes / dtype.bytes();
        // A varint is at least a byte, so nothing larger than eight times the file is allocated.
        if (count > numbers.byteSize()) {
            throw new WeightsException(
                    where() + ": " + count + " numbers are needed, found " + numbers.byteSize() + " bytes of them");
        }
        MemorySegment out = arena.allocate(Math.max(1, bytes)).asSlice(0, bytes);
        WireReader packedNumbers = new WireReader(numbers, in.budget(), where());
        for (long i = 0; i < count; i++) {
            put(out, i, dtype, packedNumbers.rawVarint());
        }
        if (packedNumbers.hasMore()) {
            throw new WeightsException(where() + ": " + count + " numbers are needed, found more");
        }
        return out;
    }

    private MemorySegment pack(DType dtype, long bytes) throws WeightsException {
        if (single.size() > 0) {
            requireField(dtype);
        }
        if (bytes != (long) single.size() * dtype.bytes()) {
            throw new WeightsException(
                    where() + ": " + bytes / dtype.bytes() + " numbers are needed, found " + single.size());
        }
        MemorySegment out = MemorySegment.ofArray(new byte[(int) bytes]);
        long[] values = single.toArray();
        for (int i = 0; i < values.length; i++) {
            put(out, i, dtype, values[i]);
        }
        return out;
    }

    private static void put(MemorySegment out, long i, DType dtype, long value) {
        switch (dtype) {
            case S8, U8 -> out.set(ValueLayout.JAVA_BYTE, i, (byte) value);
            case F16, BF16 -> out.setAtIndex(SHORT, i, (short) value);
            case F32, S32 -> out.setAtIndex(INT, i, (int) value);
            case F64, S64 -> out.setAtIndex(LONG, i, value);
        }
    }

    private void requireField(DType dtype) throws WeightsException {
        int expected = switch (dtype) {
            case F32 -> 4;
            case S32, S8, U8, F16, BF16 -> 5;
            case S64 -> 7;
            case F64 -> 10;
        };
        if (typedField != expected) {
            throw new WeightsException(
                    where() + ": numbers of type " + dtype + " must be in field " + expected + ", found " + typedField);
        }
    }
}
