package org.resnet4j.trainer;

/** How training ended. */
public enum TrainOutcome {
    /** Every step was made. */
    FINISHED,
    /** It was asked to stop; resume goes on. */
    INTERRUPTED
}
