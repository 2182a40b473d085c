package org.resnet4j.trainer;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * When checkpoints are written, besides at the end and when stopped, and how many are kept.
 *
 * @param everySteps after so many updates; 0 for never
 * @param every after so much time, to the second; zero for never
 * @param keep the newest so many, at least 1
 */
public record Checkpointing(long everySteps, Duration every, int keep) {
    /** Every five minutes, the newest two kept. */
    public static final Checkpointing DEFAULT = new Checkpointing(0, Duration.ofMinutes(5), 2);

    /** Checks the ranges. */
    public Checkpointing {
        if (everySteps < 0 || every.isNegative() || !every.equals(every.truncatedTo(ChronoUnit.SECONDS)) || keep < 1) {
            throw new IllegalArgumentException("checkpoints are written every 0 or more steps and whole seconds, and at"
                    + " least 1 is kept, found " + everySteps + " steps, " + every + ", " + keep + " kept");
        }
    }
}
