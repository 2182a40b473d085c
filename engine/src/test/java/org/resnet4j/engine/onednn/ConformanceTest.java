package org.resnet4j.engine.onednn;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.builder.GraphBuilder;
import org.resnet4j.grad.Gradients;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Init;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Phase;
import org.resnet4j.graph.Value;
import org.resnet4j.graph.Window;
import org.resnet4j.pass.Passes;
import org.resnet4j.tensor.TensorType;

/** Every operation, forward and backward, on oneDNN against the oracle. */
final class ConformanceTest {
    private static final Map<String, BiFunction<GraphBuilder, Value, Value>> OPS = Map.ofEntries(
            Map.entry("convBias", (b, x) -> b.conv2d("y", x, 24, new Op.Conv2d(Window.square(3, 2, 1), 1, true))),
            Map.entry("convGroups", (b, x) -> b.conv2d("y", x, 32, new Op.Conv2d(Window.square(3, 1, 1), 4, false))),
            Map.entry(
                    "convDepthwise", (b, x) -> b.conv2d("y", x, 16, new Op.Conv2d(Window.square(3, 1, 1), 16, false))),
            Map.entry("batchNorm", (b, x) -> b.batchNorm("y", x)),
            Map.entry("relu", (b, x) -> b.relu("y", x)),
            Map.entry("addItself", (b, x) -> b.add("y", x, b.relu("r", x))),
            Map.entry(
                    "addRelu",
                    (b, x) -> b.add("y", new Op.AddRelu(), x, b.conv2d("c", x, 16, Window.square(1, 1, 0)))
                            .getFirst()),
            Map.entry("maxPool", (b, x) -> b.maxPool("y", x, Window.square(3, 2, 1))),
            Map.entry(
                    "avgPoolIncluding",
                    (b, x) -> b.add("y", new Op.AvgPool(Window.square(3, 2, 1), true), x)
                            .getFirst()),
            Map.entry(
                    "avgPoolExcluding",
                    (b, x) -> b.add("y", new Op.AvgPool(Window.square(3, 2, 1), false), x)
                            .getFirst()),
            Map.entry("globalAvgPool", (b, x) -> b.globalAvgPool("y", x)),
            Map.entry("flatten", (b, x) -> b.flatten("y", x)),
            Map.entry("linear", (b, x) -> b.linear("y", b.globalAvgPool("p", x), 10)),
            Map.entry("linearOfFlat", (b, x) -> b.linear("y", b.flatten("f", x), 10)),
            Map.entry(
                    "padShortcut",
                    (b, x) -> b.add("y", new Op.PadShortcut(2, 0, 16), x).getFirst()),
            Map.entry(
                    "padShortcutSplit",
                    (b, x) -> b.add("y", new Op.PadShortcut(2, 8, 8), x).getFirst()),
            Map.entry(
                    "padShortcutSame",
                    (b, x) -> b.add("y", new Op.PadShortcut(1, 3, 5), x).getFirst()),
            Map.entry(
                    "avgPoolCeil",
                    (b, x) -> b.add("y", new Op.AvgPool(Window.square(2, 2, 0), false, true), x)
                            .getFirst()),
            Map.entry(
                    "avgPoolWhole",
                    (b, x) -> b.add("y", new Op.AvgPool(Window.square(9, 1, 0), false), x)
                            .getFirst()),
            Map.entry("channelGate", (b, x) -> {
                Value mean = b.add("p", new Op.AvgPool(Window.square(9, 1, 0), false), x)
                        .getFirst();
                Value gate = b.conv2d("g", mean, 16, new Op.Conv2d(Window.square(1, 1, 0), 1, true));
                return b.add("y", new Op.ChannelGate(), x, gate).getFirst();
            }),
            Map.entry("dropout", (b, x) -> b.dropout("y", x, 0.4)),
            Map.entry("dropPath", (b, x) -> b.dropPath("y", x, 0.5)),
            Map.entry(
                    "softmax",
                    (b, x) -> b.add("y", new Op.Softmax(), b.globalAvgPool("p", x))
                            .getFirst()),
            Map.entry(
                    "gate",
                    (b, x) -> b.add("y", new Op.Gate(), b.relu("t", x), b.conv2d("g", x, 16, Window.square(3, 1, 1)), x)
                            .getFirst()));

    static Stream<String> ops() {
        return OPS.keySet().stream().sorted();
    }

    /** The operation between two convolutions, so that its gradient goes somewhere and its layouts come from somewhere. */
    @ParameterizedTest
    @MethodSource("ops")
    void forwardAndBackward(String name) {
        GraphBuilder b = GraphBuilder.of(name, Phase.TRAINING);
        Value x = b.input("input", TensorType.f32(3, 5, 9, 9));
        Value y = Objects.requireNonNull(OPS.get(name)).apply(b, b.conv2d("first", x, 16, Window.square(3, 1, 1)));
        Sessions.assertAgree(Gradients.withSeed(b.build(y), y), Sessions.TOLERANCE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"resnet50", "cifar"})
    void convolutionsOf(String list) {
        shapes(list).forEach(s -> {
            GraphBuilder b = GraphBuilder.of(list + Arrays.toString(s), Phase.TRAINING);
            Value x = b.input("input", TensorType.f32(1, s[0], s[1], s[1]));
            // A trainable scale before it makes the gradient of its source needed.
            Value scaled = b.batchNorm("bn", x);
            Value y = b.conv2d("conv", scaled, s[2], Window.square(s[3], s[4], s[5]));
            Sessions.assertAgree(Gradients.withSeed(b.build(y), y), Sessions.TOLERANCE);
        });
    }

    private static Stream<int[]> shapes(String list) {
        try (InputStream in = ConformanceTest.class.getResourceAsStream("/shapes/" + list)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(l -> !l.startsWith("#"))
                    .map(l -> Arrays.stream(l.split(" "))
                            .mapToInt(Integer::parseInt)
                            .toArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.1})
    void loss(double smoothing) {
        GraphBuilder b = GraphBuilder.of("loss" + smoothing, Phase.TRAINING);
        Value x = b.input("input", TensorType.f32(7, 6));
        Value logits = b.linear("fc", x, 4);
        Value loss = b.loss(logits, smoothing);
        Sessions.assertAgree(Gradients.of(b.build(loss, logits), loss), Sessions.TOLERANCE);
    }

    @Test
    void groupsInInference() {
        GraphBuilder b = GraphBuilder.of("groupsInference", Phase.INFERENCE);
        Value x = b.input("input", TensorType.f32(2, 8, 9, 9));
        Value y = b.batchNorm("bn", b.conv2d("conv", x, 32, new Op.Conv2d(Window.square(3, 1, 1), 4, true)));
        Graph g = b.build(y);
        Sessions.assertAgree(g, Sessions.TOLERANCE);
        Sessions.assertAgree(Passes.run(g, Passes.forInference()), Sessions.TOLERANCE);
    }

    @Test
    void dropoutOfThePictureItself() {
        GraphBuilder b = GraphBuilder.of("pictureDropout", Phase.TRAINING);
        Value x = b.dropout("drop", b.input("input", TensorType.f32(2, 3, 8, 8)), 0.3);
        Value y = b.conv2d("conv", x, 16, Window.square(3, 1, 1));
        Sessions.assertAgree(Gradients.withSeed(b.build(y), y), Sessions.TOLERANCE);
    }

    @Test
    void softLoss() {
        GraphBuilder b = GraphBuilder.of("softLoss", Phase.TRAINING);
        Value logits = b.linear("fc", b.input("input", TensorType.f32(7, 6)), 4);
        Value loss = b.softLoss(logits, 0.1);
        Sessions.assertAgree(Gradients.of(b.build(loss, logits), loss), Sessions.TOLERANCE);
    }

    @Test
    void frozenBatchNormInTraining() {
        GraphBuilder b = GraphBuilder.of("frozen", Phase.TRAINING_FROZEN_NORM);
        Value x = b.conv2d("conv", b.input("input", TensorType.f32(2, 3, 8, 8)), 16, Window.square(3, 1, 1));
        Value y = b.batchNorm("bn", x);
        Sessions.assertAgree(Gradients.withSeed(b.build(y), y), Sessions.TOLERANCE);
    }

    @Test
    void batchNormWithFusedRelu() {
        GraphBuilder b = GraphBuilder.of("normRelu", Phase.TRAINING);
        Value x = b.conv2d("conv", b.input("input", TensorType.f32(2, 3, 8, 8)), 16, Window.square(3, 1, 1));
        Value y = b.add(
                        "bn",
                        new Op.BatchNorm(1e-5, 0.1, true),
                        x,
                        b.weight("bn.weight", new Init.Constant(1), 16),
                        b.weight("bn.bias", new Init.Constant(0), 16),
                        b.weight("bn.running_mean", new Init.Constant(0), 16),
                        b.weight("bn.running_var", new Init.Constant(1), 16))
                .getFirst();
        Sessions.assertAgree(Gradients.withSeed(b.build(y), y), Sessions.TOLERANCE);
    }

    @Test
    void inferenceFoldsAndFuses() {
        GraphBuilder b = GraphBuilder.of("fused", Phase.INFERENCE);
        Value x = b.conv2d("conv", b.input("input", TensorType.f32(2, 3, 8, 8)), 16, Window.square(3, 1, 1));
        Value weights = b.weight("c.weight", new Init.HeNormal(), 16, 16, 3, 3);
        Value[] norm = {
            b.weight("c.bn.weight", new Init.Constant(1), 16), b.weight("c.bn.bias", new Init.Constant(0), 16),
            b.weight("c.bn.running_mean", new Init.Constant(0), 16),
                    b.weight("c.bn.running_var", new Init.Constant(1), 16)
        };
        var folded = b.add("fold", new Op.FoldBatchNorm(1e-3, false), weights, norm[0], norm[1], norm[2], norm[3]);
        Op.Conv2d conv = new Op.Conv2d(Window.square(3, 1, 1), 1, true);
        Value y = b.add("y", new Op.FusedConv2d(conv, true, true), x, folded.get(0), folded.get(1), x)
                .getFirst();
        Graph g = b.build(y);
        Sessions.assertAgree(g, Sessions.TOLERANCE);
    }
}
