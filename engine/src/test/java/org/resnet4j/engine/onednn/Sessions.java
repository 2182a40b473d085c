package org.resnet4j.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.Parameters;
import org.resnet4j.engine.Session;
import org.resnet4j.engine.TensorView;
import org.resnet4j.engine.reference.ReferenceBackend;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Value;
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.Shape;

/** Runs one graph on two backends with the same numbers and compares everything that comes out. */
final class Sessions {
    private static final double EPSILON = Math.ulp(1f);

    /** What a comparison's numbers are. */
    enum Fill {
        /** Uniform: differences are rounding, and the bound grows as the root of the longest sum. */
        UNIFORM,
        /** Uniform, but away from zero, as is what a batch norm makes of it: float32 flips no ReLU. */
        APART,
        /** Small whole numbers: every sum is exact whatever its order, so that not one bit may differ. */
        WHOLE
    }

    private Sessions() {}

    static OnednnBackend onednn() {
        return OnednnBackend.open(Path.of("target", "natives"), 2);
    }

    /** Outputs, gradients and updated buffers of a run, by name. */
    static Map<String, double[]> run(Backend backend, Graph graph, Fill fill, long seed) {
        try (Session session = backend.compile(graph).open()) {
            fill(session, graph, fill, seed);
            session.parametersChanged();
            session.run();
            return results(session, graph);
        }
    }

    static Map<String, double[]> run(Backend backend, Graph graph, long seed) {
        return run(backend, graph, Fill.UNIFORM, seed);
    }

    static void fill(Session session, Graph graph, long seed) {
        fill(session, graph, Fill.UNIFORM, seed);
    }

    private static void fill(Session session, Graph graph, Fill fill, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (Value v : graph.inputs()) {
            TensorView view = session.input(v.name());
            int n = (int) v.type().shape().elements();
            switch (v.type().dtype()) {
                case S32 -> view.set(random.ints(n, 0, 3).toArray());
                case S64 -> view.segment().set(ValueLayout.JAVA_LONG, 0, seed);
                default -> view.set(values(random, n, fill, 1));
            }
        }
        for (Parameters.Slot slot : session.parameters().slots()) {
            int n = (int) slot.type().shape().elements();
            boolean vector = slot.type().shape().rank() == 1;
            float[] values = vector && fill == Fill.APART
                    ? values(random, n, Fill.UNIFORM, 0.2)
                    : values(random, n, fill, vector ? 0.5 : 0.2);
            if ((vector && slot.name().endsWith("weight")) || slot.name().endsWith("running_var")) {
                for (int i = 0; i < n; i++) {
                    values[i] = 1 + Math.abs(values[i]);
                }
            }
            session.parameters().set(slot.name(), values);
        }
    }

    /** Numbers up to {@code scale}; whole ones are -1, 0 and 1 whatever the scale. */
    private static float[] values(SplittableRandom random, int n, Fill fill, double scale) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            double x = random.nextDouble() * 2 - 1;
            values[i] = (float)
                    switch (fill) {
                        case UNIFORM -> x * scale;
                        case APART -> (x + Math.copySign(1, x)) / 2 * scale;
                        case WHOLE -> Math.rint(x * 1.5);
                    };
        }
        return values;
    }

    static Map<String, double[]> results(Session session, Graph graph) {
        Map<String, double[]> results = new LinkedHashMap<>();
        graph.outputs()
                .forEach(v -> results.put(v.name(), session.output(v.name()).toDoubles()));
        graph.gradients()
                .forEach(b -> results.put(
                        "grad " + b.parameter().name(),
                        session.parameters().gradientDoubles(b.parameter().name())));
        graph.updates()
                .forEach(b -> results.put(
                        "after " + b.parameter().name(),
                        session.parameters().doubles(b.parameter().name())));
        return results;
    }

    /** Direct sums, within a bound that their length gives; whole numbers exactly. */
    static void assertAgree(Graph graph, Fill fill) {
        assertAgree(onednn().withWinograd(false), graph, fill, fill == Fill.WHOLE ? 0 : tolerance(graph));
    }

    /** As users run it, within this share of a tensor's largest entry. */
    static void assertAgree(Graph graph, double tolerance) {
        assertAgree(onednn(), graph, Fill.UNIFORM, tolerance);
    }

    /**
     * The backend against the oracle in double, and against itself bit for bit. Fails too if a tensor is mostly zeros, which
     * would prove little.
     */
    private static void assertAgree(Backend backend, Graph graph, Fill fill, double tolerance) {
        long seed = graph.name().hashCode();
        Map<String, double[]> expected = run(ReferenceBackend.create(), graph.withFloats(DType.F64), fill, seed);
        Map<String, double[]> found = run(backend, graph, fill, seed);
        assertThat(found.keySet()).isEqualTo(expected.keySet());
        Map<String, String> wrong = new LinkedHashMap<>();
        expected.forEach((name, e) -> compare(e, Objects.requireNonNull(found.get(name)), tolerance, name, wrong));
        assertThat(wrong).as(graph.name() + ", " + fill).isEmpty();
        Map<String, double[]> again = run(backend, graph, fill, seed);
        found.forEach((name, f) -> {
            double[] other = Objects.requireNonNull(again.get(name));
            int at = Arrays.mismatch(f, other);
            if (at >= 0) {
                wrong.put(name, "element " + at + " of " + f.length + " is " + f[at] + ", then " + other[at]);
            }
        });
        assertThat(wrong).as(graph.name() + ", " + fill + ", run twice").isEmpty();
    }

    /** Of a tensor's largest entry: rounding errors of n additions in a row add up as a random walk does, to the root of n. */
    private static double tolerance(Graph graph) {
        long longest =
                graph.nodes().stream().mapToLong(Sessions::reduction).max().orElse(1);
        return EPSILON * (8 + 2 * Math.sqrt((double) longest));
    }

    /** How many numbers go into one number of a node's results. */
    private static long reduction(Node n) {
        Shape first = n.input(0).type().shape();
        return switch (n.op()) {
            case Op.Conv2d _, Op.FusedConv2d _, Op.Linear _ ->
                n.input(1).type().shape().elements() / n.input(1).type().shape().dim(0);
            case Op.Conv2dBackwardData o ->
                first.dim(1)
                        / o.forward().groups()
                        * n.input(1).type().shape().dim(2)
                        * n.input(1).type().shape().dim(3);
            case Op.Conv2dBackwardWeights _ -> {
                Shape diff = n.input(1).type().shape();
                yield diff.elements() / diff.dim(1);
            }
            case Op.BatchNorm _, Op.BatchNormBackward _, Op.BatchNormInferenceBackward _ ->
                first.elements() / first.dim(1);
            case Op.GlobalAvgPool _, Op.ChannelGateBackward _ -> first.dim(2) * first.dim(3);
            case Op.AvgPool o -> (long) o.window().kh() * o.window().kw();
            case Op.LinearBackwardData _, Op.Softmax _, Op.SoftmaxCrossEntropy _ -> first.dim(1);
            case Op.SigmoidCrossEntropy _ -> first.elements();
            case Op.LinearBackwardWeights _ -> first.dim(0);
            default -> 9; // a window, or no sum at all
        };
    }

    private static void compare(double[] e, double[] f, double tolerance, String name, Map<String, String> wrong) {
        double scale = 0;
        double worst = 0;
        int at = 0;
        int zeros = 0;
        for (int i = 0; i < e.length; i++) {
            scale = Math.max(scale, Math.abs(e[i]));
            zeros += e[i] == 0 ? 1 : 0;
            double difference = Math.abs(e[i] - f[i]);
            if (!(difference <= worst)) {
                worst = difference;
                at = i;
            }
        }
        if (!(worst <= tolerance * scale)) {
            wrong.put(
                    name,
                    "element " + at + " of " + e.length + " is " + f[at] + ", expected " + e[at] + ", off by " + worst
                            + ", bound " + tolerance * scale + ", largest " + scale);
        }
        if (e.length > 16 && zeros > 0.9 * e.length) {
            wrong.put(name, zeros + " of " + e.length + " expected values are zero: this comparison proves nothing");
        }
        if (tolerance == 0 && scale >= 1 << 22) {
            wrong.put(
                    name,
                    "the largest of these whole numbers is " + scale + ": their sums may not be exact in float32");
        }
    }
}
