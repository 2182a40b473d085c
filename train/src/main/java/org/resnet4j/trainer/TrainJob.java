package org.resnet4j.trainer;

import java.util.Map;
import org.resnet4j.engine.Backend;
import org.resnet4j.loader.LoaderOptions;
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
 * @param files texts by file name that a new run's folder holds from its first instant, such as the split of the pictures
 */
public record TrainJob(
        Network network,
        TrainData data,
        Backend backend,
        Provenance provenance,
        Start start,
        long maxMemoryBytes,
        Map<String, String> files) {
    /** Copies the map. */
    public TrainJob {
        files = Map.copyOf(files);
    }

    /** A job that starts from random weights and may take all memory. */
    public static TrainJob of(Network network, TrainData data, Backend backend, Provenance provenance) {
        return new TrainJob(network, data, backend, provenance, Start.RANDOM, Long.MAX_VALUE, Map.of());
    }

    /** This job with other weights to start from. */
    public TrainJob withStart(Start other) {
        return new TrainJob(network, data, backend, provenance, other, maxMemoryBytes, files);
    }

    /** This job with a bound on native memory. */
    public TrainJob withMaxMemoryBytes(long bytes) {
        return new TrainJob(network, data, backend, provenance, start, bytes, files);
    }

    /** This job with texts for its run's folder. */
    public TrainJob withFiles(Map<String, String> other) {
        return new TrainJob(network, data, backend, provenance, start, maxMemoryBytes, other);
    }

    /** How batches to train on are made. */
    LoaderOptions loading(TrainOptions options) {
        return new LoaderOptions(
                options.batchSize(),
                network.training(options.objective().loss())
                        .input("input")
                        .type()
                        .shape()
                        .intDim(2),
                data.trainTransform(),
                data.normalization(),
                options.seed(),
                true,
                true,
                options.workers(),
                options.batching().accumulation(),
                data.repeats());
    }

    /** Fails where data and network do not fit each other. */
    void requireFit(TrainOptions options) {
        long outputs = network.evaluation().outputs().getFirst().type().shape().dim(1);
        int classes = data.train().classNames().size();
        if (outputs != classes || data.evaluation().classNames().size() != classes) {
            throw new IllegalArgumentException(network.name() + ": a network with as many outputs as there are"
                    + " classes is needed, found " + outputs + " outputs, " + classes + " classes to train on and "
                    + data.evaluation().classNames().size() + " to evaluate");
        }
        int samples = data.train().size();
        long update = (long) options.batchSize() * options.batching().accumulation();
        if (samples < update || data.evaluation().size() < 1) {
            throw new IllegalArgumentException(data.train().description() + ": at least one full update of " + update
                    + " samples to train on and one sample to evaluate are needed, found " + samples + " and "
                    + data.evaluation().size() + "; choose a smaller batch size");
        }
    }
}
