package org.resnet4j.metric;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * How often each class was taken for each other. Not thread-safe; labels outside the classes throw
 * {@link IllegalArgumentException}.
 */
public final class ConfusionMatrix {
    private final int classes;
    private final long[] counts;

    private ConfusionMatrix(int classes) {
        this.classes = classes;
        this.counts = new long[Math.multiplyExact(classes, classes)];
    }

    /** A matrix of zeros. */
    public static ConfusionMatrix of(int classes) {
        if (classes < 1) {
            throw new IllegalArgumentException("a confusion matrix needs at least 1 class, found " + classes);
        }
        return new ConfusionMatrix(classes);
    }

    /** Counts one answer. */
    public void add(int label, int answer) {
        RunningMetrics.requireClass(label, classes);
        RunningMetrics.requireClass(answer, classes);
        counts[label * classes + answer]++;
    }

    /** Counts the largest logit of the first {@code count} rows; operands as {@link RunningMetrics#addErrors}. */
    public void add(MemorySegment logits, MemorySegment labels, int count) {
        for (int i = 0; i < count; i++) {
            long row = (long) i * classes;
            int best = 0;
            for (int c = 1; c < classes; c++) {
                if (logits.getAtIndex(ValueLayout.JAVA_FLOAT, row + c)
                        > logits.getAtIndex(ValueLayout.JAVA_FLOAT, row + best)) {
                    best = c;
                }
            }
            add(labels.getAtIndex(ValueLayout.JAVA_INT, i), best);
        }
    }

    /** Samples of class {@code label} that were taken for {@code answer}. */
    public long count(int label, int answer) {
        return counts[
                RunningMetrics.requireClass(label, classes) * classes + RunningMetrics.requireClass(answer, classes)];
    }

    /** A copy of all counts: a row a class, a column an answer. */
    public long[][] counts() {
        long[][] rows = new long[classes][];
        for (int r = 0; r < classes; r++) {
            rows[r] = Arrays.copyOfRange(counts, r * classes, (r + 1) * classes);
        }
        return rows;
    }

    /** Number of classes. */
    public int classes() {
        return classes;
    }

    /** Share of right answers among the samples of one class; NaN if it has none. */
    public double recall(int label) {
        long all = 0;
        for (int c = 0; c < classes; c++) {
            all += count(label, c);
        }
        return (double) count(label, label) / all;
    }
}
