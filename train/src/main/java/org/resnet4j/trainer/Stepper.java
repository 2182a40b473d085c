package org.resnet4j.trainer;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.engine.Parameters;
import org.resnet4j.engine.Plan;
import org.resnet4j.engine.Session;
import org.resnet4j.graph.Graph;
import org.resnet4j.loader.Batch;
import org.resnet4j.loader.BatchLoader;
import org.resnet4j.metric.RunningMetrics;
import org.resnet4j.optim.GradientClipper;
import org.resnet4j.optim.GradientSum;
import org.resnet4j.optim.Optimizer;
import org.resnet4j.optim.WeightAverage;
import org.resnet4j.optim.WeightDecay;

/**
 * Makes updates: batches, forward and backward, the mean of the gradients, clipping, the optimiser, the average of the weights. A
 * number that is not finite is a {@link NonFiniteLossException}. Owns session, optimiser and the blocks beside them; {@link #close}
 * frees them. Used by one thread.
 */
final class Stepper implements AutoCloseable {
    /** The checkpoint's name of the average. */
    private static final String AVERAGE = "ema";

    private final TrainOptions options;
    private final Session session;
    private final StepFeed feed;
    private final Optimizer optimizer;
    private final GradientSum sum;
    private final GradientClipper clipper;
    private final @Nullable WeightAverage average;

    private Stepper(TrainOptions options, Session session) {
        this.options = options;
        this.session = session;
        Graph graph = session.plan().graph();
        Parameters p = session.parameters();
        feed = StepFeed.of(session, options.objective(), options.seed());
        String head = graph.outputs().get(1).name();
        optimizer = Optimizer.of(
                p,
                options.descent().optimizer(),
                WeightDecay.normParameters(graph),
                options.descent().rates().factors(graph, head));
        sum = GradientSum.of(p, options.batching().accumulation());
        clipper = GradientClipper.of(p, options.descent().clipping(), head);
        average = options.averaging().weights() ? WeightAverage.of(p) : null;
    }

    /** Allocates all that a step needs. */
    static Stepper open(Plan plan, TrainOptions options) {
        Session session = plan.open();
        try {
            return new Stepper(options, session);
        } catch (RuntimeException | Error e) {
            session.close();
            throw e;
        }
    }

    Session session() {
        return session;
    }

    StepFeed feed() {
        return feed;
    }

    Parameters parameters() {
        return session.parameters();
    }

    /** The average of the weights, laid out as their values; null if there is none. */
    @Nullable
    MemorySegment average() {
        return average == null ? null : average.block();
    }

    /** What a checkpoint holds besides the model: blocks by name, laid out as the values or their trainable part. */
    Map<String, MemorySegment> states() {
        Map<String, MemorySegment> all = new LinkedHashMap<>(optimizer.states());
        if (average != null) {
            all.put(AVERAGE, average.block());
        }
        return all;
    }

    /** After the parameters were set, before the first step. */
    void begin(boolean fresh) {
        if (fresh && average != null) {
            average.restart();
        }
        session.parametersChanged();
    }

    /**
     * What an update came to.
     *
     * @param loss mean over its batches
     * @param error share of wrong answers, in [0, 1]
     * @param waitedNanos spent waiting for batches
     */
    record Outcome(double loss, double error, long waitedNanos) {}

    /** Makes one update; {@code step} have been made before. */
    Outcome step(BatchLoader loader, long step, double lr, RunningMetrics metrics) throws IOException {
        long waited = loader.waitNanos();
        int batches = options.batching().accumulation();
        double loss = 0;
        int wrong = 0;
        for (int i = 0; i < batches; i++) {
            Batch batch = loader.next();
            feed.put(batch, Math.addExact(Math.multiplyExact(step, (long) batches), i));
            session.run();
            double one = feed.loss();
            requireFiniteGradients(step, lr, one);
            sum.add();
            wrong += feed.countErrors(metrics, batch);
            metrics.addLoss(one, batch.count());
            loss += one / batches;
        }
        clipper.clip();
        optimizer.step(lr, step + 1);
        requireFinite(step + 1, lr, loss, session.parameters().values(), "parameter ");
        if (average != null && (step + 1) % options.averaging().every() == 0) {
            average.update(options.averaging().decay());
        }
        double error = (double) wrong / ((long) batches * options.batchSize());
        return new Outcome(loss, error, loader.waitNanos() - waited);
    }

    private void requireFiniteGradients(long step, double lr, double loss) {
        if (!Double.isFinite(loss) || !Parameters.allFinite(session.parameters().gradients())) {
            NonFiniteLossException.Kind kind =
                    Double.isFinite(loss) ? NonFiniteLossException.Kind.BACKWARD : NonFiniteLossException.Kind.FORWARD;
            String node = session.firstNonFinite().orElse("a node that a second run did not show");
            throw new NonFiniteLossException(new NonFiniteLossException.Place(step + 1, kind, lr, loss, node));
        }
    }

    /** Before anything is written: one pass over the weights and over each state. */
    void requireFinite(long step, double lr, double loss) {
        requireFinite(step, lr, loss, session.parameters().values(), "parameter ");
        states().forEach((name, block) -> requireFinite(step, lr, loss, block, name + " of "));
    }

    /** One pass, as over the gradients: well below a hundredth of a step. */
    private void requireFinite(long step, double lr, double loss, MemorySegment block, String what) {
        if (!Parameters.allFinite(block)) {
            throw new NonFiniteLossException(new NonFiniteLossException.Place(
                    step, NonFiniteLossException.Kind.UPDATE, lr, loss, what + nonFiniteSlot(block)));
        }
    }

    private String nonFiniteSlot(MemorySegment block) {
        for (Parameters.Slot slot : session.parameters().slots()) {
            boolean inside = slot.offset() + slot.bytes() <= block.byteSize();
            if (inside && !Parameters.allFinite(block.asSlice(slot.offset(), slot.bytes()))) {
                return slot.name();
            }
        }
        return "an unnamed place";
    }

    @Override
    public void close() {
        if (average != null) {
            average.close();
        }
        clipper.close();
        sum.close();
        optimizer.close();
        session.close();
    }
}
