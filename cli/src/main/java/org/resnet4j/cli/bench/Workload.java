package org.resnet4j.cli.bench;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.cost.Cost;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.Parameters;
import org.resnet4j.engine.Plan;
import org.resnet4j.engine.Session;
import org.resnet4j.engine.TensorView;
import org.resnet4j.grad.Gradients;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Phase;
import org.resnet4j.graph.Value;
import org.resnet4j.optim.Optimizer;
import org.resnet4j.optim.SgdOptions;
import org.resnet4j.optim.WeightDecay;
import org.resnet4j.pass.Passes;
import org.resnet4j.pass.Precision;
import org.resnet4j.pass.Quantization;
import org.resnet4j.trainer.Network;
import org.resnet4j.trainer.Objective;
import org.resnet4j.trainer.Start;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.NetworkSpec;
import org.resnet4j.zoo.Networks;

/**
 * A case that can be run: a session with random weights and pictures, and for training an optimiser. Owns its memory; close it. One
 * thread at a time.
 */
public final class Workload implements AutoCloseable {
    /** So small that the one batch is not learned by heart: gradients that fade away would be timed as denormal numbers. */
    private static final double LEARNING_RATE = 5e-4;

    private static final int SEED = 1;

    private final Case what;
    private final Session session;
    private final @Nullable Optimizer sgd;

    private Workload(Case what, Session session, @Nullable Optimizer sgd) {
        this.what = what;
        this.session = session;
        this.sgd = sgd;
    }

    /** Compiles the case's plan and fills its memory. */
    public static Workload open(Case what, Backend backend) throws IOException {
        NetworkSpec spec = Models.byName(what.model());
        return what.training() ? training(what, spec, backend) : inference(what, spec, backend);
    }

    private static Workload training(Case what, NetworkSpec spec, Backend backend) throws IOException {
        Graph forward = Passes.forTraining(Network.of(spec).training(Objective.PLAIN.loss()), what.precision());
        Graph step = Gradients.of(forward, forward.outputs().getFirst());
        Plan plan = backend.compile(step.withBatch(what.batch()));
        Session session = filled(plan);
        Optimizer sgd = Optimizer.of(session.parameters(), SgdOptions.PAPER, WeightDecay.normParameters(plan.graph()));
        return new Workload(what, session, sgd);
    }

    private static Workload inference(Case what, NetworkSpec spec, Backend backend) throws IOException {
        Graph network = Networks.graph(spec, Phase.INFERENCE);
        Graph graph = what.precision() == Precision.INT8
                ? quantized(Passes.forInference(network, Precision.FP32), backend)
                : Passes.forInference(network, what.precision());
        return new Workload(what, filled(backend.compile(graph.withBatch(what.batch()))), null);
    }

    /** By the ranges that one random picture has. */
    private static Graph quantized(Graph graph, Backend backend) throws IOException {
        Graph observed = graph.withOutputs(Quantization.observed(graph)).withBatch(1);
        Map<String, Double> largest = new HashMap<>();
        try (Session session = filled(backend.compile(observed))) {
            session.run();
            for (Value v : observed.outputs()) {
                TensorView view = session.output(v.name());
                largest.put(
                        v.name(),
                        LongStream.range(0, view.type().shape().elements())
                                .mapToDouble(i -> Math.abs(view.segment().getAtIndex(ValueLayout.JAVA_FLOAT, i)))
                                .max()
                                .orElseThrow());
            }
        }
        return Quantization.apply(graph, largest, Set.of());
    }

    private static Session filled(Plan plan) throws IOException {
        Session session = plan.open();
        Start.RANDOM.fill(plan.graph(), session.parameters(), SEED);
        session.parametersChanged();
        Random random = new Random(SEED);
        MemorySegment pictures = session.input("input").segment();
        for (long i = 0; i < pictures.byteSize() / Float.BYTES; i++) {
            pictures.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
        }
        return session;
    }

    /** Whose numbers these are. */
    public Case what() {
        return what;
    }

    /** The compiled plan. */
    public Plan plan() {
        return session.plan();
    }

    /** Multiplications and additions of one picture, as the paper's convolutions and linear layers have them. */
    public double operations() {
        NetworkSpec spec = Models.byName(what.model());
        double forward = 2.0
                * Cost.of(Networks.graph(spec, Phase.INFERENCE).withBatch(1)).macs();
        return what.training() ? 3 * forward : forward; // gradients by data and by weights are as much work each
    }

    /** One run: pictures to logits, or pictures to changed weights. */
    public void step() {
        session.run();
        if (sgd != null) {
            if (!Parameters.allFinite(session.parameters().gradients())) {
                throw new IllegalStateException(what + ": a gradient is not finite");
            }
            sgd.step(LEARNING_RATE, 1);
            session.parametersChanged();
        }
    }

    /** Nanoseconds of each of the plan's rows. */
    public long[] profile(int runs) {
        return session.profile(runs);
    }

    @Override
    public void close() {
        if (sgd != null) {
            sgd.close();
        }
        session.close();
    }
}
