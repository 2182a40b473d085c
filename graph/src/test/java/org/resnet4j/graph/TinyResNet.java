package org.resnet4j.graph;

import org.resnet4j.builder.GraphBuilder;
import org.resnet4j.tensor.Shape;
import org.resnet4j.tensor.TensorType;

/** A residual network small enough to print: a stem, one basic block with an identity shortcut, one with a projection. */
public final class TinyResNet {
    private TinyResNet() {}

    /** Logits only for inference; with a loss as the first output otherwise. */
    public static Graph of(Phase phase) {
        GraphBuilder b = GraphBuilder.of("tiny", phase);
        Value x = b.input("input", TensorType.f32(Shape.BATCH, 3, 8, 8));
        x = unit(b, "", x, 4, 1);
        x = block(b, "layer1.0", x, 4, 1);
        x = block(b, "layer2.0", x, 8, 2);
        x = b.flatten(
                "flatten",
                b.add("avgpool", new Op.AvgPool(Window.square(4, 4, 0), false), x)
                        .getFirst());
        Value logits = b.linear("fc", x, 10);
        return phase == Phase.INFERENCE ? b.build(logits) : b.build(b.loss(logits, 0), logits);
    }

    private static Value unit(GraphBuilder b, String prefix, Value x, long oc, int stride) {
        Value y = b.conv2d(prefix + "conv1", x, oc, Window.square(3, stride, 1));
        return b.relu(prefix + "relu", b.batchNorm(prefix + "bn1", y));
    }

    private static Value block(GraphBuilder b, String name, Value x, long oc, int stride) {
        Value y = unit(b, name + ".", x, oc, stride);
        y = b.batchNorm(name + ".bn2", b.conv2d(name + ".conv2", y, oc, Window.square(3, 1, 1)));
        Value identity = stride == 1
                ? x
                : b.batchNorm(
                        name + ".downsample.1", b.conv2d(name + ".downsample.0", x, oc, Window.square(1, stride, 0)));
        return b.relu(name, b.add(name + ".add", y, identity));
    }
}
