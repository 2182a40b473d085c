package org.resnet4j.zoo;

import java.util.List;
import org.resnet4j.builder.GraphBuilder;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Phase;
import org.resnet4j.graph.Value;
import org.resnet4j.highway.Highway;
import org.resnet4j.highway.HighwaySpec;
import org.resnet4j.resnet.ResNet;
import org.resnet4j.resnet.ResNetSpec;
import org.resnet4j.tensor.Shape;
import org.resnet4j.tensor.ShapeException;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.vgg.Vgg;
import org.resnet4j.vgg.VggSpec;

/**
 * Graphs of any network. Input {@code input} f32[N, 3, S, S]; logits f32[N, classes] under the name
 * {@link NetworkSpec#classifier}. Stateless.
 */
public final class Networks {
    private Networks() {}

    /** The network for evaluation or training, with the logits as its one output. */
    public static Graph graph(NetworkSpec spec, Phase phase) {
        return graph(spec, phase, spec.inputSize(), spec.inputSize());
    }

    /**
     * The network for pictures of another size than its own, square or not.
     *
     * @throws ShapeException if the network's layers do not fit such pictures
     */
    public static Graph graph(NetworkSpec spec, Phase phase, int height, int width) {
        NetworkSpec.requireCounts(spec.name(), "a picture's height and width", List.of(height, width));
        GraphBuilder b = GraphBuilder.of(spec.name(), phase);
        return b.build(logits(spec, b, height, width));
    }

    /**
     * The network for training with the loss against class indices: outputs {@code loss} and then the logits, an input
     * {@code targets} s32[N], and {@code dropoutKey} s64[1] where something is dropped at random.
     */
    public static Graph trainingGraph(NetworkSpec spec, Phase phase, double labelSmoothing) {
        return trainingGraph(spec, phase, new Op.SoftmaxCrossEntropy(labelSmoothing, false));
    }

    /** The same with any loss; where its targets are soft, {@code targets} is f32[N, classes]. */
    public static Graph trainingGraph(NetworkSpec spec, Phase phase, Op.Loss loss) {
        GraphBuilder b = GraphBuilder.of(spec.name(), phase);
        Value logits = logits(spec, b, spec.inputSize(), spec.inputSize());
        return b.build(b.loss(logits, loss), logits);
    }

    /** The table: which builder reads which description. */
    private static Value logits(NetworkSpec spec, GraphBuilder b, int height, int width) {
        Value input = b.input("input", TensorType.f32(Shape.BATCH, 3, height, width));
        return switch (spec) {
            case ResNetSpec s -> ResNet.logits(s, b, input);
            case VggSpec s -> Vgg.logits(s, b, input);
            case HighwaySpec s -> Highway.logits(s, b, input);
        };
    }
}
