package org.resnet4j.trainer;

import java.time.Duration;

/**
 * How long a step takes and how much of it is waiting: averaged over about the last 20 steps, and summed since the last
 * {@link #takeWaitShare}.
 */
final class Stopwatch {
    private static final double NEW = 0.05;

    private final int batchSize;
    private long last = System.nanoTime();
    private double stepNanos;
    private double waitNanos;
    private long allNanos;
    private long allWaited;

    Stopwatch(int batchSize) {
        this.batchSize = batchSize;
    }

    /** Leaves out what happened since the last step, such as an evaluation. */
    void restart() {
        last = System.nanoTime();
    }

    /** Share of the time of all steps since the last call that was waiting, in [0, 1]; the next one begins from here. */
    double takeWaitShare() {
        double share = allNanos == 0 ? 0 : Math.min(1, (double) allWaited / allNanos);
        allNanos = 0;
        allWaited = 0;
        return share;
    }

    /** A step ended of which {@code waited} nanoseconds were spent on waiting for its batch. */
    TrainEvent.Pace lap(long waited, long stepsLeft) {
        long now = System.nanoTime();
        double share = stepNanos == 0 ? 1 : NEW;
        stepNanos += share * (now - last - stepNanos);
        waitNanos += share * (waited - waitNanos);
        allNanos += now - last;
        allWaited += waited;
        last = now;
        return new TrainEvent.Pace(
                batchSize * 1e9 / stepNanos, Math.min(1, waitNanos / stepNanos), Duration.ofMillis((long)
                        (stepNanos * stepsLeft / 1e6)));
    }
}
