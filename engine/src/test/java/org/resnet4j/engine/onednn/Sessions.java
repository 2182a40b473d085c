package org.resnet4j.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
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
import org.resnet4j.graph.Value;
import org.resnet4j.tensor.DType;

/** Runs one graph on two backends with the same numbers and compares everything that comes out. */
final class Sessions {
    /** Of the largest value of a tensor; float32 sums of a few thousand terms stay far below. */
    static final double TOLERANCE = 2e-5;

    private Sessions() {}

    static OnednnBackend onednn() {
        return OnednnBackend.open(Path.of("target", "natives"), 2);
    }

    /** Outputs, gradients and updated buffers of a run, by name. */
    static Map<String, double[]> run(Backend backend, Graph graph, long seed) {
        try (Session session = backend.compile(graph).open()) {
            fill(session, graph, seed);
            session.parametersChanged();
            session.run();
            return results(session, graph);
        }
    }

    static void fill(Session session, Graph graph, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (Value v : graph.inputs()) {
            TensorView view = session.input(v.name());
            int n = (int) v.type().shape().elements();
            switch (v.type().dtype()) {
                case S32 -> view.set(random.ints(n, 0, 3).toArray());
                case S64 -> view.segment().set(java.lang.foreign.ValueLayout.JAVA_LONG, 0, seed);
                default -> view.set(floats(random, n, 1));
            }
        }
        for (Parameters.Slot slot : session.parameters().slots()) {
            int n = (int) slot.type().shape().elements();
            float[] values = floats(random, n, slot.type().shape().rank() > 1 ? 0.2 : 0.5);
            boolean scale =
                    slot.name().endsWith("weight") && slot.type().shape().rank() == 1;
            if (scale || slot.name().endsWith("running_var")) {
                for (int i = 0; i < n; i++) {
                    values[i] = 1 + Math.abs(values[i]);
                }
            }
            session.parameters().set(slot.name(), values);
        }
    }

    private static float[] floats(SplittableRandom random, int n, double scale) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) ((random.nextDouble() * 2 - 1) * scale);
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

    /** oneDNN against the oracle in double; fails too if a tensor is mostly zeros, which would prove little. */
    static void assertAgree(Graph graph, double tolerance) {
        Map<String, double[]> expected = run(
                ReferenceBackend.create(),
                graph.withFloats(DType.F64),
                graph.name().hashCode());
        Map<String, double[]> found = run(onednn(), graph, graph.name().hashCode());
        assertThat(found.keySet()).isEqualTo(expected.keySet());
        Map<String, String> wrong = new HashMap<>();
        expected.forEach((name, e) -> compare(e, Objects.requireNonNull(found.get(name)), tolerance, name, wrong));
        assertThat(wrong).as(graph.name()).isEmpty();
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
                    "element " + at + " of " + e.length + " is " + f[at] + ", expected " + e[at] + ", largest "
                            + scale);
        }
        if (e.length > 16 && zeros > 0.9 * e.length) {
            wrong.put(name, zeros + " of " + e.length + " expected values are zero: this comparison proves nothing");
        }
    }
}
