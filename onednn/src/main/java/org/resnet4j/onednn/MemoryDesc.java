package org.resnet4j.onednn;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.resnet4j.onednn.ffi.Function;
import org.resnet4j.onednn.ffi.Library;

/**
 * How a tensor lies in memory: dimensions, element type, order, blocks and padding; {@code dnnl_memory_desc_t}.
 *
 * <p>Sizes are in bytes and include padding. Owns a native object; close it. Immutable and safe to share until then. Two
 * descriptions are {@link #equals equal} if oneDNN says so, whoever made them.
 */
public final class MemoryDesc implements AutoCloseable {
    static final int NDIMS = 256;
    static final int DIMS = 257;
    static final int DATA_TYPE = 258;
    static final int FORMAT_KIND = 262;
    static final int STRIDES = 14;
    static final int INNER_NBLKS = 263;
    static final int INNER_BLKS = 264;
    static final int INNER_IDXS = 265;
    static final int BLOCKED = 2;
    private static final int MAX_RANK = 12;

    private final Library library;
    private final Handle handle;
    private final long bytes;

    private MemoryDesc(Library library, MemorySegment address) {
        this.library = library;
        this.handle = new Handle(library, Function.MEMORY_DESC_DESTROY, address);
        this.bytes = (long) library.call(Function.MEMORY_DESC_GET_SIZE, address);
    }

    /** A dense tensor of these dimensions in this order. */
    public static MemoryDesc of(Onednn onednn, DataType type, FormatTag tag, long... dims) {
        requireCountable(type, dims);
        try (Arena temporary = Arena.ofConfined()) {
            MemorySegment d = temporary.allocateFrom(ValueLayout.JAVA_LONG, padded(dims));
            return new MemoryDesc(
                    onednn.library(),
                    onednn.library().create(Function.MEMORY_DESC_CREATE_WITH_TAG, dims.length, d, type.code, tag.code));
        }
    }

    /** A view with these distances between neighbours, in elements. */
    public static MemoryDesc strided(Onednn onednn, DataType type, long[] dims, long[] strides) {
        requireCountable(type, dims);
        if (strides.length != dims.length) {
            throw new IllegalArgumentException("a view needs as many strides as dimensions, found "
                    + Arrays.toString(dims) + " and " + Arrays.toString(strides));
        }
        try (Arena temporary = Arena.ofConfined()) {
            MemorySegment d = temporary.allocateFrom(ValueLayout.JAVA_LONG, padded(dims));
            MemorySegment s = temporary.allocateFrom(ValueLayout.JAVA_LONG, padded(strides));
            return new MemoryDesc(
                    onednn.library(),
                    onednn.library().create(Function.MEMORY_DESC_CREATE_WITH_STRIDES, dims.length, d, type.code, s));
        }
    }

    /** A copy, to be owned by the caller, of a description that a primitive descriptor owns. */
    static MemoryDesc cloneOf(Library library, MemorySegment owned) {
        return new MemoryDesc(library, library.create(Function.MEMORY_DESC_CLONE, owned));
    }

    private static long[] padded(long[] dims) {
        return Arrays.copyOf(dims, MAX_RANK);
    }

    /** Nothing whose bytes cannot be counted in a long reaches native code. */
    private static void requireCountable(DataType type, long[] dims) {
        boolean sane = dims.length >= 1
                && dims.length <= MAX_RANK
                && Arrays.stream(dims).allMatch(d -> d >= 1);
        try {
            long n = type.bytes();
            for (long d : dims) {
                n = Math.multiplyExact(n, d);
            }
        } catch (ArithmeticException e) {
            sane = false;
        }
        if (!sane) {
            throw new IllegalArgumentException("a tensor needs 1 to " + MAX_RANK
                    + " dimensions of at least 1 whose bytes fit a long, found " + type + " " + Arrays.toString(dims));
        }
    }

    MemorySegment address() {
        return handle.address();
    }

    /** Bytes that a tensor of this description takes, padding included. */
    public long bytes() {
        return bytes;
    }

    /** Logical dimensions, without padding. */
    public long[] dims() {
        return longs(DIMS, int32(NDIMS));
    }

    /** Element type. */
    public DataType dataType() {
        return DataType.of(int32(DATA_TYPE));
    }

    /** True for F32, the type that numbers are checked in. */
    public boolean isFloat() {
        return int32(FORMAT_KIND) == BLOCKED && dataType() == DataType.F32;
    }

    /** As oneDNN's tags write it: letters outermost first, upper case where a dimension is blocked: {@code Acdb16a}. */
    public String format() {
        if (int32(FORMAT_KIND) != BLOCKED) {
            return "opaque";
        }
        int rank = int32(NDIMS);
        long[] strides = longs(STRIDES, rank);
        long[] dims = dims();
        int blocks = int32(INNER_NBLKS);
        long[] sizes = longs(INNER_BLKS, blocks);
        long[] indices = longs(INNER_IDXS, blocks);
        Integer[] order = new Integer[rank];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (a, b) -> {
            int byStride = Long.compare(strides[b], strides[a]);
            return byStride != 0
                    ? byStride
                    : dims[b] == dims[a] ? Integer.compare(a, b) : Long.compare(dims[b], dims[a]);
        });
        StringBuilder text = new StringBuilder();
        for (int d : order) {
            boolean blocked = LongStream.of(indices).anyMatch(i -> i == d);
            text.append((char) ((blocked ? 'A' : 'a') + d));
        }
        for (int i = 0; i < blocks; i++) {
            text.append(sizes[i]).append((char) ('a' + indices[i]));
        }
        return text.toString();
    }

    /** Type and dimensions: {@code f32[128, 16, 32, 32]}. */
    public String describeDims() {
        if (int32(FORMAT_KIND) != BLOCKED) {
            return "u8[" + bytes + "]";
        }
        return dataType().name().toLowerCase(Locale.ROOT)
                + Arrays.stream(dims()).mapToObj(Long::toString).collect(Collectors.joining(", ", "[", "]"));
    }

    private int int32(int what) {
        try (Arena temporary = Arena.ofConfined()) {
            MemorySegment out = temporary.allocate(ValueLayout.JAVA_LONG);
            library.check(Function.MEMORY_DESC_QUERY, address(), what, out);
            return out.get(ValueLayout.JAVA_INT, 0);
        }
    }

    private long[] longs(int what, int count) {
        if (count == 0) {
            return new long[0];
        }
        try (Arena temporary = Arena.ofConfined()) {
            MemorySegment out = temporary.allocate(ValueLayout.ADDRESS);
            library.check(Function.MEMORY_DESC_QUERY, address(), what, out);
            return Library.view(out.get(ValueLayout.ADDRESS, 0), (long) count * Long.BYTES)
                    .toArray(ValueLayout.JAVA_LONG);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MemoryDesc d
                && (d == this
                        || (d.bytes == bytes
                                && (int) library.call(Function.MEMORY_DESC_EQUAL, address(), d.address()) != 0));
    }

    @Override
    public int hashCode() {
        return Long.hashCode(bytes);
    }

    @Override
    public String toString() {
        return describeDims() + " " + format();
    }

    @Override
    public void close() {
        handle.close();
    }
}
