package org.resnet4j.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.Parameters;
import org.resnet4j.engine.Plan;
import org.resnet4j.engine.Session;
import org.resnet4j.grad.Gradients;
import org.resnet4j.graph.Graph;
import org.resnet4j.optim.Optimizer;
import org.resnet4j.optim.SgdOptions;
import org.resnet4j.optim.WeightDecay;
import org.resnet4j.pass.Passes;
import org.resnet4j.zoo.NetworkSpec;
import org.resnet4j.trainer.Network;
import org.resnet4j.trainer.Objective;
import org.resnet4j.trainer.Start;

/** The step of {@code Trainer}: the batch is copied in, the plan runs, gradients are looked through, the weights move. */
final class OurTraining implements Contestant {
    /** So small that the one batch is not learned by heart: gradients that fade away would be timed as denormal numbers. */
    static final double LEARNING_RATE = 5e-4;

    private final Session session;
    private final Optimizer sgd;
    private final SyntheticBatch batch;
    private final MemorySegment loss;

    OurTraining(NetworkSpec spec, Backend backend, SyntheticBatch batch) {
        Graph forward = Passes.run(Network.of(spec).training(Objective.PLAIN.loss()), Passes.forTraining());
        Graph training = Gradients.of(forward, forward.outputs().getFirst());
        Plan plan = backend.compile(training.withBatch(batch.size()));
        this.session = plan.open();
        try {
            Start.RANDOM.fill(plan.graph(), session.parameters(), 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        session.parametersChanged();
        this.sgd = Optimizer.of(session.parameters(), SgdOptions.PAPER, WeightDecay.normParameters(plan.graph()));
        this.batch = batch;
        this.loss = session.output(plan.graph().outputs().getFirst().name()).segment();
    }

    /** A parameter as it is now, row-major. */
    float[] weights(String name) {
        try (Arena arena = Arena.ofConfined()) {
            return session.parameters().plain(name, arena).toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    @Override
    public double step() {
        MemorySegment images = session.input("input").segment();
        MemorySegment.copy(batch.images(), 0, images, 0, images.byteSize());
        MemorySegment targets = session.input("targets").segment();
        MemorySegment.copy(batch.labels(), 0, targets, 0, targets.byteSize());
        session.run();
        if (!Parameters.allFinite(session.parameters().gradients())) {
            throw new IllegalStateException("a gradient is not finite");
        }
        sgd.step(LEARNING_RATE, 1);
        session.parametersChanged();
        return loss.get(ValueLayout.JAVA_FLOAT, 0);
    }

    @Override
    public void close() {
        sgd.close();
        session.close();
    }
}
