package org.resnet4j.paper.measure;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Sums over many numbers, in double and in the order in which they come. Not thread-safe. */
final class Moments {
    private long count;
    private double sum;
    private double squares;

    /** Adds the first {@code n} f32 elements of a segment. */
    void add(MemorySegment numbers, long n) {
        // The sums of one call are small before they meet the large ones, which keeps what rounding takes small.
        double s = 0;
        double q = 0;
        for (long i = 0; i < n; i++) {
            double x = numbers.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            s += x;
            q += x * x;
        }
        sum += s;
        squares += q;
        count += n;
    }

    /** Adds one number. */
    void add(double x) {
        sum += x;
        squares += x * x;
        count++;
    }

    double mean() {
        return sum / count;
    }

    /** Of all the numbers, not an estimate from a sample: divided by their count. */
    double deviation() {
        double mean = mean();
        return Math.sqrt(Math.max(0, squares / count - mean * mean)); // rounding may leave less than nothing
    }

    /** The Euclidean norm. */
    double norm() {
        return Math.sqrt(squares);
    }
}
