package org.resnet4j.graph;

/** What a graph is built for; decides how batch norm and dropout behave. */
public enum Phase {
    /** Stored statistics, no dropout. */
    INFERENCE,
    /** Statistics of the batch, which move the stored ones; dropout active. */
    TRAINING,
    /** Stored statistics that stay as they are; dropout active: fine-tuning with batch norm frozen. */
    TRAINING_FROZEN_NORM
}
