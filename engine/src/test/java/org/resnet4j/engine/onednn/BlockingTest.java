package org.resnet4j.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.resnet4j.builder.GraphBuilder;
import org.resnet4j.engine.Session;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Phase;
import org.resnet4j.graph.Value;
import org.resnet4j.graph.Window;
import org.resnet4j.pass.Passes;
import org.resnet4j.pass.Precision;
import org.resnet4j.pass.Quantization;
import org.resnet4j.tensor.TensorType;

/** A batch in blocks gives what its blocks give alone. */
final class BlockingTest {
    private static final int SIZE = 224;
    private static final int BATCH = 12;
    private static final int BLOCK = 4;

    private static Graph network(int batch, Precision precision) {
        GraphBuilder b = GraphBuilder.of("blocks", Phase.INFERENCE);
        Value x = b.input("input", TensorType.f32(batch, 3, SIZE, SIZE));
        x = b.relu("relu", b.batchNorm("bn", b.conv2d("conv", x, 16, Window.square(3, 1, 1))));
        x = b.relu("relu2", b.batchNorm("bn2", b.conv2d("conv2", x, 32, Window.square(3, 2, 1))));
        Graph graph = b.build(b.linear("fc", b.globalAvgPool("avg", x), 5));
        if (precision != Precision.INT8) {
            return Passes.forInference(graph, precision);
        }
        Graph f32 = Passes.forInference(graph, Precision.FP32);
        Map<String, Double> largest = new HashMap<>();
        Quantization.observed(f32).forEach(v -> largest.put(v.name(), 4.0));
        return Quantization.apply(f32, largest, Set.of());
    }

    @Test
    void bf16() {
        check(Precision.BF16);
    }

    @Test
    void int8() {
        check(Precision.INT8);
    }

    private static void check(Precision precision) {
        OnednnBackend backend = Sessions.onednn();
        try (Session whole = backend.compile(network(BATCH, precision)).open();
                Session part = backend.compile(network(BLOCK, precision)).open()) {
            assertThat(whole.plan().rows().getLast().op()).startsWith("3 times");
            assertThat(part.plan().rows().getLast().op()).doesNotContain("times");
            Sessions.fill(whole, whole.plan().graph(), 5);
            part.parameters().copyFrom(whole.parameters());
            whole.parametersChanged();
            part.parametersChanged();
            whole.run();
            float[] expected = new float[BATCH * 5];
            MemorySegment pictures = whole.input("input").segment();
            MemorySegment input = part.input("input").segment();
            for (int i = 0; i < BATCH / BLOCK; i++) {
                MemorySegment.copy(pictures, i * input.byteSize(), input, 0, input.byteSize());
                part.run();
                System.arraycopy(part.output("fc").toFloats(), 0, expected, i * BLOCK * 5, BLOCK * 5);
            }
            assertThat(whole.output("fc").toFloats()).isEqualTo(expected);
            assertThat(whole.profile(1)).hasSameSizeAs(whole.plan().rows());
            assertThat(whole.firstNonFinite()).isEqualTo(Optional.empty());
        }
    }

    @Test
    void f32AndOddBatchesStayWhole() {
        for (Graph g :
                new Graph[] {network(BATCH, Precision.FP32), network(7, Precision.BF16), network(1, Precision.INT8)}) {
            assertThat(Objects.requireNonNull(Sessions.onednn().compile(g).rows())
                            .getLast()
                            .op())
                    .doesNotContain("times");
        }
    }
}
