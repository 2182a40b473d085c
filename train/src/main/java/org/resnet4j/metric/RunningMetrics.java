package org.resnet4j.metric;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Counts losses and errors of batch after batch without allocating. Not thread-safe.
 *
 * <p>A sample is a top-k error if k or more classes have a larger logit than its own, or an equal one at a smaller index, which
 * is where a stable sort would put them. A logit that is not a number makes its sample an error. Labels outside the classes throw
 * {@link IllegalArgumentException}.
 */
public final class RunningMetrics {
    private long samples;
    private double lossSum;
    private long top1Errors;
    private long top5Errors;

    private RunningMetrics() {}

    /** Nothing counted yet. */
    public static RunningMetrics empty() {
        return new RunningMetrics();
    }

    /** Goes back to nothing. */
    public void reset() {
        set(Metrics.NONE);
    }

    /** Goes on from these totals. */
    public void set(Metrics totals) {
        samples = totals.samples();
        lossSum = totals.lossSum();
        top1Errors = totals.top1Errors();
        top5Errors = totals.top5Errors();
    }

    /** The totals so far. */
    public Metrics totals() {
        return new Metrics(samples, lossSum, top1Errors, top5Errors);
    }

    /** Counts a batch whose mean loss is known. */
    public void addLoss(double meanLoss, int count) {
        lossSum += meanLoss * count;
    }

    /**
     * Counts the errors of the first {@code count} rows.
     *
     * @param logits f32 [N, classes], plain
     * @param labels s32 [N], plain
     * @param count rows that are real
     * @param classes columns
     * @return top-1 errors among them
     */
    public int addErrors(MemorySegment logits, MemorySegment labels, int count, int classes) {
        int wrong = 0;
        for (int i = 0; i < count; i++) {
            int rank = rank(logits, (long) i * classes, labels.getAtIndex(ValueLayout.JAVA_INT, i), classes);
            wrong += rank >= 1 ? 1 : 0;
            top5Errors += rank >= 5 ? 1 : 0;
        }
        samples += count;
        top1Errors += wrong;
        return wrong;
    }

    /**
     * Adds the cross entropy of the first {@code count} rows, computed here in double: for a batch with padding, whose mean loss
     * would count the padding too. Operands as {@link #addErrors}.
     */
    public void addCrossEntropy(MemorySegment logits, MemorySegment labels, int count, int classes) {
        for (int i = 0; i < count; i++) {
            long row = (long) i * classes;
            double max = Double.NEGATIVE_INFINITY;
            for (int c = 0; c < classes; c++) {
                max = Math.max(max, logits.getAtIndex(ValueLayout.JAVA_FLOAT, row + c));
            }
            double sum = 0;
            for (int c = 0; c < classes; c++) {
                sum += StrictMath.exp(logits.getAtIndex(ValueLayout.JAVA_FLOAT, row + c) - max);
            }
            int label = requireClass(labels.getAtIndex(ValueLayout.JAVA_INT, i), classes);
            lossSum += StrictMath.log(sum) + max - logits.getAtIndex(ValueLayout.JAVA_FLOAT, row + label);
        }
    }

    /** How many classes stand before {@code label} in the row that starts at {@code row}. */
    private static int rank(MemorySegment logits, long row, int label, int classes) {
        requireClass(label, classes);
        float own = logits.getAtIndex(ValueLayout.JAVA_FLOAT, row + label);
        int before = 0;
        for (int c = 0; c < classes; c++) {
            float other = logits.getAtIndex(ValueLayout.JAVA_FLOAT, row + c);
            if (!(other < own || (other == own && c >= label))) {
                before++; // a NaN on either side counts as a better class
            }
        }
        return before;
    }

    static int requireClass(int label, int classes) {
        if (label < 0 || label >= classes) {
            throw new IllegalArgumentException("a label must be in [0, " + classes + "), found " + label);
        }
        return label;
    }
}
