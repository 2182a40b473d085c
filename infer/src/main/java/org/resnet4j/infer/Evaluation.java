package org.resnet4j.infer;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.resnet4j.augment.Normalization;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.Parameters;
import org.resnet4j.engine.Plan;
import org.resnet4j.engine.Session;
import org.resnet4j.graph.Phase;
import org.resnet4j.loader.Batch;
import org.resnet4j.loader.BatchLoader;
import org.resnet4j.loader.LoaderOptions;
import org.resnet4j.metric.ConfusionMatrix;
import org.resnet4j.metric.Metrics;
import org.resnet4j.metric.RunningMetrics;
import org.resnet4j.pass.Passes;
import org.resnet4j.zoo.NetworkSpec;
import org.resnet4j.zoo.Networks;

/**
 * Measures a network on a data set: batch norm folded, every sample once, in order, the last batch padded and the padding not
 * counted. Owns its session; close it. Used by one thread.
 */
public final class Evaluation implements AutoCloseable {
    private final NetworkSpec spec;
    private final int batchSize;
    private final Session session;

    private Evaluation(NetworkSpec spec, int batchSize, Session session) {
        this.spec = spec;
        this.batchSize = batchSize;
        this.session = session;
    }

    /** The plan that an evaluation of this network runs. */
    public static Plan plan(NetworkSpec spec, int batchSize, Backend backend) {
        return backend.compile(Passes.run(Networks.graph(spec, Phase.INFERENCE), Passes.forInference())
                .withBatch(batchSize));
    }

    /** An evaluation whose parameters are still to be set. */
    public static Evaluation open(NetworkSpec spec, int batchSize, Backend backend) {
        return new Evaluation(spec, batchSize, plan(spec, batchSize, backend).open());
    }

    /** Where the weights are set; call {@link #parametersChanged} afterwards. */
    public Parameters parameters() {
        return session.parameters();
    }

    /** Makes changed parameters count. */
    public void parametersChanged() {
        session.parametersChanged();
    }

    /** Receives each batch with its logits, f32 [batch size, classes]. */
    public interface Consumer {
        /** Called once a batch; the memory is valid during the call. */
        void accept(Batch batch, MemorySegment logits);
    }

    /** Runs the whole set, prepared as training evaluates. */
    public void run(Dataset data, Normalization normalization, int workers, Consumer consumer) throws IOException {
        run(data, Preprocessing.whole(spec, normalization), workers, consumer);
    }

    /** Runs the whole set. */
    public void run(Dataset data, Preprocessing preprocessing, int workers, Consumer consumer) throws IOException {
        LoaderOptions options = new LoaderOptions(
                batchSize,
                spec.inputSize(),
                preprocessing.transform(),
                preprocessing.normalization(),
                0,
                false,
                false,
                workers);
        MemorySegment input = session.input("input").segment();
        MemorySegment logits = session.output(spec.classifier()).segment();
        try (BatchLoader loader = BatchLoader.open(data, options, 0, 0)) {
            for (int i = 0; i < loader.batchesPerEpoch(); i++) {
                Batch batch = loader.next();
                MemorySegment.copy(batch.images(), 0, input, 0, batch.images().byteSize());
                session.run();
                consumer.accept(batch, logits);
            }
        }
    }

    /** Loss and errors on the whole set. */
    public Metrics evaluate(Dataset data, Preprocessing preprocessing, int workers) throws IOException {
        RunningMetrics metrics = RunningMetrics.empty();
        run(data, preprocessing, workers, (batch, logits) -> {
            metrics.addErrors(logits, batch.labels(), batch.count(), spec.classes());
            metrics.addCrossEntropy(logits, batch.labels(), batch.count(), spec.classes());
        });
        return metrics.totals();
    }

    /** Which class was taken for which. */
    public ConfusionMatrix confusion(Dataset data, Normalization normalization, int workers) throws IOException {
        ConfusionMatrix matrix = ConfusionMatrix.of(spec.classes());
        run(data, normalization, workers, (batch, logits) -> matrix.add(logits, batch.labels(), batch.count()));
        return matrix;
    }

    @Override
    public void close() {
        session.close();
    }
}
