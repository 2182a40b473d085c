package org.resnet4j.trainer;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.resnet4j.metric.Metrics;

/** What a trainer tells while it works, on the thread that trains. A closed set of records; steps are counted from 1. */
public sealed interface TrainEvent {
    /**
     * All is compiled and allocated.
     *
     * @param memory what it takes
     * @param trainable numbers that training changes
     * @param stepsPerEpoch batches of an epoch
     * @param steps of the whole run
     * @param decayed which parameters decay, in words
     */
    record Started(MemoryNeed memory, long trainable, int stepsPerEpoch, long steps, String decayed)
            implements TrainEvent {}

    /** Training goes on after {@code step} updates; {@code skipped} names newer checkpoints that could not be used. */
    record Resumed(long step, List<String> skipped) implements TrainEvent {
        /** Copies the list. */
        public Resumed {
            skipped = List.copyOf(skipped);
        }
    }

    /**
     * One update was made.
     *
     * @param step its number
     * @param epoch it belongs to, from 0
     * @param loss mean of the batch before the update
     * @param error share of wrong answers in the batch, in [0, 1]
     * @param lr that was used
     * @param pace how fast it goes
     */
    record Step(long step, long epoch, double loss, double error, double lr, Pace pace) implements TrainEvent {}

    /**
     * How fast training goes, averaged over about the last 20 steps.
     *
     * @param imagesPerSecond pictures trained on
     * @param waitShare share of the time spent waiting for batches, in [0, 1]
     * @param left until the last step, evaluations not counted
     */
    record Pace(double imagesPerSecond, double waitShare, Duration left) {}

    /**
     * An epoch ended and was evaluated.
     *
     * @param row what came of it
     * @param best true if none before it was as good
     * @param waitShare share of the time of its steps, in this process, that was spent waiting for batches, in [0, 1]
     */
    record EpochEnded(EpochRow row, boolean best, double waitShare) implements TrainEvent {}

    /** A checkpoint is complete and current. */
    record CheckpointWritten(long step, Path run) implements TrainEvent {}

    /**
     * A checkpoint or another file of the run could not be written; training goes on, and it is tried again.
     *
     * @param step where training stands
     * @param failures in a row; the fourth ends the run
     * @param reason in words
     */
    record WriteFailed(long step, int failures, String reason) implements TrainEvent {}

    /** Training stopped because it was asked to; a checkpoint was written. */
    record Interrupted(long step) implements TrainEvent {}

    /** Training is over; {@code evaluation} is the last one. */
    record Finished(long step, Metrics evaluation) implements TrainEvent {}

    /** A number stopped being finite; the exception follows. */
    record Diverged(NonFiniteLossException.Place place) implements TrainEvent {}
}
