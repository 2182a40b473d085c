package org.resnet4j.trainer;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.resnet4j.engine.Parameters;
import org.resnet4j.engine.Plan;
import org.resnet4j.engine.Session;
import org.resnet4j.engine.TensorView;
import org.resnet4j.loader.Batch;
import org.resnet4j.loader.BatchLoader;
import org.resnet4j.loader.LoaderOptions;
import org.resnet4j.metric.Metrics;
import org.resnet4j.metric.RunningMetrics;

/** Evaluates weights on every sample of a set once. Owns its session. */
final class Evaluator implements AutoCloseable {
    private final TrainData data;
    private final LoaderOptions options;
    private final Session session;
    private final TensorView input;
    private final TensorView logits;

    private Evaluator(TrainData data, LoaderOptions options, Session session) {
        this.data = data;
        this.options = options;
        this.session = session;
        this.input = session.input("input");
        this.logits = session.output(session.plan().graph().outputs().getFirst().name());
    }

    static Evaluator open(Plan plan, TrainData data, TrainOptions options) {
        LoaderOptions loader = new LoaderOptions(
                plan.graph().input("input").type().shape().intDim(0),
                plan.graph().input("input").type().shape().intDim(2),
                data.evaluationTransform(),
                data.normalization(),
                options.seed(),
                false,
                false,
                options.workers());
        return new Evaluator(data, loader, plan.open());
    }

    /**
     * Totals over the set; empty if {@code stop} became true before the end.
     *
     * @param weights whose layouts {@code block} has
     * @param block their values, or an average of them
     */
    Optional<Metrics> evaluate(Parameters weights, MemorySegment block, BooleanSupplier stop) throws IOException {
        fill(weights, block);
        RunningMetrics metrics = RunningMetrics.empty();
        int classes = logits.type().shape().intDim(1);
        try (BatchLoader loader = BatchLoader.open(data.evaluation(), options, 0, 0)) {
            for (int i = 0; i < loader.batchesPerEpoch(); i++) {
                if (stop.getAsBoolean()) {
                    return Optional.empty();
                }
                Batch batch = loader.next(); // zeros fill up a short last one; only real samples are counted
                MemorySegment.copy(
                        batch.images(), 0, input.segment(), 0, batch.images().byteSize());
                session.run();
                metrics.addErrors(logits.segment(), batch.labels(), batch.count(), classes);
                metrics.addCrossEntropy(logits.segment(), batch.labels(), batch.count(), classes);
            }
        }
        return Optional.of(metrics.totals());
    }

    /** Evaluates only the first batch, for a look at whether that can be done. */
    void tryOneBatch(Parameters weights) throws IOException {
        fill(weights, weights.values());
        try (BatchLoader loader = BatchLoader.open(data.evaluation(), options, 0, 0)) {
            Batch batch = loader.next();
            MemorySegment.copy(
                    batch.images(), 0, input.segment(), 0, batch.images().byteSize());
            session.run();
        }
    }

    private void fill(Parameters weights, MemorySegment block) {
        for (Parameters.Slot slot : session.parameters().slots()) {
            try (Arena temporary = Arena.ofConfined()) {
                session.parameters().set(slot.name(), weights.plainOf(slot.name(), block, temporary));
            }
        }
        session.parametersChanged();
    }

    @Override
    public void close() {
        session.close();
    }
}
