package org.resnet4j.memory;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Offsets in one block of memory for buffers whose lifetimes are known, so that buffers alive together never share a byte.
 *
 * <p>Offsets and sizes are in bytes; every offset is a multiple of {@link #ALIGNMENT}, and every buffer occupies its size
 * rounded up to one. Placement is offline greedy best fit: buffers in decreasing order of size, or of size times lifetime,
 * each into the smallest hole that it fits between those already placed that live at the same time; the better of the two
 * orders is kept. The same list gives the same plan. Immutable; owns no memory. Pisarchyk and Lee 2020, section 5.2 (greedy
 * by size).
 */
public final class MemoryPlan {
    /** A cache line, and the width of the widest vector register. */
    public static final int ALIGNMENT = 64;

    /** The larger first; then order of need, so that equal buffers are laid out in the order of the step. */
    private static final Comparator<Buffer> BY_SIZE = Comparator.comparingLong(Buffer::bytes)
            .reversed()
            .thenComparingInt(Buffer::first)
            .thenComparingInt(Buffer::id);

    /** In double, where the product cannot overflow; it only orders. */
    private static final Comparator<Buffer> BY_AREA = Comparator.comparingDouble(
                    (Buffer b) -> (double) b.bytes() * ((double) b.last() - b.first() + 1))
            .reversed()
            .thenComparing(BY_SIZE);

    private final Map<Integer, Long> offsets;
    private final long totalBytes;
    private final long lowerBound;

    private MemoryPlan(Map<Integer, Long> offsets, long totalBytes, long lowerBound) {
        this.offsets = offsets;
        this.totalBytes = totalBytes;
        this.lowerBound = lowerBound;
    }

    /**
     * A plan for these buffers.
     *
     * @throws IllegalArgumentException if two buffers have one id
     * @throws ArithmeticException if the bytes do not fit a long
     */
    public static MemoryPlan of(List<Buffer> buffers) {
        requireUniqueIds(buffers);
        long lowerBound = maxLiveBytes(buffers);
        MemoryPlan bySize = place(buffers, BY_SIZE, lowerBound);
        if (bySize.totalBytes == lowerBound) {
            return bySize;
        }
        MemoryPlan byArea = place(buffers, BY_AREA, lowerBound);
        return byArea.totalBytes < bySize.totalBytes ? byArea : bySize;
    }

    private static void requireUniqueIds(List<Buffer> buffers) {
        Map<Integer, Buffer> byId = new HashMap<>();
        for (Buffer b : buffers) {
            Buffer earlier = byId.put(b.id(), b);
            if (earlier != null) {
                throw new IllegalArgumentException("buffers need ids of their own, found " + earlier + " and " + b);
            }
        }
    }

    private static MemoryPlan place(List<Buffer> buffers, Comparator<Buffer> order, long lowerBound) {
        List<Buffer> sorted = new ArrayList<>(buffers);
        sorted.sort(order);
        Placement placement = new Placement(sorted.size());
        Map<Integer, Long> offsets = HashMap.newHashMap(sorted.size());
        for (Buffer b : sorted) {
            offsets.put(b.id(), b.bytes() == 0 ? 0 : placement.place(b, aligned(b.bytes())));
        }
        return new MemoryPlan(offsets, placement.end(), lowerBound);
    }

    private static long aligned(long bytes) {
        return Math.addExact(bytes, ALIGNMENT - 1) & -ALIGNMENT;
    }

    /** Most bytes alive at one instant: each buffer comes at {@code first} and goes just after {@code last}. */
    private static long maxLiveBytes(List<Buffer> buffers) {
        List<Buffer> starting = new ArrayList<>(buffers);
        List<Buffer> ending = new ArrayList<>(buffers);
        starting.sort(Comparator.comparingInt(Buffer::first));
        ending.sort(Comparator.comparingInt(Buffer::last));
        long live = 0;
        long most = 0;
        int gone = 0;
        for (Buffer b : starting) {
            while (ending.get(gone).last() < b.first()) {
                live -= aligned(ending.get(gone).bytes());
                gone++;
            }
            live = Math.addExact(live, aligned(b.bytes()));
            most = Math.max(most, live);
        }
        return most;
    }

    /** Where the buffer of this id begins; throws {@link IllegalArgumentException} if the plan has none. */
    public long offset(int id) {
        Long offset = offsets.get(id);
        if (offset == null) {
            throw new IllegalArgumentException("the plan has no buffer " + id + " among its " + offsets.size());
        }
        return offset;
    }

    /** Size of the block that holds every buffer. */
    public long totalBytes() {
        return totalBytes;
    }

    /** Most bytes that are alive at one instant, each buffer rounded up: no plan can be smaller. */
    public long lowerBound() {
        return lowerBound;
    }
}
