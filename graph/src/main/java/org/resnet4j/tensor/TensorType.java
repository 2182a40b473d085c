package org.resnet4j.tensor;

import java.util.Objects;

/**
 * Element type and shape of a tensor: all that is known of it before it has numbers.
 *
 * <p>{@link #bytes} is the size of the plain, dense, row-major form. A fixed type has proved at construction that this size
 * fits a {@code long}, so it may be compared with a buffer without further checks; the constructor throws {@link ShapeException} where the byte size overflows.
 *
 * @param dtype element type
 * @param shape dimensions; the first may be {@link Shape#BATCH}
 */
public record TensorType(DType dtype, Shape shape) {
    /** Checks that the bytes can be counted. */
    public TensorType {
        Objects.requireNonNull(dtype);
        if (!shape.isSymbolic()) {
            byteCount(dtype, shape);
        }
    }

    /** A type of these dimensions. */
    public static TensorType of(DType dtype, long... dims) {
        return new TensorType(dtype, Shape.of(dims));
    }

    /** An F32 type of these dimensions. */
    public static TensorType f32(long... dims) {
        return of(DType.F32, dims);
    }

    /** Bytes of the dense tensor; throws {@link ShapeException} if the batch is not fixed. */
    public long bytes() {
        return byteCount(dtype, shape);
    }

    /** This type with the batch dimension, if it has one, set to {@code n}. */
    public TensorType withBatch(long n) {
        return shape.isSymbolic() ? new TensorType(dtype, shape.withBatch(n)) : this;
    }

    /** This type with the first dimension set to {@code n}. */
    public TensorType withFirst(long n) {
        long[] dims = shape.dims();
        dims[0] = n;
        return new TensorType(dtype, Shape.of(dims));
    }

    /** This shape with another element type. */
    public TensorType withDType(DType other) {
        return other == dtype ? this : new TensorType(other, shape);
    }

    private static long byteCount(DType dtype, Shape shape) {
        try {
            return Math.multiplyExact(shape.elements(), (long) dtype.bytes());
        } catch (ArithmeticException e) {
            throw new ShapeException("the bytes of " + dtype + shape + " do not fit a long");
        }
    }

    /** As printed: {@code f32[N, 16, 32, 32]}. */
    @Override
    public String toString() {
        return dtype.toString() + shape;
    }
}
