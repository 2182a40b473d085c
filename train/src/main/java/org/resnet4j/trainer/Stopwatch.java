package org.resnet4j.trainer;

import java.time.Duration;

/** Averages how long a step takes and how much of it is waiting; the last 20 steps or so weigh most. */
final class Stopwatch {
    private static final double NEW = 0.05;

    private final int batchSize;
    private long last = System.nanoTime();
    private double stepNanos;
    private double waitNanos;

    Stopwatch(int batchSize) {
        this.batchSize = batchSize;
    }

    /** Leaves out what happened since the last step, such as an evaluation. */
    void restart() {
        last = System.nanoTime();
    }

    /** A step ended of which {@code waited} nanoseconds were spent on waiting for its batch. */
    TrainEvent.Pace lap(long waited, long stepsLeft) {
        long now = System.nanoTime();
        double share = stepNanos == 0 ? 1 : NEW;
        stepNanos += share * (now - last - stepNanos);
        waitNanos += share * (waited - waitNanos);
        last = now;
        return new TrainEvent.Pace(
                batchSize * 1e9 / stepNanos, Math.min(1, waitNanos / stepNanos), Duration.ofMillis((long)
                        (stepNanos * stepsLeft / 1e6)));
    }
}
