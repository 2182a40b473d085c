package org.resnet4j.lrschedule;

/**
 * What a schedule remembers from one step to the next; part of a checkpoint.
 *
 * @param error moving average of the training error of past steps, in [0, 1]; starts at 1
 * @param released true once {@link Schedule.ErrorWarmup} let go; it never takes hold again
 */
public record ScheduleState(double error, boolean released) {
    /** Before the first step. */
    public static final ScheduleState START = new ScheduleState(1, false);

    /** Checks the range. */
    public ScheduleState {
        if (!(error >= 0 && error <= 1)) {
            throw new IllegalArgumentException("a training error is in [0, 1], found " + error);
        }
    }
}
