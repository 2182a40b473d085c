package org.resnet4j.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.resnet4j.builder.GraphBuilder;
import org.resnet4j.engine.reference.ReferenceBackend;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Phase;
import org.resnet4j.graph.Value;
import org.resnet4j.graph.Window;
import org.resnet4j.pass.Passes;
import org.resnet4j.pass.Quantization;
import org.resnet4j.tensor.TensorType;

/** Convolutions of bytes on oneDNN against the oracle, and both against the same network in F32. */
final class QuantizedTest {
    private static final int SEED = 11;

    /** Every kind of convolution and shortcut: groups, a projection, zero padding, pooling in between. */
    private static Graph network() {
        GraphBuilder b = GraphBuilder.of("bytes", Phase.INFERENCE);
        Value x = b.relu(
                "relu", b.batchNorm("bn1", conv(b, "conv1", b.input("input", TensorType.f32(2, 3, 16, 16)), 16, 1)));
        Value pooled = b.maxPool("pool", x, Window.square(3, 2, 1));
        Value identity = block(b, "a", pooled, 16, 1, pooled);
        Value projected = block(b, "b", identity, 32, 2, b.batchNorm("p.bn", conv(b, "p", identity, 32, 2)));
        Value padded = b.add("pad", new Op.PadShortcut(2, 8, 8), projected).getFirst();
        Value grouped =
                b.batchNorm("g.bn", b.conv2d("g", projected, 48, new Op.Conv2d(Window.square(3, 2, 1), 4, false)));
        Value last = b.relu("out", b.add("add", grouped, padded));
        return Passes.run(b.build(b.linear("fc", b.globalAvgPool("avg", last), 10)), Passes.forInference());
    }

    private static Value conv(GraphBuilder b, String name, Value x, int channels, int stride) {
        return b.conv2d(name, x, channels, Window.square(3, stride, 1));
    }

    private static Value block(GraphBuilder b, String name, Value x, int channels, int stride, Value shortcut) {
        Value y = b.relu(name + ".relu1", b.batchNorm(name + ".bn1", conv(b, name + ".conv1", x, channels, stride)));
        Value z = b.batchNorm(name + ".bn2", conv(b, name + ".conv2", y, channels, 1));
        return b.relu(name + ".relu2", b.add(name + ".add", z, shortcut));
    }

    /** What F32 reaches with the numbers of the test. */
    private static Map<String, Double> largest(Graph graph) {
        List<Value> observed = Quantization.observed(graph);
        Map<String, double[]> found = Sessions.run(ReferenceBackend.create(), graph.withOutputs(observed), SEED);
        Map<String, Double> largest = new HashMap<>();
        for (Value v : observed) {
            double most = 0;
            for (double x : Objects.requireNonNull(found.get(v.name()))) {
                most = Math.max(most, Math.abs(x));
            }
            largest.put(v.name(), most);
        }
        return largest;
    }

    @Test
    void bytesAreTheOracles() {
        Graph f32 = network();
        Graph quantized = Quantization.apply(f32, largest(f32), Set.of());
        assertThat(quantized.nodes().stream().filter(n -> n.op() instanceof Op.QuantizedConv2d))
                .hasSize(7);
        double[] expected = logits(Sessions.run(ReferenceBackend.create(), quantized, SEED));
        double[] found = logits(Sessions.run(Sessions.onednn(), quantized, SEED));
        double[] exact = logits(Sessions.run(ReferenceBackend.create(), f32, SEED));
        double scale = 0;
        double between = 0;
        double rounding = 0;
        for (int i = 0; i < exact.length; i++) {
            scale = Math.max(scale, Math.abs(exact[i]));
            between = Math.max(between, Math.abs(expected[i] - found[i]));
            rounding = Math.max(rounding, Math.abs(exact[i] - found[i]));
        }
        // The two differ where a sum lies half-way between two bytes; bytes and floats by the bytes' rounding.
        assertThat(between).isLessThan(0.002 * scale);
        assertThat(rounding).isLessThan(0.03 * scale).isGreaterThan(0);
    }

    private static double[] logits(Map<String, double[]> results) {
        return Objects.requireNonNull(results.get("fc"));
    }

    @Test
    void keptConvolutionsStayInF32() {
        Graph f32 = network();
        Graph quantized = Quantization.apply(f32, largest(f32), Set.of("conv1", "g"));
        assertThat(quantized.nodes().stream().filter(n -> n.op() instanceof Op.QuantizedConv2d))
                .hasSize(5);
        double[] found = logits(Sessions.run(Sessions.onednn(), quantized, SEED));
        double[] expected = logits(Sessions.run(ReferenceBackend.create(), quantized, SEED));
        assertThat(found).usingComparatorWithPrecision(0.02).containsExactly(expected);
    }

    @Test
    void missingMagnitudesAndUnknownNamesAreSaid() {
        Graph f32 = network();
        assertThatThrownBy(() -> Quantization.apply(f32, Map.of(), Set.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("calibrate");
        assertThatThrownBy(() -> Quantization.apply(f32, largest(f32), Set.of("conv9")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("conv9")
                .hasMessageContaining("conv1");
    }
}
