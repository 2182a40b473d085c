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
    private final @Nullable Mixing mixing;
    private final long seed;

    private StepFeed(Session session, @Nullable TensorView dropoutKey, @Nullable Mixing mixing, long seed) {
        Graph graph = session.plan().graph();
        this.input = session.input("input");
        this.targets = session.input("targets");
        this.lossView = session.output(graph.outputs().get(0).name());
        this.logits = session.output(graph.outputs().get(1).name());
        this.dropoutKey = dropoutKey;
        this.mixing = mixing;
        this.seed = seed;
    }

    static StepFeed of(Session session, Objective objective, long seed) {
        boolean drops =
                session.plan().graph().inputs().stream().anyMatch(v -> v.name().equals(DROPOUT_KEY));
        return new StepFeed(
                session,
                drops ? session.input(DROPOUT_KEY) : null,
                objective.mixes() ? new Mixing(objective, seed) : null,
                seed);
    }

    /**
     * Gives a batch to the session, mixed if the objective says so. A copy, because the plan's memory is fixed and the loader's ring
     * turns; less than a hundredth of a step's time.
     *
     * @param number of the batch since the start of training: what is mixed and dropped depends on it and the seed
     */
    void put(Batch batch, long number) {
        if (mixing == null) {
            pictures(batch, number);
            MemorySegment.copy(
                    batch.labels(), 0, targets.segment(), 0, batch.labels().byteSize());
        } else {
            Mixing.Draw draw = mixing.draw(number, input.type().shape().intDim(2));
            Mixing.images(draw, batch.images(), input.segment(), input.type().shape());
            mixing.targets(
                    draw, batch.labels(), targets.segment(), targets.type().shape());
            key(number);
        }
    }

    /** Gives only the pictures of a batch, as they are; for what looks at no loss. */
    void pictures(Batch batch, long number) {
        MemorySegment.copy(batch.images(), 0, input.segment(), 0, batch.images().byteSize());
        key(number);
    }

    private void key(long number) {
        if (dropoutKey != null) {
            long key = Rng.of(seed, Rng.key(DROPOUT_KEY), number).nextLong();
            dropoutKey.segment().set(ValueLayout.JAVA_LONG, 0, key);
        }
    }

    double loss() {
        return lossView.segment().get(ValueLayout.JAVA_FLOAT, 0);
    }

    /** Counts the batch's wrong answers and returns how many there were; a mixed picture's class is that of its own label. */
    int countErrors(RunningMetrics metrics, Batch batch) {
        int classes = logits.type().shape().intDim(1);
        return metrics.addErrors(logits.segment(), batch.labels(), batch.count(), classes);
    }
}
