package org.resnet4j.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.builder.GraphBuilder;
import org.resnet4j.engine.onednn.Sessions.Fill;
import org.resnet4j.grad.Gradients;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Init;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Phase;
import org.resnet4j.graph.Value;
import org.resnet4j.graph.Window;
import org.resnet4j.pass.Pass;
import org.resnet4j.pass.Passes;
import org.resnet4j.tensor.BFloat16;
import org.resnet4j.tensor.TensorType;

/**
 * Every operation, forward and backward, on oneDNN against the oracle; {@code ShapeConformanceTest} has the sizes of real
 * networks.
 */
final class ConformanceTest {
    /** Operations between two convolutions. */
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
            Map.entry(
                    "linearWithoutBias",
                    (b, x) -> b.add(
                                    "y",
                                    new Op.Linear(false),
                                    b.globalAvgPool("p", x),
                                    b.weight("y.weight", new Init.UniformFanIn(16), 10, 16))
                            .getFirst()),
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

    /** Both sides round each result to BF16, after sums in another order: a unit or two of its last place. */
    private static final double BF16_TOLERANCE = 4 * BFloat16.UNIT;

    /** Tried by {@code QuantizedTest}. */
    private static final Set<Class<?>> BYTES = Set.of(Op.QuantizedConv2d.class, Op.Quantize.class, Op.Dequantize.class);

    private static final Map<String, Graph> GRAPHS = graphs();
    private static final Map<String, Graph> BF16_GRAPHS = bf16Graphs();

    private static Map<String, Graph> graphs() {
        Map<String, Graph> graphs = new TreeMap<>();
        OPS.keySet().forEach(name -> {
            Graph forward = forward(name);
            graphs.put(name, Gradients.withSeed(forward, forward.outputs().getFirst()));
        });
        Stream.of(
                        loss("loss0.0", new Op.SoftmaxCrossEntropy(0, false)),
                        loss("loss0.1", new Op.SoftmaxCrossEntropy(0.1, false)),
                        loss("softLoss", new Op.SoftmaxCrossEntropy(0.1, true)),
                        loss("binaryLoss", new Op.SigmoidCrossEntropy(0.1, false)),
                        loss("softBinaryLoss", new Op.SigmoidCrossEntropy(0, true)),
                        frozenBatchNorm(),
                        batchNormWithFusedRelu(),
                        inferencePools(),
                        groupsInInference("groupsInInference"),
                        Passes.run(groupsInInference("groupsFolded"), Passes.forInference()),
                        dropoutOfThePictureItself())
                .forEach(g -> graphs.put(g.name(), g));
        for (boolean sum : new boolean[] {false, true}) {
            for (boolean relu : new boolean[] {false, true}) {
                Graph g = foldedAndFused(sum, relu);
                graphs.put(g.name(), g);
            }
        }
        return graphs;
    }

    private static Graph forward(String op) {
        GraphBuilder b = GraphBuilder.of(op, Phase.TRAINING);
        // A convolution before it, so that its gradient goes somewhere and its layouts come from somewhere.
        Value x = b.conv2d("first", b.input("input", TensorType.f32(3, 5, 9, 9)), 16, Window.square(3, 1, 1));
        return b.build(Objects.requireNonNull(OPS.get(op)).apply(b, x));
    }

    private static Map<String, Graph> bf16Graphs() {
        Map<String, Graph> graphs = new TreeMap<>();
        OPS.keySet().forEach(name -> {
            Graph forward = Pass.COMPUTE_IN_BF16.apply(forward(name));
            graphs.put(name, Gradients.withSeed(forward, forward.outputs().getFirst()));
        });
        Stream.of(
                        Passes.run(
                                Pass.COMPUTE_IN_BF16.apply(groupsInInference("groupsFolded")), Passes.forInference()),
                        Passes.run(Pass.COMPUTE_IN_BF16.apply(block()), Passes.forInference()))
                .forEach(g -> graphs.put(g.name(), g));
        return graphs;
    }

    /** With a convolution that takes in the shortcut, and two linear layers. */
    private static Graph block() {
        GraphBuilder b = GraphBuilder.of("block", Phase.INFERENCE);
        Value x = b.relu("relu", b.batchNorm("bn1", first(b)));
        Value y = b.relu("out", b.add("add", b.batchNorm("bn2", b.conv2d("conv2", x, 16, Window.square(3, 1, 1))), x));
        return b.build(b.linear("fc", b.linear("hidden", b.globalAvgPool("avg", y), 12), 10));
    }

    static Set<String> bf16Names() {
        return BF16_GRAPHS.keySet();
    }

    @ParameterizedTest
    @MethodSource("bf16Names")
    void forwardAndBackwardInBf16(String name) {
        Sessions.assertAgree(Objects.requireNonNull(BF16_GRAPHS.get(name)), BF16_TOLERANCE);
    }

    static Set<String> names() {
        return GRAPHS.keySet();
    }

    @ParameterizedTest
    @MethodSource("names")
    void forwardAndBackward(String name) {
        Sessions.assertAgree(Objects.requireNonNull(GRAPHS.get(name)), Fill.UNIFORM);
    }

    @Test
    void noOperationIsLeftOut() {
        Set<Class<?>> tried = Stream.of(GRAPHS, BF16_GRAPHS)
                .flatMap(graphs -> graphs.values().stream())
                .flatMap(g -> g.nodes().stream())
                .map(n -> n.op().getClass())
                .collect(Collectors.toCollection(HashSet::new));
        tried.addAll(BYTES);
        assertThat(tried).containsExactlyInAnyOrderElementsOf(records(Op.class).toList());
    }

    private static Stream<Class<?>> records(Class<?> type) {
        return type.isRecord()
                ? Stream.of(type)
                : Arrays.stream(type.getPermittedSubclasses()).flatMap(ConformanceTest::records);
    }

    private static Graph loss(String name, Op.Loss op) {
        GraphBuilder b = GraphBuilder.of(name, Phase.TRAINING);
        Value logits = b.linear("fc", b.input("input", TensorType.f32(7, 6)), 4);
        Value loss = b.loss(logits, op);
        return Gradients.of(b.build(loss, logits), loss);
    }

    private static Value first(GraphBuilder b) {
        return b.conv2d("conv", b.input("input", TensorType.f32(2, 3, 8, 8)), 16, Window.square(3, 1, 1));
    }

    private static Graph frozenBatchNorm() {
        GraphBuilder b = GraphBuilder.of("frozenBatchNorm", Phase.TRAINING_FROZEN_NORM);
        Value y = b.batchNorm("bn", first(b));
        return Gradients.withSeed(b.build(y), y);
    }

    private static Graph batchNormWithFusedRelu() {
        GraphBuilder b = GraphBuilder.of("batchNormWithFusedRelu", Phase.TRAINING);
        Value y = b.relu("relu", b.batchNorm("bn", first(b)));
        return Gradients.withSeed(Passes.run(b.build(y), Passes.forTraining()), y);
    }

    private static Graph inferencePools() {
        GraphBuilder b = GraphBuilder.of("inferencePools", Phase.INFERENCE);
        return b.build(b.globalAvgPool("avg", b.maxPool("max", first(b), Window.square(3, 2, 1))));
    }

    private static Graph groupsInInference(String name) {
        GraphBuilder b = GraphBuilder.of(name, Phase.INFERENCE);
        Value x = b.input("input", TensorType.f32(2, 8, 9, 9));
        Op.Conv2d groups = new Op.Conv2d(Window.square(3, 1, 1), 4, true);
        return b.build(b.batchNorm("bn", b.conv2d("conv", x, 32, groups)));
    }

    private static Graph dropoutOfThePictureItself() {
        GraphBuilder b = GraphBuilder.of("dropoutOfThePictureItself", Phase.TRAINING);
        Value x = b.dropout("drop", b.input("input", TensorType.f32(2, 3, 8, 8)), 0.3);
        Value y = b.conv2d("conv", x, 16, Window.square(3, 1, 1));
        return Gradients.withSeed(b.build(y), y);
    }

    /** Batch norm folded into a convolution, with a bias of its own or without, that adds and cuts off in one go. */
    private static Graph foldedAndFused(boolean sum, boolean relu) {
        GraphBuilder b = GraphBuilder.of("fused" + (sum ? "Sum" : "") + (relu ? "Relu" : ""), Phase.INFERENCE);
        Value x = first(b);
        List<Value> norm = new ArrayList<>(List.of(
                b.weight("c.weight", new Init.HeNormal(), 16, 16, 3, 3),
                b.weight("c.bn.weight", new Init.Constant(1), 16),
                b.weight("c.bn.bias", new Init.Constant(0), 16),
                b.weight("c.bn.running_mean", new Init.Constant(0), 16),
                b.weight("c.bn.running_var", new Init.Constant(1), 16)));
        if (relu) {
            norm.add(b.weight("c.bias", new Init.Constant(0), 16));
        }
        List<Value> folded = b.add("fold", new Op.FoldBatchNorm(1e-3, relu), norm.toArray(Value[]::new));
        Op.FusedConv2d op = new Op.FusedConv2d(new Op.Conv2d(Window.square(3, 1, 1), 1, true), sum, relu);
        List<Value> operands = new ArrayList<>(List.of(x, folded.get(0), folded.get(1)));
        if (sum) {
            operands.add(x);
        }
        return b.build(b.add("y", op, operands.toArray(Value[]::new)).getFirst());
    }
}
