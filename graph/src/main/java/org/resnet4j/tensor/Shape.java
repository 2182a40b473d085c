package org.resnet4j.tensor;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Dimensions of a tensor, outermost first; pictures are [N, C, H, W], convolution weights [O, I, H, W].
 *
 * <p>A dimension is at least 1, except that the first may be {@link #BATCH}: not known until a plan fixes it with
 * {@link #withBatch}; and that the shapes of files, made by {@link #stored}, may have dimensions of 0. The shape of rank 0 is a
 * scalar. Immutable. The factories throw {@link ShapeException} if a dimension is 0, negative or a misplaced {@code BATCH}, or if
 * there are more than {@value #MAX_RANK}.
 */
public final class Shape {
    /** Stands in the first dimension for "as many as the batch has". */
    public static final long BATCH = -1;

    /** oneDNN's limit ({@code DNNL_MAX_NDIMS}). */
    public static final int MAX_RANK = 12;

    private static final Shape SCALAR = new Shape(new long[0]);

    private final long[] dims;

    private Shape(long[] dims) {
        this.dims = dims;
    }

    /** A shape of these dimensions, the first of which may be {@link #BATCH}. */
    public static Shape of(long... dims) {
        return of(1, dims, true);
    }

    /** A shape of a tensor in a file: a dimension may be 0, as formats allow and no network has, and none is {@link #BATCH}. */
    public static Shape stored(long... dims) {
        return of(0, dims, false);
    }

    private static Shape of(long least, long[] dims, boolean batch) {
        if (dims.length > MAX_RANK) {
            throw new ShapeException("a shape has at most " + MAX_RANK + " dimensions, found " + dims.length);
        }
        for (int i = 0; i < dims.length; i++) {
            if (dims[i] < least && !(batch && i == 0 && dims[i] == BATCH)) {
                throw new ShapeException("dimension " + i + " of " + Arrays.toString(dims) + " must be at least "
                        + least + ", found " + dims[i]);
            }
        }
        return dims.length == 0 ? SCALAR : new Shape(dims.clone());
    }

    /** The shape of one number. */
    public static Shape scalar() {
        return SCALAR;
    }

    /** Number of dimensions. */
    public int rank() {
        return dims.length;
    }

    /** Dimension {@code i}; {@link #BATCH} where it is not yet fixed. */
    public long dim(int i) {
        return dims[i];
    }

    /** Dimension {@code i} as an int; throws {@link ArithmeticException} if it does not fit or is not fixed. */
    public int intDim(int i) {
        if (dims[i] == BATCH) {
            throw new ArithmeticException("the batch dimension of " + this + " is not fixed");
        }
        return Math.toIntExact(dims[i]);
    }

    /** A copy of all dimensions. */
    public long[] dims() {
        return dims.clone();
    }

    /** True if the first dimension is {@link #BATCH}. */
    public boolean isSymbolic() {
        return dims.length > 0 && dims[0] == BATCH;
    }

    /** This shape with the batch dimension, if it has one, set to {@code n}, at least 1. */
    public Shape withBatch(long n) {
        if (n < 1) {
            throw new ShapeException("a batch of " + this + " must be at least 1, found " + n);
        }
        if (!isSymbolic()) {
            return this;
        }
        long[] fixed = dims.clone();
        fixed[0] = n;
        return of(fixed);
    }

    /** Number of elements; throws {@link ShapeException} if it passes 2^63 - 1 or the batch is not fixed. */
    public long elements() {
        if (isSymbolic()) {
            throw new ShapeException("the batch dimension of " + this + " is not fixed");
        }
        return product(0);
    }

    /** Number of elements of one entry of the first dimension: the product of all the others. */
    public long elementsPerEntry() {
        return product(1);
    }

    private long product(int from) {
        long n = 1;
        try {
            for (int i = from; i < dims.length; i++) {
                n = Math.multiplyExact(n, dims[i]);
            }
        } catch (ArithmeticException e) {
            throw new ShapeException("the number of elements of " + this + " does not fit a long");
        }
        return n;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape s && Arrays.equals(dims, s.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    /** As printed: {@code [N, 16, 32, 32]}. */
    @Override
    public String toString() {
        return Arrays.stream(dims)
                .mapToObj(d -> d == BATCH ? "N" : Long.toString(d))
                .collect(Collectors.joining(", ", "[", "]"));
    }
}
