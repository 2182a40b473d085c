package org.resnet4j.optim;

/** What an optimiser is told besides the learning rate: a closed set of records, one a rule. */
public sealed interface OptimizerOptions permits SgdOptions, LarsOptions, AdamWOptions, LambOptions {
    /** How strongly weights are pulled towards zero, and which. */
    WeightDecay decay();

    /** These options with another decay. */
    OptimizerOptions withDecay(WeightDecay other);
}
