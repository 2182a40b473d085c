package org.resnet4j.trainer;

import org.resnet4j.engine.Backend;
import org.resnet4j.record.Provenance;

/**
 * The parts that a trainer puts together; options say what to do with them.
 *
 * @param network what is trained
 * @param data what it is trained on
 * @param backend what computes
 * @param provenance written into the run's record
 * @param start fills the parameters before step 1
 * @param maxMemoryBytes native bytes that plans, momentum and batches may take
 */
public record TrainJob(
        Network network, TrainData data, Backend backend, Provenance provenance, Start start, long maxMemoryBytes) {
    /** A job that starts from random weights and may take all memory. */
    public static TrainJob of(Network network, TrainData data, Backend backend, Provenance provenance) {
        return new TrainJob(network, data, backend, provenance, Start.RANDOM, Long.MAX_VALUE);
    }

    /** This job with other weights to start from. */
    public TrainJob withStart(Start other) {
        return new TrainJob(network, data, backend, provenance, other, maxMemoryBytes);
    }

    /** This job with a bound on native memory. */
    public TrainJob withMaxMemoryBytes(long bytes) {
        return new TrainJob(network, data, backend, provenance, start, bytes);
    }
}
