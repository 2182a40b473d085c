package org.resnet4j.pass;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.resnet4j.builder.GraphBuilder;
import org.resnet4j.grad.Gradients;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.GraphPrinter;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Phase;
import org.resnet4j.graph.TinyResNet;
import org.resnet4j.graph.Value;
import org.resnet4j.graph.Window;
import org.resnet4j.tensor.TensorType;

final class PassTest {
    private static final Window SAME = Window.square(3, 1, 1);
    private static final Op.Conv2d BIASED = new Op.Conv2d(SAME, 1, true);

    /** Each node as {@code name:operation(operands)->result}, by names. */
    private static List<String> lines(Graph graph) {
        return graph.nodes().stream()
                .map(n -> n.name() + ":" + GraphPrinter.describe(n.op()).replaceAll("\\[.*]", "")
                        + n.inputs().stream().map(Value::name).toList() + "->"
                        + n.output().name())
                .toList();
    }

    private static GraphBuilder builder(Phase phase) {
        return GraphBuilder.of("net", phase);
    }

    private static Value picture(GraphBuilder b) {
        return b.input("x", TensorType.f32(2, 4, 8, 8));
    }

    @Test
    void fusesNormAndReluWithAWorkspace() {
        GraphBuilder b = builder(Phase.TRAINING);
        Graph graph = b.build(b.flatten("f", b.relu("relu", b.batchNorm("bn", picture(b)))));
        Graph fused = Pass.FUSE_NORM_RELU.apply(graph);
        assertThat(lines(fused))
                .containsExactly(
                        "bn:batchNorm+relu[x, bn.weight, bn.bias, bn.running_mean, bn.running_var]->relu",
                        "f:flatten[relu]->f");
        assertThat(fused.nodes().getFirst().outputs().stream().map(Value::toString))
                .containsExactly("%10:relu", "%6:bn.1", "%7:bn.2", "%8:bn.3", "%9:bn.4", "%12:bn.5");
        assertThat(fused.updates()).isEqualTo(graph.updates());
        assertThat(Pass.FUSE_NORM_RELU.apply(fused)).isSameAs(fused);
    }

    @Test
    void keepsWhatIsGivenOutOrUsedTwice() {
        GraphBuilder b = builder(Phase.TRAINING);
        Value norm = b.batchNorm("bn", picture(b));
        Value relu = b.relu("relu", norm);
        Graph output = b.build(relu, norm);
        assertThat(Pass.FUSE_NORM_RELU.apply(output)).isSameAs(output);
        Graph twice = b.build(b.add("add", relu, norm));
        assertThat(Pass.FUSE_NORM_RELU.apply(twice)).isSameAs(twice);
        GraphBuilder c = builder(Phase.INFERENCE);
        Value conv = c.conv2d("conv", picture(c), 4, BIASED);
        Value after = c.relu("relu", conv);
        Graph seen = c.build(after, conv);
        assertThat(Passes.run(seen, Passes.forInference())).isSameAs(seen);
    }

    @Test
    void leavesNormsWithGradientsAlone() {
        GraphBuilder b = builder(Phase.TRAINING);
        Value relu = b.relu("relu", b.batchNorm("bn", picture(b)));
        Graph graph = Gradients.withSeed(b.build(relu), relu);
        assertThat(Pass.FUSE_NORM_RELU.apply(graph)).isSameAs(graph);
        assertThat(Gradients.withSeed(Pass.FUSE_NORM_RELU.apply(b.build(relu)), relu)
                        .nodes()
                        .getLast()
                        .op())
                .isInstanceOfSatisfying(
                        Op.BatchNormBackward.class,
                        o -> assertThat(o.forward().relu()).isTrue());
    }

    @Test
    void fusesAddAndRelu() {
        GraphBuilder b = builder(Phase.TRAINING);
        Value x = picture(b);
        Graph graph = b.build(b.relu("out", b.add("add", x, b.relu("r", x))));
        assertThat(lines(Pass.FUSE_ADD_RELU.apply(graph))).containsExactly("r:relu[x]->r", "add:add+relu[x, r]->out");
    }

    @Test
    void foldsBatchNorm() {
        GraphBuilder b = builder(Phase.INFERENCE);
        Value x = b.batchNorm("bn1", b.conv2d("conv1", picture(b), 4, SAME));
        Graph graph = b.build(b.batchNorm("bn2", b.conv2d("conv2", x, 6, BIASED)));
        Graph folded = Pass.FOLD_BATCH_NORM.apply(graph);
        assertThat(lines(folded))
                .containsExactly(
                        "bn1.fold:foldBatchNorm[conv1.weight, bn1.weight, bn1.bias, bn1.running_mean, bn1.running_var]"
                                + "->bn1.fold",
                        "conv1:conv2d[x, bn1.fold, bn1.fold.1]->bn1",
                        "bn2.fold:foldBatchNorm[conv2.weight, bn2.weight, bn2.bias, bn2.running_mean, bn2.running_var,"
                                + " conv2.bias]->bn2.fold",
                        "conv2:conv2d[bn1, bn2.fold, bn2.fold.1]->bn2");
        assertThat(folded.output("bn2")).isEqualTo(graph.output("bn2"));
        assertThat(folded.parameters()).isEqualTo(graph.parameters());
    }

    @Test
    void doesNotFoldTrainingNorms() {
        Graph graph = TinyResNet.of(Phase.TRAINING);
        assertThat(Pass.FOLD_BATCH_NORM.apply(graph)).isSameAs(graph);
    }

    @Test
    void fusesConvWithReluInPlace() {
        GraphBuilder b = builder(Phase.INFERENCE);
        Graph graph = b.build(b.relu("relu", b.conv2d("conv", picture(b), 4, BIASED)));
        assertThat(lines(Pass.FUSE_CONV.apply(graph)))
                .containsExactly("conv:conv2d+relu[x, conv.weight, conv.bias]->relu");
    }

    @Test
    void lastConvTakesTheOtherIn() {
        GraphBuilder b = builder(Phase.INFERENCE);
        Value x = picture(b);
        Value first = b.conv2d("first", x, 4, BIASED);
        Value last = b.conv2d("last", x, 4, BIASED);
        for (Graph graph : List.of(
                b.build(b.relu("r1", b.add("a1", first, last))), b.build(b.relu("r2", b.add("a2", last, first))))) {
            // the builder keeps what it made: the second graph holds both sums, so no convolution has one user
            Graph alone = Pass.DROP_DEAD_NODES.apply(graph);
            String out = graph.outputs().getFirst().name();
            List<String> expected = List.of(
                    "first:conv2d[x, first.weight, first.bias]->first",
                    "last:conv2d+sum+relu[x, last.weight, last.bias, first]->" + out);
            assertThat(lines(Pass.FUSE_CONV.apply(alone))).isEqualTo(expected);
            assertThat(lines(Passes.run(alone, List.of(Pass.FUSE_ADD_RELU, Pass.FUSE_CONV))))
                    .isEqualTo(expected);
        }
    }

    @Test
    void convMovesBehindAnAddendThatIsMadeLater() {
        GraphBuilder b = builder(Phase.INFERENCE);
        Value x = picture(b);
        Value conv = b.conv2d("conv", x, 4, BIASED);
        Value shortcut = b.add("pad", new Op.PadShortcut(1, 0, 0), x).getFirst();
        Graph graph = b.build(b.add("add", conv, shortcut), shortcut);
        assertThat(lines(Pass.FUSE_CONV.apply(graph)))
                .containsExactly("pad:padShortcut[x]->pad", "conv:conv2d+sum[x, conv.weight, conv.bias, pad]->add");
    }

    @Test
    void convWithoutBiasStays() {
        GraphBuilder b = builder(Phase.INFERENCE);
        Graph graph = b.build(b.relu("relu", b.conv2d("conv", picture(b), 4, SAME)));
        assertThat(Pass.FUSE_CONV.apply(graph)).isSameAs(graph);
    }

    @Test
    void dropsDeadNodesOnly() {
        Graph graph = TinyResNet.of(Phase.INFERENCE);
        assertThat(Pass.DROP_DEAD_NODES.apply(graph)).isSameAs(graph);
        Graph stem = Pass.DROP_DEAD_NODES.apply(graph.withOutputs(List.of(graph.value("relu"))));
        assertThat(stem.nodes().stream().map(Node::name)).containsExactly("conv1", "bn1", "relu");
        Graph training = TinyResNet.of(Phase.TRAINING);
        Graph updated = Pass.DROP_DEAD_NODES.apply(training.withOutputs(List.of()));
        assertThat(updated.nodes().getLast().name()).isEqualTo("layer2.0.downsample.1");
    }

    @Test
    void inferenceOfAResidualNetwork() {
        Graph fused = Passes.run(TinyResNet.of(Phase.INFERENCE), Passes.forInference());
        assertThat(lines(fused).stream().filter(s -> !s.contains(".fold:")))
                .containsExactly(
                        "conv1:conv2d+relu[input, bn1.fold, bn1.fold.1]->relu",
                        "layer1.0.conv1:conv2d+relu[relu, layer1.0.bn1.fold, layer1.0.bn1.fold.1]->layer1.0.relu",
                        "layer1.0.conv2:conv2d+sum+relu[layer1.0.relu, layer1.0.bn2.fold, layer1.0.bn2.fold.1, relu]"
                                + "->layer1.0",
                        "layer2.0.conv1:conv2d+relu[layer1.0, layer2.0.bn1.fold, layer2.0.bn1.fold.1]->layer2.0.relu",
                        "layer2.0.conv2:conv2d[layer2.0.relu, layer2.0.bn2.fold, layer2.0.bn2.fold.1]->layer2.0.bn2",
                        "layer2.0.downsample.0:conv2d+sum+relu[layer1.0, layer2.0.downsample.1.fold,"
                                + " layer2.0.downsample.1.fold.1, layer2.0.bn2]->layer2.0",
                        "avgpool:avgPool[layer2.0]->avgpool",
                        "flatten:flatten[avgpool]->flatten",
                        "fc:linear[flatten, fc.weight, fc.bias]->fc");
    }

    @Test
    void trainingKeepsEveryGradient() {
        Graph graph = TinyResNet.of(Phase.TRAINING);
        Graph fused = Passes.run(graph, Passes.forTraining());
        assertThat(fused.nodes()).noneMatch(n -> n.op() instanceof Op.Relu);
        Graph backward = Gradients.of(fused, fused.output("loss"));
        assertThat(backward.gradients()).hasSize((int)
                graph.parameters().stream().filter(p -> p.trainable()).count());
        assertThat(backward.nodes().stream().filter(n -> n.op() instanceof Op.ReluBackward))
                .hasSize(2);
        assertThat(fused.updates()).isEqualTo(graph.updates());
    }
}
