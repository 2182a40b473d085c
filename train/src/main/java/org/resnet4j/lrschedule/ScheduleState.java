package org.resnet4j.lrschedule;

/**
 * What a schedule remembers from one step to the next; part of a checkpoint.
 *
 * @param error moving average of the training error of past steps, in [0, 1]; starts at 1
 * @param released true once {@link Schedule.ErrorWarmup} let go; it never takes hold again
 * @param plateau what {@link Schedule.Plateau} has seen
 */
public record ScheduleState(double error, boolean released, Watch plateau) {
    /** Before the first step. */
    public static final ScheduleState START = new ScheduleState(1, false, Watch.START);

    /** Checks the range. */
    public ScheduleState {
        if (!(error >= 0 && error <= 1)) {
            throw new IllegalArgumentException("a training error is in [0, 1], found " + error);
        }
    }

    /**
     * Evaluations, as a plateau sees them; the fields of {@code torch.optim.lr_scheduler.ReduceLROnPlateau}.
     *
     * @param best smallest error of an evaluation, in [0, 1]; 2 before the first
     * @param bad evaluations in a row that were not better
     * @param cooldown evaluations that do not count yet
     * @param reductions how often the rate was made smaller
     */
    public record Watch(double best, int bad, int cooldown, int reductions) {
        static final Watch START = new Watch(2, 0, 0, 0);

        /** Checks the counts. */
        public Watch {
            if (!(best >= 0 && best <= 2) || bad < 0 || cooldown < 0 || reductions < 0) {
                throw new IllegalArgumentException("a plateau counts from 0, found a best error of " + best + ", " + bad
                        + " bad evaluations, " + cooldown + " to wait and " + reductions + " reductions");
            }
        }
    }
}
