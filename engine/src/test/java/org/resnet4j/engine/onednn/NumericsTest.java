package org.resnet4j.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.builder.GraphBuilder;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.Session;
import org.resnet4j.engine.reference.ReferenceBackend;
import org.resnet4j.grad.Gradients;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Phase;
import org.resnet4j.graph.Value;
import org.resnet4j.graph.Window;
import org.resnet4j.tensor.TensorType;

/** Numbers at the edge of what floats hold, forward and backward, on both backends. */
final class NumericsTest {
    static Stream<Backend> backends() {
        return Stream.of(Sessions.onednn(), ReferenceBackend.create());
    }

    private static void finite(Map<String, double[]> results) {
        assertThat(results).hasSizeGreaterThan(2);
        results.forEach((name, values) ->
                assertThat(Arrays.stream(values)).as(name).isNotEmpty().allMatch(Double::isFinite));
    }

    /** NUM-06: no variance at all, one sample, one pixel, and all of them together. */
    @ParameterizedTest
    @MethodSource("backends")
    void batchNormOfAConstantIsFinite(Backend backend) {
        for (long[] dims : new long[][] {{4, 16, 3, 3}, {1, 16, 3, 3}, {4, 16, 1, 1}, {1, 16, 1, 1}}) {
            for (boolean relu : new boolean[] {false, true}) {
                GraphBuilder b = GraphBuilder.of("constant", Phase.TRAINING);
                Value x = b.conv2d("conv", b.input("input", TensorType.f32(dims)), 16, Window.square(1, 1, 0));
                Value norm = b.batchNorm("bn", x);
                Value y = relu ? b.relu("y", norm) : norm;
                Graph graph = Gradients.withSeed(b.build(y), y);
                try (Session session = backend.compile(graph).open()) {
                    for (float constant : new float[] {0, 7, 1e18f}) {
                        Sessions.fill(session, graph, 3);
                        float[] same = session.input("input").toFloats();
                        Arrays.fill(same, constant);
                        session.input("input").set(same);
                        session.parametersChanged();
                        session.run();
                        finite(Sessions.results(session, graph));
                    }
                }
            }
        }
    }

    /** NUM-09. */
    @ParameterizedTest
    @MethodSource("backends")
    void softmaxAndLossOfLargeLogitsAreFiniteAndRight(Backend backend) {
        GraphBuilder b = GraphBuilder.of("large", Phase.TRAINING);
        Value logits = b.input("logits", TensorType.f32(2, 3));
        Graph graph = b.build(b.add("p", new Op.Softmax(), logits).getFirst(), b.loss(logits, 0));
        try (Session session = backend.compile(graph).open()) {
            session.input("logits").set(new float[] {1e4f, -1e4f, 1e4f, -1e4f, -1e4f, 1e4f});
            session.input("targets").set(new int[] {1, 2});
            session.run();
            assertThat(session.output("p").toDoubles())
                    .containsExactly(new double[] {0.5, 0, 0.5, 0, 0, 1}, within(1e-6));
            String loss = graph.outputs().getLast().name();
            double expected = (2e4 + Math.log(2)) / 2;
            assertThat(session.output(loss).toDoubles()[0]).isCloseTo(expected, within(1e-3));
        }
    }

    private static Graph convolutions() {
        GraphBuilder b = GraphBuilder.of("convolutions", Phase.TRAINING);
        Value x = b.input("input", TensorType.f32(8, 16, 32, 32));
        Value y =
                b.conv2d("c3", b.relu("r", b.conv2d("c1", x, 32, Window.square(3, 1, 1))), 32, Window.square(3, 1, 1));
        return Gradients.withSeed(b.build(y), y);
    }

    /** NUM-08: a number that is not finite comes out as one and is found at the first node that makes it. */
    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void anInputThatIsNotFiniteIsFoundWhereItComesIn(float bad) {
        Graph graph = convolutions();
        for (Backend backend : backends().toList()) {
            try (Session session = backend.compile(graph).open()) {
                Sessions.fill(session, graph, 1);
                assertThat(session.firstNonFinite()).isEmpty();
                float[] x = session.input("input").toFloats();
                x[1234] = bad;
                session.input("input").set(x);
                session.parametersChanged();
                assertThat(session.firstNonFinite())
                        .hasValueSatisfying(s -> assertThat(s).containsAnyOf("c1", "input"));
            }
        }
    }
}
