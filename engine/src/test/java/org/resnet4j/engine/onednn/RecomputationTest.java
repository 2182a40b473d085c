package org.resnet4j.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.resnet4j.builder.GraphBuilder;
import org.resnet4j.grad.Gradients;
import org.resnet4j.grad.Recomputation;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Phase;
import org.resnet4j.graph.Value;
import org.resnet4j.graph.Window;
import org.resnet4j.pass.Passes;
import org.resnet4j.pass.Precision;
import org.resnet4j.tensor.TensorType;

/** Pictures made again: the same bits in less memory. */
final class RecomputationTest {
    private static final int BATCH = 4;
    private static final int SEED = 3;

    private static Graph network(boolean residual, Precision precision) {
        GraphBuilder b = GraphBuilder.of("network", Phase.TRAINING);
        Value x = layer(b, "stem", b.input("input", TensorType.f32(BATCH, 3, 24, 24)));
        x = b.maxPool("pool", x, Window.square(3, 2, 1));
        for (int i = 0; i < 6; i++) {
            Value y = layer(b, "block" + i + ".a", x);
            Value z = b.batchNorm("block" + i + ".bn", b.conv2d("block" + i + ".b", y, 16, Window.square(3, 1, 1)));
            x = b.relu("block" + i, residual ? b.dropPath("block" + i + ".add", x, 0.5) : z);
            x = residual ? b.relu("block" + i + ".out", b.add("block" + i + ".sum", z, x)) : x;
        }
        Value loss = b.loss(b.linear("fc", b.globalAvgPool("avg", x), 4), 0.1);
        Graph forward = Passes.forTraining(b.build(loss), precision);
        return Gradients.of(forward, forward.outputs().getFirst());
    }

    private static Value layer(GraphBuilder b, String name, Value x) {
        return b.relu(
                name + ".relu", b.batchNorm(name + ".bn", b.conv2d(name + ".conv", x, 16, Window.square(3, 1, 1))));
    }

    @ParameterizedTest
    @EnumSource(names = {"FP32", "BF16"})
    void residualNetworksKeepTheirBits(Precision precision) {
        check(network(true, precision));
    }

    @ParameterizedTest
    @EnumSource(names = {"FP32", "BF16"})
    void plainNetworksKeepTheirBits(Precision precision) {
        check(network(false, precision));
    }

    private static void check(Graph whole) {
        Graph less = Recomputation.of(whole);
        assertThat(less.nodes()).hasSizeGreaterThan(whole.nodes().size());
        long before = Sessions.onednn().compile(whole).activationBytes();
        assertThat(Sessions.onednn().compile(less).activationBytes()).isLessThan(before * 7 / 10);
        Map<String, double[]> expected = Sessions.run(Sessions.onednn(), whole, SEED);
        Map<String, double[]> found = Sessions.run(Sessions.onednn(), less, SEED);
        assertThat(found.keySet()).isEqualTo(expected.keySet());
        found.forEach((name, values) -> assertThat(values).as(name).isEqualTo(expected.get(name)));
    }
}
