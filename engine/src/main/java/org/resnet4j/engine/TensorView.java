package org.resnet4j.engine;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.ShapeException;
import org.resnet4j.tensor.TensorType;

/**
 * A plain, dense, row-major tensor in memory that somebody else owns: valid as long as its owner is open.
 *
 * @param name of the value
 * @param type element type and fixed shape
 * @param segment at least {@code type.bytes()} long, native byte order
 */
public record TensorView(String name, TensorType type, MemorySegment segment) {
    /** Checks that the segment is long enough. */
    public TensorView {
        if (segment.byteSize() < type.bytes()) {
            throw new ShapeException(
                    name + ": " + type + " needs " + type.bytes() + " bytes, found " + segment.byteSize());
        }
    }

    /** A copy of the elements; F32 and F64 only. */
    public double[] toDoubles() {
        int n = Math.toIntExact(type.shape().elements());
        double[] out = new double[n];
        for (int i = 0; i < n; i++) {
            out[i] = switch (type.dtype()) {
                case F32 -> segment.getAtIndex(ValueLayout.JAVA_FLOAT, i);
                case F64 -> segment.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
                case BF16, F16, S64, S32, S8, U8 -> throw notFloating();
            };
        }
        return out;
    }

    /** A copy of the elements; F32 only. */
    public float[] toFloats() {
        require(DType.F32);
        return segment.asSlice(0, type.bytes()).toArray(ValueLayout.JAVA_FLOAT);
    }

    /** Fills an F32 or F64 view; F32 takes the nearest floats. */
    public void set(double[] values) {
        requireLength(values.length);
        for (int i = 0; i < values.length; i++) {
            switch (type.dtype()) {
                case F32 -> segment.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) values[i]);
                case F64 -> segment.setAtIndex(ValueLayout.JAVA_DOUBLE, i, values[i]);
                case BF16, F16, S64, S32, S8, U8 -> throw notFloating();
            }
        }
    }

    /** Fills an F32 or F64 view; F64 holds the floats exactly. */
    public void set(float[] values) {
        requireLength(values.length);
        for (int i = 0; i < values.length; i++) {
            switch (type.dtype()) {
                case F32 -> segment.setAtIndex(ValueLayout.JAVA_FLOAT, i, values[i]);
                case F64 -> segment.setAtIndex(ValueLayout.JAVA_DOUBLE, i, values[i]);
                case BF16, F16, S64, S32, S8, U8 -> throw notFloating();
            }
        }
    }

    /** Fills an S32 view: class indices. */
    public void set(int[] values) {
        require(DType.S32);
        requireLength(values.length);
        MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_INT, 0, values.length);
    }

    private void requireLength(int found) {
        if (found != type.shape().elements()) {
            throw new ShapeException(
                    name + ": " + type + " takes " + type.shape().elements() + " elements, found " + found);
        }
    }

    private void require(DType wanted) {
        if (type.dtype() != wanted) {
            throw new ShapeException(name + ": asked for elements of type " + wanted + ", found " + type);
        }
    }

    private ShapeException notFloating() {
        return new ShapeException(name + ": asked for floating elements, found " + type);
    }
}
