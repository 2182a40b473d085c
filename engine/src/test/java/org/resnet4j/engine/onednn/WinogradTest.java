package org.resnet4j.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.builder.GraphBuilder;
import org.resnet4j.engine.Plan;
import org.resnet4j.grad.Gradients;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Init;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Phase;
import org.resnet4j.graph.Value;
import org.resnet4j.graph.Window;
import org.resnet4j.tensor.TensorType;

/** Winograd's convolutions against the oracle, on pictures whose sides tiles fill and do not fill. */
final class WinogradTest {
    /** Two of F(4x4, 3x3)'s transforms in float32 lose one decimal digit more than the direct sum does. */
    static final double TOLERANCE = 4e-5;

    static boolean usesWinograd(OnednnBackend backend, Graph graph) {
        List<Plan.Row> rows = backend.compile(graph).rows();
        return rows.stream().anyMatch(r -> r.implementation().startsWith("winograd"));
    }

    @ParameterizedTest
    @CsvSource({"64,32,32,4,4", "13,48,32,7,7", "7,48,64,10,13", "3,64,64,33,30", "1,32,32,64,57", "50,128,128,5,6"})
    void inference(int images, int ic, int oc, int height, int width) {
        GraphBuilder b = GraphBuilder.of("inference" + List.of(images, ic, oc, height, width), Phase.INFERENCE);
        Value x = b.input("input", TensorType.f32(images, 3, height, width));
        Value first = b.conv2d("first", x, ic, Window.square(1, 1, 0));
        Graph graph = b.build(b.conv2d("conv", first, oc, Window.square(3, 1, 1)));
        assertThat(usesWinograd(Sessions.onednn(), graph)).isTrue();
        Sessions.assertAgree(graph, TOLERANCE);
    }

    /** Between two convolutions that are none of Winograd's. */
    private static Graph training(int images, int ic, int oc, int height, int width) {
        GraphBuilder b = GraphBuilder.of("winograd" + List.of(images, ic, oc, height, width), Phase.TRAINING);
        Value x = b.input("input", TensorType.f32(images, 3, height, width));
        Value first = b.conv2d("first", x, ic, Window.square(1, 1, 0));
        Value y = b.conv2d("conv", first, oc, Window.square(3, 1, 1));
        return Gradients.withSeed(b.build(y), y);
    }

    @ParameterizedTest
    @CsvSource({"64,32,32,4,4", "13,48,32,7,7", "7,48,64,10,13", "3,64,64,33,30", "1,32,32,64,57", "50,128,128,5,6"})
    void forwardAndBackward(int images, int ic, int oc, int height, int width) {
        Graph graph = training(images, ic, oc, height, width);
        assertThat(usesWinograd(Sessions.onednn(), graph)).isTrue();
        Sessions.assertAgree(graph, TOLERANCE);
    }

    @ParameterizedTest
    @CsvSource({"false,false", "false,true", "true,false", "true,true"})
    void biasSumAndRelu(boolean sum, boolean relu) {
        GraphBuilder b = GraphBuilder.of("fused" + sum + relu, Phase.INFERENCE);
        Value x = b.conv2d("conv", b.input("input", TensorType.f32(9, 3, 11, 9)), 32, Window.square(1, 1, 0));
        Op.FusedConv2d fused = new Op.FusedConv2d(new Op.Conv2d(Window.square(3, 1, 1), 1, true), sum, relu);
        Value weights = b.weight("c.weight", new Init.HeNormal(), 32, 32, 3, 3);
        Value bias = b.weight("c.bias", new Init.Constant(1), 32);
        List<Value> y = sum ? b.add("y", fused, x, weights, bias, x) : b.add("y", fused, x, weights, bias);
        Graph graph = b.build(y.getFirst());
        assertThat(usesWinograd(Sessions.onednn(), graph)).isTrue();
        Sessions.assertAgree(graph, TOLERANCE);
    }

    @Test
    void canBeSwitchedOff() {
        Graph graph = training(8, 32, 32, 8, 8);
        assertThat(usesWinograd(Sessions.onednn().withWinograd(false), graph)).isFalse();
    }

    @Test
    void fewChannelsAreDoneDirectly() {
        assertThat(usesWinograd(Sessions.onednn(), training(8, 16, 16, 32, 32))).isFalse();
    }

    @Test
    void fewTilesAreDoneDirectly() {
        assertThat(usesWinograd(Sessions.onednn(), training(1, 64, 64, 7, 7))).isFalse();
    }
}
