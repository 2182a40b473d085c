package org.resnet4j.trainer;

import java.util.Locale;

/**
 * Native bytes of a run.
 *
 * @param training plan of a step
 * @param evaluation plan of an evaluation
 * @param optimizer what lies beside the plans: momentum, moments, sums and averages
 * @param batches rings of both loaders
 */
public record MemoryNeed(long training, long evaluation, long optimizer, long batches) {
    /** All of it. */
    public long total() {
        return Math.addExact(Math.addExact(training, evaluation), Math.addExact(optimizer, batches));
    }

    /** As printed: {@code 1,234 MiB (training 1,000, evaluation 200, optimizer 30, batches 4)}. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%,.1f MiB (training %,.1f, evaluation %,.1f, optimizer %,.1f, batches %,.1f)",
                mebi(total()),
                mebi(training),
                mebi(evaluation),
                mebi(optimizer),
                mebi(batches));
    }

    private static double mebi(long bytes) {
        return bytes / 0x1p20;
    }
}
