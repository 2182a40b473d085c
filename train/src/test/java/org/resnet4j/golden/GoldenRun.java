package org.resnet4j.golden;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.Parameters;
import org.resnet4j.engine.Session;
import org.resnet4j.grad.Gradients;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Phase;
import org.resnet4j.optim.Optimizer;
import org.resnet4j.optim.WeightDecay;
import org.resnet4j.pass.Passes;
import org.resnet4j.safetensors.Safetensors;
import org.resnet4j.tensor.DType;
import org.resnet4j.testkit.GoldenNumbers;
import org.resnet4j.weights.StateDict;
import org.resnet4j.zoo.Networks;

/** One case on one backend: computes what the golden file holds and says how far off each tensor is. */
final class GoldenRun {
    private final GoldenCase golden;
    private final Backend backend;
    private final DType type;
    private final StateDict truth;
    private final Deviation.Bounds bounds;
    private final List<Deviation> deviations = new ArrayList<>();

    private GoldenRun(GoldenCase golden, Backend backend, DType type, StateDict truth, Deviation.Bounds bounds) {
        this.golden = golden;
        this.backend = backend;
        this.type = type;
        this.truth = truth;
        this.bounds = bounds;
    }

    /** Evaluation, a training step and every descent of the file. */
    static List<Deviation> of(GoldenCase golden, Backend backend, DType type, Deviation.Bounds bounds)
            throws IOException {
        return of(golden, backend, type, bounds, golden.descents());
    }

    /** Evaluation, a training step and these descents. */
    static List<Deviation> of(
            GoldenCase golden, Backend backend, DType type, Deviation.Bounds bounds, List<Descent> descents)
            throws IOException {
        try (StateDict truth = Safetensors.read(golden.truth())) {
            GoldenRun run = new GoldenRun(golden, backend, type, truth, bounds);
            run.evaluate();
            run.train();
            for (Descent d : descents) {
                run.descend(d);
            }
            return List.copyOf(run.deviations);
        }
    }

    private void evaluate() throws IOException {
        Graph g = Passes.run(Networks.graph(golden.spec(), Phase.INFERENCE), Passes.forInference())
                .withFloats(type)
                .withBatch(golden.batch());
        try (Session session = backend.compile(g).open()) {
            fill(session);
            session.input("input").set(golden.feed().images(0, new int[golden.batch()]));
            session.run();
            compare("eval.logits", session.output(golden.spec().classifier()).toDoubles());
        }
    }

    private Graph training() {
        Graph forward = Passes.run(
                Networks.trainingGraph(golden.spec(), golden.phase(), golden.smoothing()), Passes.forTraining());
        return Gradients.of(forward, forward.output("loss")).withFloats(type).withBatch(golden.batch());
    }

    private void train() throws IOException {
        Graph g = training();
        try (Session session = backend.compile(g).open()) {
            fill(session);
            step(session, 0);
            compare("train.logits", session.output(golden.spec().classifier()).toDoubles());
            compare("train.loss", session.output("loss").toDoubles());
            for (Graph.Binding b : g.gradients()) {
                String name = b.parameter().name();
                compare("grad." + name, session.parameters().gradientDoubles(name));
            }
            for (Graph.Binding b : g.updates()) {
                String name = b.parameter().name();
                compare("after." + name, session.parameters().doubles(name));
            }
        }
    }

    private void descend(Descent descent) throws IOException {
        Graph g = training();
        try (Session session = backend.compile(g).open()) {
            fill(session);
            double[] losses = type == DType.F64 ? descendInDouble(session, g, descent) : descend(session, g, descent);
            compare(descent.losses(), losses);
        }
    }

    private double[] descendInDouble(Session session, Graph g, Descent descent) throws IOException {
        Set<String> norms = WeightDecay.normParameters(g);
        DoubleSgd sgd = new DoubleSgd(session.parameters(), descent.options(), norms);
        double[] losses = new double[descent.rates().length];
        for (int s = 0; s < losses.length; s++) {
            losses[s] = step(session, s);
            sgd.step(descent.rates()[s]);
            session.parametersChanged();
        }
        return losses;
    }

    private double[] descend(Session session, Graph g, Descent descent) throws IOException {
        double[] losses = new double[descent.rates().length];
        try (Optimizer sgd = Optimizer.of(session.parameters(), descent.options(), WeightDecay.normParameters(g))) {
            for (int s = 0; s < losses.length; s++) {
                losses[s] = step(session, s);
                sgd.step(descent.rates()[s], s + 1);
                session.parametersChanged();
            }
        }
        return losses;
    }

    /** Runs the session on a batch; the loss. */
    private double step(Session session, int step) throws IOException {
        int[] labels = new int[golden.batch()];
        session.input("input").set(golden.feed().images(step, labels));
        session.input("targets").set(labels);
        session.run();
        return session.output("loss").toDoubles()[0];
    }

    private void fill(Session session) throws IOException {
        for (Parameters.Slot slot : session.parameters().slots()) {
            long[] dims = slot.type().shape().dims();
            session.parameters().set(slot.name(), GoldenNumbers.value(slot.name(), dims, golden.rule(slot.name())));
        }
        session.parametersChanged();
    }

    /** Against the whole tensor if the file has it, else against the entries that it has. */
    private void compare(String name, double[] all) throws IOException {
        if (truth.find(name) != null) {
            deviations.add(Deviation.of(name, truth.get(name).toDoubles(), all, bounds));
            return;
        }
        int[] at = GoldenNumbers.pick(name, all.length);
        double[] picked = new double[at.length];
        for (int i = 0; i < at.length; i++) {
            picked[i] = all[at[i]];
        }
        deviations.add(Deviation.of(name, truth.get(name + "@picked").toDoubles(), picked, bounds));
    }
}
