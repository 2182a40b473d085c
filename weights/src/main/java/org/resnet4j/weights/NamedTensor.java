package org.resnet4j.weights;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.TensorType;

/**
 * A tensor with a name: row-major, little-endian, in memory that somebody else owns.
 *
 * @param name as in the file
 * @param type element type and shape
 * @param data exactly {@code type.bytes()} long
 */
public record NamedTensor(String name, TensorType type, MemorySegment data) {
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfDouble F64 = ValueLayout.JAVA_DOUBLE_UNALIGNED;
    private static final ValueLayout.OfShort BITS16 = ValueLayout.JAVA_SHORT_UNALIGNED;

    /** Checks that the data is as long as the type says. */
    public NamedTensor {
        if (data.byteSize() != type.bytes()) {
            throw new IllegalArgumentException(
                    name + ": " + type + " needs " + type.bytes() + " bytes, found " + data.byteSize());
        }
    }

    /** A tensor of floats, copied to {@code arena}. */
    public static NamedTensor of(String name, TensorType type, float[] values, Arena arena) {
        return new NamedTensor(name, type, arena.allocateFrom(ValueLayout.JAVA_FLOAT, values));
    }

    /**
     * The same numbers as F32, copied to {@code arena}. Narrow floating types widen exactly; F64 and integers are rounded to the
     * nearest float.
     */
    public NamedTensor toF32(SegmentAllocator arena) {
        TensorType f32 = type.withDType(DType.F32);
        MemorySegment out = arena.allocate(f32.bytes(), Float.BYTES);
        long n = type.shape().elements();
        switch (type.dtype()) {
            case F32 -> out.copyFrom(data);
            case F64 -> fill(out, n, i -> (float) data.getAtIndex(F64, i));
            case F16 -> fill(out, n, i -> Float.float16ToFloat(data.getAtIndex(BITS16, i)));
            case BF16 -> fill(out, n, i -> Float.intBitsToFloat(data.getAtIndex(BITS16, i) << 16));
            case S64 -> fill(out, n, i -> (float) data.getAtIndex(ValueLayout.JAVA_LONG_UNALIGNED, i));
            case S32 -> fill(out, n, i -> (float) data.getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, i));
            case S8 -> fill(out, n, i -> data.get(ValueLayout.JAVA_BYTE, i));
            case U8 -> fill(out, n, i -> data.get(ValueLayout.JAVA_BYTE, i) & 0xff);
        }
        return new NamedTensor(name, f32, out);
    }

    private interface ToFloat {
        float at(long i);
    }

    private static void fill(MemorySegment out, long n, ToFloat value) {
        for (long i = 0; i < n; i++) {
            out.setAtIndex(F32, i, value.at(i));
        }
    }

    /** The same tensor under another name, in the same memory. */
    public NamedTensor renamed(String other) {
        return other.equals(name) ? this : new NamedTensor(other, type, data);
    }

    /** The elements as doubles, exactly; throws {@link WeightsException} for integers. */
    public double[] toDoubles() throws WeightsException {
        double[] out = new double[Math.toIntExact(type.shape().elements())];
        for (int i = 0; i < out.length; i++) {
            out[i] = switch (type.dtype()) {
                case F64 -> data.getAtIndex(F64, i);
                case F32 -> data.getAtIndex(F32, i);
                case F16 -> Float.float16ToFloat(data.getAtIndex(BITS16, i));
                case BF16 -> Float.intBitsToFloat(data.getAtIndex(BITS16, i) << 16);
                case S64, S32, S8, U8 ->
                    throw new WeightsException(name + ": floating numbers are needed, the file has " + type.dtype());
            };
        }
        return out;
    }

    /** False if an element is NaN or infinite; integers are always finite. */
    public boolean isFinite() {
        long n = type.shape().elements();
        boolean finite = true;
        for (long i = 0; i < n && finite; i++) {
            finite = switch (type.dtype()) {
                case F64 -> Double.isFinite(data.getAtIndex(F64, i));
                case F32 -> Float.isFinite(data.getAtIndex(F32, i));
                case F16 -> (data.getAtIndex(BITS16, i) & 0x7c00) != 0x7c00;
                case BF16 -> (data.getAtIndex(BITS16, i) & 0x7f80) != 0x7f80;
                case S64, S32, S8, U8 -> true;
            };
        }
        return finite;
    }

    /** The elements as floats, F64 rounded to the nearest; throws {@link WeightsException} for integers. */
    public float[] toFloats() throws WeightsException {
        if (type.dtype() == DType.F32) {
            return data.toArray(F32);
        }
        double[] exact = toDoubles();
        float[] out = new float[exact.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) exact[i];
        }
        return out;
    }
}
