package org.resnet4j.interop;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.resnet4j.builder.GraphBuilder;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.Session;
import org.resnet4j.engine.onednn.OnednnBackend;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Init;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Parameter;
import org.resnet4j.graph.Phase;
import org.resnet4j.graph.Value;
import org.resnet4j.graph.Window;
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.Shape;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.testkit.GoldenNumbers;
import org.resnet4j.weights.NamedTensor;

/** Networks with lively numbers, and what they make of an input on a backend. */
final class Runs {
    private Runs() {}

    static OnednnBackend onednn() {
        return OnednnBackend.open(Path.of("target", "natives"), 2);
    }

    /** A tensor for each parameter: a function of its name alone, and such that signals neither die nor blow up. */
    static List<NamedTensor> tensors(Graph graph, Arena arena) {
        List<NamedTensor> tensors = new ArrayList<>();
        for (Parameter p : graph.parameters()) {
            Shape shape = p.value().type().shape();
            tensors.add(NamedTensor.of(
                    p.name(),
                    p.value().type(),
                    GoldenNumbers.value(p.name(), shape.dims(), rule(p.name(), shape.rank())),
                    arena));
        }
        return tensors;
    }

    private static String rule(String name, int rank) {
        if (rank > 1) {
            return rank == 2 ? "fc_uniform" : "he_uniform";
        }
        if (name.endsWith("running_var")) {
            return "variance";
        }
        boolean last = name.endsWith("bn2.weight") || name.endsWith("bn3.weight");
        return name.endsWith("weight") ? last ? "quarter" : "one" : "small";
    }

    /** Every operation that no network of the zoo has: groups, both average pools, a flattened map, no bias, softmax. */
    static Graph oddments() {
        GraphBuilder b = GraphBuilder.of("oddments", Phase.INFERENCE);
        Value x = b.input("input", TensorType.f32(Shape.BATCH, 4, 12, 10));
        x = b.conv2d("conv1", x, 8, new Op.Conv2d(new Window(3, 5, 1, 2, 1, 2), 2, true));
        x = b.add("pool1", new Op.AvgPool(Window.square(3, 1, 1), true), x).getFirst();
        x = b.add("pool2", new Op.AvgPool(Window.square(3, 1, 1), false), x).getFirst();
        x = b.add("half", new Op.PadShortcut(2, 0, 0), x).getFirst();
        x = b.add("wide", new Op.PadShortcut(1, 1, 2), x).getFirst();
        x = b.add("same", new Op.PadShortcut(1, 0, 0), x).getFirst();
        x = b.add("sum", new Op.AddRelu(), x, x).getFirst();
        Value rows = b.flatten("flatten", x);
        Value weights = b.weight(
                "head.weight", new Init.UniformFanIn(1), 6, rows.type().shape().dim(1));
        Value head = b.add("head", new Op.Linear(false), rows, weights).getFirst();
        return b.build(
                b.add("softmax", new Op.Softmax(), b.linear("fc", head, 5)).getFirst());
    }

    /** As many numbers as an input of {@code n} pictures takes. */
    static float[] pictures(Graph graph, int n) {
        return GoldenNumbers.u(
                "pictures",
                Math.toIntExact(n * graph.input("input").type().shape().elementsPerEntry()));
    }

    /** The graph's one output for these pictures. */
    static double[] run(Backend backend, Graph graph, List<NamedTensor> tensors, float[] pictures) throws IOException {
        return run(backend, graph, tensors, pictures, DType.F32);
    }

    static double[] run(Backend backend, Graph graph, List<NamedTensor> tensors, float[] pictures, DType floats)
            throws IOException {
        long n = pictures.length / graph.input("input").type().shape().elementsPerEntry();
        try (Session session =
                backend.compile(graph.withFloats(floats).withBatch(n)).open()) {
            for (NamedTensor t : tensors) {
                session.parameters().set(t.name(), t.toFloats());
            }
            session.parametersChanged();
            session.input("input").set(pictures);
            session.run();
            return session.output(graph.outputs().getFirst().name()).toDoubles();
        }
    }

    /** The largest difference, relative to the largest expected number or 1. */
    static double difference(double[] expected, double[] found) {
        double worst = expected.length == found.length ? 0 : Double.POSITIVE_INFINITY;
        double scale = 1;
        for (int i = 0; i < expected.length; i++) {
            worst = Math.max(worst, Math.abs(expected[i] - found[i]));
            scale = Math.max(scale, Math.abs(expected[i]));
        }
        return worst / scale;
    }
}
