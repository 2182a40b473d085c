package org.resnet4j.engine.onednn;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.builder.GraphBuilder;
import org.resnet4j.engine.onednn.Sessions.Fill;
import org.resnet4j.grad.Gradients;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Phase;
import org.resnet4j.graph.Value;
import org.resnet4j.graph.Window;
import org.resnet4j.pass.Passes;
import org.resnet4j.tensor.TensorType;

/**
 * Every operation of ResNet-50 and of the CIFAR networks in every size that it has there, forward and backward, on oneDNN against
 * the oracle: with whole numbers, where nothing may differ, and with others. The lists are {@code /shapes/*}; the {@code models}
 * module's {@code ShapeListTest} holds them to the networks.
 */
final class ShapeConformanceTest {
    static Stream<String> lines() {
        return Stream.of("resnet50", "cifar").flatMap(ShapeConformanceTest::lines);
    }

    private static Stream<String> lines(String list) {
        try (InputStream in = ShapeConformanceTest.class.getResourceAsStream("/shapes/" + list)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(l -> !l.startsWith("#"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("lines")
    void agrees(String line) {
        String[] words = line.split(" ");
        int[] n = Arrays.stream(words).skip(1).mapToInt(Integer::parseInt).toArray();
        Graph graph = graph(line, words[0], n);
        Sessions.assertAgree(graph, words[0].equals("normRelu") ? Fill.APART : Fill.UNIFORM);
        if (exact(words[0], n)) {
            Sessions.assertAgree(graph, Fill.WHOLE);
        }
        if (WinogradTest.usesWinograd(Sessions.onednn(), graph)) {
            Sessions.assertAgree(graph, WinogradTest.TOLERANCE);
        }
    }

    /** True if an operation makes whole numbers, or multiples of a power of two, of whole numbers. */
    private static boolean exact(String op, int[] n) {
        return switch (op) {
            case "norm", "normRelu" -> false;
            case "globalAvgPool" -> Integer.bitCount(n[1]) == 1;
            default -> true;
        };
    }

    /**
     * A trainable factor a channel before it makes the gradient of its source needed, and costs next to nothing. A batch norm
     * takes any such factor out again, so that the factor's own gradient is nothing but rounding: there the gradient of the source
     * is looked at itself.
     */
    private static Graph graph(String name, String op, int[] n) {
        GraphBuilder b = GraphBuilder.of(name, Phase.TRAINING);
        int size = op.equals("linear") ? 1 : n[1];
        // One large picture; two small ones, so that an image's stride counts.
        Value input = b.input("input", TensorType.f32(size > 32 ? 1 : 2, n[0], size, size));
        Value x = b.conv2d("factor", input, n[0], new Op.Conv2d(Window.square(1, 1, 0), n[0], false));
        Value y = switch (op) {
            case "conv" -> b.conv2d("y", x, n[2], Window.square(n[3], n[4], n[5]));
            case "norm" -> b.batchNorm("y", x);
            case "normRelu" -> b.relu("y", b.batchNorm("bn", x));
            case "addRelu" -> b.relu("y", b.add("add", x, input));
            case "maxPool" -> b.maxPool("y", x, Window.square(n[2], n[3], n[4]));
            case "globalAvgPool" -> b.globalAvgPool("y", x);
            case "linear" -> b.linear("y", b.globalAvgPool("pool", x), n[1]);
            case "padShortcut" ->
                b.add("y", new Op.PadShortcut(n[2], n[3], n[4]), x).getFirst();
            default -> throw new IllegalArgumentException("no operation is named " + op);
        };
        Graph g = Gradients.withSeed(Passes.run(b.build(y), Passes.forTraining()), y);
        return op.startsWith("norm") ? withDiffSrc(g) : g;
    }

    private static Graph withDiffSrc(Graph g) {
        Node backward = g.nodes().stream()
                .filter(n -> n.op() instanceof Op.BatchNormBackward)
                .findFirst()
                .orElseThrow();
        List<Graph.Binding> gradients = g.gradients().stream()
                .filter(b -> !b.parameter().name().equals("factor.weight"))
                .toList();
        List<Value> outputs = List.of(g.outputs().getFirst(), backward.output());
        return new Graph(g.name(), g.inputs(), g.parameters(), g.nodes(), outputs, g.updates(), gradients);
    }
}
