package org.resnet4j.pass;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Value;
import org.resnet4j.tensor.DType;

/** {@link Pass#COMPUTE_IN_BF16}. */
final class HalfPrecision extends TwoForms {
    /** The last linear layer is small, and 8 bits of a logit would be few. */
    private final @Nullable Node classifier;

    private HalfPrecision(Graph graph) {
        super(graph);
        this.classifier = graph.nodes().stream()
                .filter(n -> n.op() instanceof Op.Linear)
                .reduce((_, last) -> last)
                .orElse(null);
    }

    static Graph of(Graph graph) {
        HalfPrecision pass = new HalfPrecision(graph);
        for (Node node : graph.nodes()) {
            if (!(node.op() instanceof Op.Forward op)) {
                throw new IllegalArgumentException(graph.name() + ", " + node.name()
                        + ": bf16 comes before gradients and before the passes for inference, found " + node.op());
            }
            pass.add(node, pass.narrowed(node, op));
        }
        return pass.done();
    }

    @Override
    Op narrowing(Value v) {
        return new Op.Cast(DType.BF16);
    }

    @Override
    Op widening(Value v) {
        return new Op.Cast(v.type().dtype());
    }

    /** How many operands, from the first on, are read as BF16; 0 for an operation that is done in F32. */
    private int narrowed(Node node, Op.Forward op) {
        return switch (op) {
            case Op.Conv2d _, Op.BatchNorm _, Op.BatchNormInference _, Op.Relu _ -> 1;
            case Op.MaxPool _, Op.AvgPool _, Op.GlobalAvgPool _, Op.Flatten _, Op.PadShortcut _ -> 1;
            case Op.Add _, Op.AddRelu _, Op.ChannelGate _ -> 2;
            case Op.Gate _ -> 3;
            case Op.Linear _ -> node.equals(classifier) ? 0 : 1;
            case Op.Softmax _, Op.Loss _, Op.Dropout _, Op.DropPath _, Op.Cast _ -> 0;
        };
    }

    private void add(Node node, int count) {
        List<Value> operands = new ArrayList<>();
        for (int i = 0; i < node.inputs().size(); i++) {
            operands.add(i < count ? narrow(node.input(i)) : wide(node.input(i)));
        }
        put(node, node.op(), operands);
    }
}
