package org.resnet4j.onnx;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.resnet4j.tensor.DType;
import org.resnet4j.weights.WeightsException;

/**
 * Whole numbers that are known when a model is read: shapes, paddings, bounds of slices. Where {@code batch} is set, the element
 * is the batch size, whatever it will be. Immutable by convention; small, so that folding cannot be made to take memory.
 */
record IntTensor(long[] dims, long[] values, boolean[] batch) {
    /** Most elements of one: a shape has twelve, a padding twice as many. */
    private static final int MAX = 256;

    static IntTensor of(long[] dims, long... values) {
        return new IntTensor(dims, values, new boolean[values.length]);
    }

    static IntTensor vector(long... values) {
        return of(new long[] {values.length}, values);
    }

    /** The numbers of a tensor of an integer type. */
    static IntTensor of(Onnx.TensorProto t) throws WeightsException {
        long[] values = new long[(int) product(t.dims())];
        for (int i = 0; i < values.length; i++) {
            values[i] = element(t.data(), t.dtype(), i);
        }
        return of(t.dims(), values);
    }

    private static long element(MemorySegment data, DType type, int i) throws WeightsException {
        return switch (type) {
            case S64 -> data.getAtIndex(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), i);
            case S32 -> data.getAtIndex(ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), i);
            case S8 -> data.get(ValueLayout.JAVA_BYTE, i);
            case U8 -> data.get(ValueLayout.JAVA_BYTE, i) & 0xff;
            case F64, F32, BF16, F16 -> throw new WeightsException("needs whole numbers, found " + type);
        };
    }

    private static void requireSmall(long n) throws WeightsException {
        if (n < 0 || n > MAX) {
            throw new WeightsException("at most " + MAX + " numbers are folded, found " + n);
        }
    }

    private static long product(long[] dims) throws WeightsException {
        long n = 1;
        for (long d : dims) {
            requireSmall(d);
            n *= d;
            requireSmall(n);
        }
        return n;
    }

    /** As many times {@code value} as {@code dims} say. */
    static IntTensor filled(long[] dims, long value) throws WeightsException {
        long[] values = new long[(int) product(dims)];
        Arrays.fill(values, value);
        return of(dims, values);
    }

    int rank() {
        return dims.length;
    }

    boolean hasBatch() {
        for (boolean b : batch) {
            if (b) {
                return true;
            }
        }
        return false;
    }

    /** All numbers, none of which may be the batch size. */
    long[] known() throws WeightsException {
        if (hasBatch()) {
            throw new WeightsException("needs numbers that do not depend on the batch size");
        }
        return values;
    }

    /** The one number. */
    long scalar() throws WeightsException {
        if (values.length != 1) {
            throw new WeightsException("needs one number, found " + values.length);
        }
        return known()[0];
    }

    private IntTensor pick(long[] newDims, int[] from) {
        long[] v = new long[from.length];
        boolean[] b = new boolean[from.length];
        for (int i = 0; i < from.length; i++) {
            v[i] = values[from[i]];
            b[i] = batch[from[i]];
        }
        return new IntTensor(newDims, v, b);
    }

    /** {@code axis} counted from the end where it is negative. */
    static int axis(long axis, int rank) throws WeightsException {
        long a = axis < 0 ? axis + rank : axis;
        if (a < 0 || a >= rank) {
            throw new WeightsException("axis must be " + -rank + " to " + (rank - 1) + ", found " + axis);
        }
        return (int) a;
    }

    /** Elements {@code start}, {@code start + step}, ... before {@code end} along one axis, by the rules of ONNX's Slice. */
    IntTensor slice(int axis, long start, long end, long step) throws WeightsException {
        if (step == 0) {
            throw new WeightsException("a slice needs a step other than 0");
        }
        long d = dims[axis];
        long by = Math.clamp(step, -2L * MAX, 2L * MAX); // a longer step leaves the tensor as well
        long from = Math.clamp(start < 0 ? start + d : start, 0, by > 0 ? d : Math.max(0, d - 1));
        long to = Math.clamp(end < 0 ? end + d : end, by > 0 ? 0 : -1, d);
        Numbers at = new Numbers();
        for (long i = from; d > 0 && (by > 0 ? i < to : i > to); i += by) {
            at.add(i);
        }
        return take(axis, at.toArray());
    }

    /** The elements at {@code indices} of an axis. */
    IntTensor take(int axis, long[] indices) throws WeightsException {
        long[] newDims = dims.clone();
        newDims[axis] = indices.length;
        int inner = (int) product(Arrays.copyOfRange(dims, axis + 1, dims.length));
        int outer = (int) product(Arrays.copyOfRange(dims, 0, axis));
        int[] from = new int[(int) product(newDims)];
        int n = 0;
        for (int o = 0; o < outer; o++) {
            for (long i : indices) {
                for (int k = 0; k < inner; k++) {
                    from[n++] = (int) ((o * dims[axis] + i) * inner) + k;
                }
            }
        }
        return pick(newDims, from);
    }

    /** One element of a vector, as a scalar or as many as there are {@code indices}. */
    IntTensor gather(IntTensor indices) throws WeightsException {
        if (rank() != 1) {
            throw new WeightsException("Gather is folded from a vector only, found rank " + rank());
        }
        int[] from = new int[indices.values.length];
        for (int i = 0; i < from.length; i++) {
            from[i] = axis(indices.known()[i], (int) dims[0]);
        }
        return pick(indices.dims, from);
    }

    IntTensor transpose(long[] perm) throws WeightsException {
        if (rank() != 2 || !Arrays.equals(perm, new long[] {1, 0})) {
            throw new WeightsException("Transpose is folded for two dimensions only, found rank " + rank() + ", perm "
                    + Arrays.toString(perm));
        }
        int h = (int) dims[0];
        int w = (int) dims[1];
        int[] from = new int[h * w];
        for (int i = 0; i < from.length; i++) {
            from[i] = i % h * w + i / h;
        }
        return pick(new long[] {w, h}, from);
    }

    /** This in another shape, in which one dimension may be -1 and 0 means "as it was". */
    IntTensor reshape(long[] target) throws WeightsException {
        long[] to = target.clone();
        int open = -1;
        for (int i = 0; i < to.length; i++) {
            if (to[i] == 0 && i < rank()) {
                to[i] = dims[i];
            } else if (to[i] == -1 && open < 0) {
                open = i;
                to[i] = 1;
            }
        }
        if (open >= 0) {
            long rest = product(to);
            to[open] = rest == 0 ? 0 : values.length / rest;
        }
        if (product(to) != values.length) {
            throw new WeightsException(values.length + " numbers do not fit the shape " + Arrays.toString(target));
        }
        return new IntTensor(to, values, batch);
    }

    static IntTensor concat(List<IntTensor> parts) throws WeightsException {
        long n = parts.stream().mapToLong(p -> p.values.length).sum();
        requireSmall(n);
        LongStream values = LongStream.empty();
        boolean[] batch = new boolean[(int) n];
        int at = 0;
        for (IntTensor p : parts) {
            if (p.rank() != 1) {
                throw new WeightsException("Concat is folded for vectors only, found rank " + p.rank());
            }
            values = LongStream.concat(values, Arrays.stream(p.values));
            System.arraycopy(p.batch, 0, batch, at, p.batch.length);
            at += p.batch.length;
        }
        return new IntTensor(new long[] {n}, values.toArray(), batch);
    }
}
