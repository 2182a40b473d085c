package org.resnet4j.trainer;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;
import org.resnet4j.engine.Session;
import org.resnet4j.engine.TensorView;
import org.resnet4j.graph.Graph;
import org.resnet4j.loader.Batch;
import org.resnet4j.metric.RunningMetrics;
import org.resnet4j.random.Rng;

/** The inputs and outputs of a training session, looked up once. Views only; the session owns them. */
final class StepFeed {
    private static final String DROPOUT_KEY = "dropoutKey";

    private final TensorView input;
    private final TensorView targets;
    private final TensorView lossView;
    private final TensorView logits;
    private final @Nullable TensorView dropoutKey;
    private final long seed;

    private StepFeed(Session session, @Nullable TensorView dropoutKey, long seed) {
        Graph graph = session.plan().graph();
        this.input = session.input("input");
        this.targets = session.input("targets");
        this.lossView = session.output(graph.outputs().get(0).name());
        this.logits = session.output(graph.outputs().get(1).name());
        this.dropoutKey = dropoutKey;
        this.seed = seed;
    }

    static StepFeed of(Session session, long seed) {
        boolean drops =
                session.plan().graph().inputs().stream().anyMatch(v -> v.name().equals(DROPOUT_KEY));
        return new StepFeed(session, drops ? session.input(DROPOUT_KEY) : null, seed);
    }

    /**
     * Gives a batch to the session. A copy, because the plan's memory is fixed and the loader's ring turns; less than a hundredth
     * of a step's time.
     */
    void put(Batch batch, long step) {
        MemorySegment.copy(batch.images(), 0, input.segment(), 0, batch.images().byteSize());
        MemorySegment.copy(
                batch.labels(), 0, targets.segment(), 0, batch.labels().byteSize());
        if (dropoutKey != null) {
            long key = Rng.of(seed, Rng.key(DROPOUT_KEY), step).nextLong();
            dropoutKey.segment().set(ValueLayout.JAVA_LONG, 0, key);
        }
    }

    double loss() {
        return lossView.segment().get(ValueLayout.JAVA_FLOAT, 0);
    }

    /** Counts the batch's wrong answers and returns how many there were. */
    int countErrors(RunningMetrics metrics, Batch batch) {
        int classes = logits.type().shape().intDim(1);
        return metrics.addErrors(logits.segment(), batch.labels(), batch.count(), classes);
    }
}
