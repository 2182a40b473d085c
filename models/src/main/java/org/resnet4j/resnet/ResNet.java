package org.resnet4j.resnet;

import org.resnet4j.builder.GraphBuilder;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Init;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Phase;
import org.resnet4j.graph.Value;
import org.resnet4j.graph.Window;
import org.resnet4j.resnet.ResNetSpec.Shortcut;
import org.resnet4j.resnet.ResNetSpec.Stride;
import org.resnet4j.resnet.ResNetSpec.ZeroPad;
import org.resnet4j.tensor.Shape;
import org.resnet4j.tensor.TensorType;

/**
 * Builds the graph of a {@link ResNetSpec}.
 *
 * <p>Input {@code input} f32[N, 3, S, S]; logits {@code fc} f32[N, classes]. Modules are named as torchvision names them, and
 * the value of a module is its output: {@code layer2.0} is the output of that block after its last ReLU. Stateless.
 */
public final class ResNet {
    private static final double EPSILON = 1e-5;
    private static final double MOMENTUM = 0.1;
    private static final Init ONE = new Init.Constant(1);

    private final ResNetSpec spec;
    private final GraphBuilder b;

    private ResNet(ResNetSpec spec, GraphBuilder b) {
        this.spec = spec;
        this.b = b;
    }

    /** The network for evaluation or training, with the logits as its one output. */
    public static Graph graph(ResNetSpec spec, Phase phase) {
        GraphBuilder b = GraphBuilder.of(spec.name(), phase);
        Value logits = new ResNet(spec, b).logits();
        return b.build(logits);
    }

    /** The network for training with the loss against class indices: outputs {@code loss} and {@code fc}, input {@code targets}. */
    public static Graph trainingGraph(ResNetSpec spec, Phase phase, double labelSmoothing) {
        GraphBuilder b = GraphBuilder.of(spec.name(), phase);
        Value logits = new ResNet(spec, b).logits();
        return b.build(b.loss(logits, labelSmoothing), logits);
    }

    private Value logits() {
        Value x = stem(b.input("input", TensorType.f32(Shape.BATCH, 3, spec.inputSize(), spec.inputSize())));
        for (int stage = 0; stage < spec.depths().size(); stage++) {
            for (int i = 0; i < spec.depths().get(stage); i++) {
                int stride = stage > 0 && i == 0 ? 2 : 1;
                x = block("layer" + (stage + 1) + "." + i, x, spec.widths().get(stage), stride);
            }
        }
        return b.linear("fc", b.globalAvgPool("avgpool", x), spec.classes());
    }

    private Value stem(Value input) {
        int width = spec.widths().getFirst();
        return switch (spec.stem()) {
            case CIFAR -> normRelu("bn1", b.conv2d("conv1", input, width, Window.square(3, 1, 1)), "relu");
            case IMAGENET -> {
                Value x = normRelu("bn1", b.conv2d("conv1", input, width, Window.square(7, 2, 3)), "relu");
                yield b.maxPool("maxpool", x, Window.square(3, 2, 1));
            }
        };
    }

    private Value normRelu(String norm, Value x, String relu) {
        return b.relu(relu, b.batchNorm(norm, x, EPSILON, MOMENTUM, ONE));
    }

    private Value block(String name, Value x, int width, int stride) {
        Value y = switch (spec.block()) {
            case BASIC -> basic(name, x, width, stride);
            case BOTTLENECK -> bottleneck(name, x, width, stride);
        };
        if (!spec.residual()) {
            return b.relu(name, y);
        }
        return b.relu(
                name,
                b.add(name + ".add", y, shortcut(name, x, width * spec.block().expansion(), stride)));
    }

    private Value basic(String name, Value x, int width, int stride) {
        Value y = b.conv2d(name + ".conv1", x, width, Window.square(3, stride, 1));
        y = normRelu(name + ".bn1", y, name + ".relu");
        y = b.conv2d(name + ".conv2", y, width, Window.square(3, 1, 1));
        return b.batchNorm(name + ".bn2", y, EPSILON, MOMENTUM, lastGamma());
    }

    private Value bottleneck(String name, Value x, int width, int stride) {
        int first = spec.stride() == Stride.V1 ? stride : 1;
        Value y = b.conv2d(name + ".conv1", x, width, Window.square(1, first, 0));
        y = normRelu(name + ".bn1", y, name + ".relu1");
        y = b.conv2d(name + ".conv2", y, width, Window.square(3, stride / first, 1));
        y = normRelu(name + ".bn2", y, name + ".relu2");
        y = b.conv2d(name + ".conv3", y, (long) width * spec.block().expansion(), Window.square(1, 1, 0));
        return b.batchNorm(name + ".bn3", y, EPSILON, MOMENTUM, lastGamma());
    }

    private Init lastGamma() {
        return spec.residual() && spec.zeroInitLastGamma() ? new Init.Constant(0) : ONE;
    }

    private Value shortcut(String name, Value x, int channels, int stride) {
        int from = x.type().shape().intDim(1);
        boolean changes = stride != 1 || from != channels;
        if (spec.shortcut() == Shortcut.C || (spec.shortcut() == Shortcut.B && changes)) {
            Value y = b.conv2d(name + ".downsample.0", x, channels, Window.square(1, stride, 0));
            return b.batchNorm(name + ".downsample.1", y, EPSILON, MOMENTUM, ONE);
        }
        if (!changes) {
            return x;
        }
        int zeros = channels - from;
        int before = spec.pad() == ZeroPad.SPLIT ? zeros / 2 : 0;
        return b.add(name + ".downsample", new Op.PadShortcut(stride, before, zeros - before), x)
                .getFirst();
    }
}
