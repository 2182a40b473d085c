package org.resnet4j.quantize;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** How often magnitudes occur, in equal steps from 0; the last step grows with what is added. Not thread-safe. */
public final class Histogram {
    /** Steps; a power of two, so that two neighbours can become one. */
    public static final int STEPS = 2048;

    private final long[] counts = new long[STEPS];
    private double limit; // of the last step; 0 before anything was added
    private double largest;
    private long total;
    private long zeros;

    /** Nothing added yet. */
    public Histogram() {}

    /** Adds the magnitudes of all floats; one that is not finite is an {@link IllegalArgumentException}. */
    public void add(String name, MemorySegment floats, long count) {
        double most = 0;
        for (long i = 0; i < count; i++) {
            double x = Math.abs(floats.getAtIndex(ValueLayout.JAVA_FLOAT, i));
            if (!(x < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(name + ": element " + i + " is no finite number but " + x
                        + "; this network cannot be calibrated");
            }
            most = Math.max(most, x);
        }
        largest = Math.max(largest, most);
        grow(most);
        double scale = limit == 0 ? 0 : STEPS / limit;
        for (long i = 0; i < count; i++) {
            int step = (int) (Math.abs(floats.getAtIndex(ValueLayout.JAVA_FLOAT, i)) * scale);
            counts[Math.min(step, STEPS - 1)]++;
            zeros += floats.getAtIndex(ValueLayout.JAVA_FLOAT, i) == 0 ? 1 : 0;
        }
        total += count;
    }

    private void grow(double most) {
        if (limit == 0) {
            limit = most; // what was added before was zero, and stays in the first step
        }
        while (limit < most) {
            for (int i = 0; i < STEPS; i++) {
                counts[i] = i < STEPS / 2 ? counts[2 * i] + counts[2 * i + 1] : 0;
            }
            limit *= 2;
        }
    }

    /** The largest magnitude. */
    public double largest() {
        return largest;
    }

    /** Where the step of this index ends. */
    public double end(int step) {
        return Math.min(largest, limit * (step + 1) / STEPS);
    }

    /** Numbers that are zero: what ReLU leaves, and what every range says exactly. */
    public long zeros() {
        return zeros;
    }

    /** Numbers in the step of this index. */
    public long count(int step) {
        return counts[step];
    }

    /** Numbers added. */
    public long total() {
        return total;
    }

    /** Share of the numbers above {@code bound}, as exactly as the steps tell. */
    public double shareAbove(double bound) {
        if (limit == 0 || total == 0) {
            return 0;
        }
        long above = 0;
        for (int i = STEPS - 1; i >= 0 && limit * i / STEPS >= bound; i--) {
            above += counts[i];
        }
        return (double) above / total;
    }
}
