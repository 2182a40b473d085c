package org.resnet4j.memory;

/**
 * Buffers placed so far, in order of offset, in plain arrays: one scan finds every hole. For the 16,000 buffers of a training
 * step of 1,202 layers all scans together read about 10^8 entries, a fraction of a second, so no interval tree is needed.
 */
final class Placement {
    private final long[] offset;
    private final long[] end;
    private final int[] first;
    private final int[] last;
    private int count;
    private long total;

    Placement(int capacity) {
        offset = new long[capacity];
        end = new long[capacity];
        first = new int[capacity];
        last = new int[capacity];
    }

    /** Puts {@code b}, which occupies {@code bytes}, into the smallest hole that it fits, and returns its offset. */
    long place(Buffer b, long bytes) {
        long holeBegins = 0;
        long best = -1;
        long bestHole = Long.MAX_VALUE;
        for (int i = 0; i < count; i++) {
            if (first[i] <= b.last() && b.first() <= last[i]) {
                long hole = offset[i] - holeBegins;
                if (hole >= bytes && hole < bestHole) {
                    best = holeBegins;
                    bestHole = hole;
                }
                holeBegins = Math.max(holeBegins, end[i]);
            }
        }
        long at = best >= 0 ? best : holeBegins;
        insert(b, at, Math.addExact(at, bytes));
        return at;
    }

    private void insert(Buffer b, long at, long until) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (offset[middle] <= at) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        int moved = count - low;
        System.arraycopy(offset, low, offset, low + 1, moved);
        System.arraycopy(end, low, end, low + 1, moved);
        System.arraycopy(first, low, first, low + 1, moved);
        System.arraycopy(last, low, last, low + 1, moved);
        offset[low] = at;
        end[low] = until;
        first[low] = b.first();
        last[low] = b.last();
        count++;
        total = Math.max(total, until);
    }

    /** Where the last byte of all ends. */
    long end() {
        return total;
    }
}
