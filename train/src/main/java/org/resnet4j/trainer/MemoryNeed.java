package org.resnet4j.trainer;

import java.util.Locale;

/**
 * Native bytes of a run.
 *
 * @param training plan of a step
 * @param evaluation plan of an evaluation
 * @param momentum of the optimiser
 * @param batches rings of both loaders
 */
public record MemoryNeed(long training, long evaluation, long momentum, long batches) {
    /** All of it. */
    public long total() {
        return Math.addExact(Math.addExact(training, evaluation), Math.addExact(momentum, batches));
    }

    /** As printed: {@code 1,234 MiB (training 1,000, evaluation 200, momentum 30, batches 4)}. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%,.1f MiB (training %,.1f, evaluation %,.1f, momentum %,.1f, batches %,.1f)",
                mebi(total()),
                mebi(training),
                mebi(evaluation),
                mebi(momentum),
                mebi(batches));
    }

    private static double mebi(long bytes) {
        return bytes / 0x1p20;
    }
}
