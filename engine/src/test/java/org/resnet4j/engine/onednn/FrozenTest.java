package org.resnet4j.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.builder.GraphBuilder;
import org.resnet4j.engine.Parameters;
import org.resnet4j.engine.Plan;
import org.resnet4j.engine.Session;
import org.resnet4j.engine.reference.ReferenceBackend;
import org.resnet4j.grad.Gradients;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Phase;
import org.resnet4j.graph.Value;
import org.resnet4j.graph.Window;
import org.resnet4j.pass.Norms;
import org.resnet4j.pass.Pass;
import org.resnet4j.pass.Passes;
import org.resnet4j.pass.Precision;
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.TensorType;

/** Training with layers frozen at the front: they cost what they cost in inference, and the oracle gives the same gradients. */
final class FrozenTest {
    private static final long SEED = 5;

    /** A stem, three blocks with shortcuts, a head; 3x3 convolutions of sizes that Winograd takes. */
    private static Graph network(Phase phase) {
        GraphBuilder b = GraphBuilder.of("network", phase);
        Value x = layer(b, "stem", b.input("input", TensorType.f32(4, 3, 32, 32)));
        x = b.maxPool("pool", x, Window.square(3, 2, 1));
        for (int i = 0; i < 3; i++) {
            String name = "block" + i;
            Value y = layer(b, name + ".a", x);
            y = b.batchNorm(name + ".bn", b.conv2d(name + ".b", y, 32, Window.square(3, 1, 1)));
            x = b.relu(name, b.add(name + ".sum", y, x));
        }
        Value logits = b.linear("fc", b.globalAvgPool("avg", x), 4);
        return b.build(b.loss(logits, 0.1), logits);
    }

    private static Value layer(GraphBuilder b, String name, Value x) {
        return b.relu(
                name + ".relu", b.batchNorm(name + ".bn", b.conv2d(name + ".conv", x, 32, Window.square(3, 1, 1))));
    }

    private static boolean isFrozen(String parameter) {
        return !parameter.startsWith("block2") && !parameter.startsWith("fc");
    }

    private static Graph frozen(Phase phase) {
        return Norms.frozen(network(phase), FrozenTest::isFrozen);
    }

    private static Graph fused(Phase phase, Precision precision) {
        Graph forward = Passes.forTraining(frozen(phase), precision);
        return Gradients.of(forward, forward.outputs().getFirst());
    }

    @ParameterizedTest
    @EnumSource(names = {"TRAINING", "TRAINING_FROZEN_NORM"})
    void theOracleHasTheSameGradients(Phase phase) {
        Graph plain = frozen(phase);
        Graph oracle = Gradients.of(plain, plain.outputs().getFirst()).withFloats(DType.F64);
        Map<String, double[]> expected = Sessions.run(ReferenceBackend.create(), oracle, SEED);
        Map<String, double[]> found = Sessions.run(Sessions.onednn(), fused(phase, Precision.FP32), SEED);
        assertThat(found.keySet()).isEqualTo(expected.keySet()).noneMatch(n -> n.contains("stem"));
        expected.forEach((name, e) -> {
            double[] f = Objects.requireNonNull(found.get(name));
            double scale = DoubleStream.of(e).map(Math::abs).max().orElse(0);
            for (int i = 0; i < e.length; i++) {
                assertThat(Math.abs(f[i] - e[i])).as(name).isLessThanOrEqualTo(2e-4 * scale);
            }
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"FP32", "BF16"})
    void whatIsFrozenIsFoldedOnceAndHasNoBackwardPass(Precision precision) {
        Graph graph = fused(Phase.TRAINING, precision);
        assertThat(graph.gradients())
                .extracting(b -> b.parameter().name())
                .containsExactlyInAnyOrderElementsOf(network(Phase.TRAINING).parameters().stream()
                        .filter(p -> p.trainable() && !isFrozen(p.name()))
                        .map(p -> p.name())
                        .toList());
        assertThat(graph.updates()).extracting(b -> b.parameter().name()).allMatch(n -> n.startsWith("block2"));
        // stem, and two convolutions of each of two blocks, one of which takes the addition in
        assertThat(graph.nodes())
                .filteredOn(n -> n.op() instanceof Op.FoldBatchNorm)
                .hasSize(5);
        assertThat(graph.nodes())
                .filteredOn(n -> n.op() instanceof Op.FusedConv2d)
                .hasSize(5);
        assertThat(graph.nodes())
                .filteredOn(n -> n.op() instanceof Op.Backward)
                .extracting(n -> n.name().substring(0, n.name().indexOf('.')))
                .doesNotContain("stem", "block0", "block1");
        Plan plan = Sessions.onednn().compile(graph);
        assertThat(plan.rows())
                .filteredOn(r -> r.node().endsWith(".fold"))
                .hasSize(5)
                .allMatch(r -> r.op().startsWith("once "));
    }

    @Test
    void aGraphThatIsTrainedAsAWholeIsLeftAsItIs() {
        Graph whole = network(Phase.TRAINING);
        assertThat(Pass.FUSE_FROZEN.apply(whole)).isSameAs(whole);
        Graph stored = network(Phase.TRAINING_FROZEN_NORM);
        assertThat(Pass.FUSE_FROZEN.apply(stored)).isSameAs(stored);
    }

    /** Trained weights are read anew in each run; frozen ones after they were said to have changed. */
    @Test
    void trainedParametersMoveWithoutAWord() {
        Graph graph = fused(Phase.TRAINING_FROZEN_NORM, Precision.FP32);
        try (Session session = Sessions.onednn().compile(graph).open()) {
            Sessions.fill(session, graph, SEED);
            session.parametersChanged();
            session.run();
            double first = loss(session);
            scale(session, "fc.weight", 2);
            session.run();
            double second = loss(session);
            assertThat(second).isNotEqualTo(first);
            scale(session, "fc.weight", 0.5f);
            session.run();
            assertThat(loss(session)).isEqualTo(first);
            scale(session, "stem.bn.weight", 2);
            session.parametersChanged();
            session.run();
            assertThat(loss(session)).isNotEqualTo(first);
        }
    }

    private static double loss(Session session) {
        return session.output("loss").toDoubles()[0];
    }

    private static void scale(Session session, String name, float factor) {
        Parameters p = session.parameters();
        double[] values = p.doubles(name);
        float[] scaled = new float[values.length];
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] = factor * (float) values[i];
        }
        p.set(name, scaled);
    }

    /** The network for inference, its batch norms as in training: the logits of the training graph itself. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void inferenceByTheBatchsStatistics(boolean all) {
        Graph training = all ? network(Phase.TRAINING) : frozen(Phase.TRAINING);
        // Frozen, so that its parameters are filled in the same order.
        Graph network = all ? network(Phase.INFERENCE) : frozen(Phase.INFERENCE);
        network = Pass.DROP_DEAD_NODES.apply(
                network.withOutputs(List.of(network.outputs().get(1))));
        Graph inference = Norms.ofBatch(network, n -> all || !isFrozen(n));
        double[] expected =
                Sessions.run(ReferenceBackend.create(), training, SEED).get("fc");
        double[] found = Sessions.run(Sessions.onednn(), Passes.run(inference, Passes.forInference()), SEED)
                .get("fc");
        assertThat(Objects.requireNonNull(found)).hasSameSizeAs(expected);
        for (int i = 0; i < found.length; i++) {
            assertThat(found[i]).isCloseTo(Objects.requireNonNull(expected)[i], within(1e-3));
        }
    }
}
