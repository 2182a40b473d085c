package org.resnet4j.resnet;

import org.resnet4j.builder.GraphBuilder;
import org.resnet4j.graph.Init;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Value;
import org.resnet4j.graph.Window;
import org.resnet4j.resnet.ResNetSpec.Shortcut;
import org.resnet4j.resnet.ResNetSpec.Stem;
import org.resnet4j.resnet.ResNetSpec.Stride;
import org.resnet4j.resnet.ResNetSpec.ZeroPad;
import org.resnet4j.resnet.Variant.Order;
import org.resnet4j.tensor.Shape;

/**
 * Builds the graph of a {@link ResNetSpec}.
 *
 * <p>Modules are named as torchvision and timm name them, and the value of a module is its output: {@code layer2.0} is the output
 * of that block after its last ReLU. Stateless.
 */
public final class ResNet {
    private static final double MOMENTUM = 0.1;
    private static final Init ONE = new Init.Constant(1);

    private final ResNetSpec spec;
    private final Variant variant;
    private final Naming names;
    private final GraphBuilder b;

    /** Blocks built so far. */
    private int built;

    private ResNet(ResNetSpec spec, GraphBuilder b) {
        this.spec = spec;
        this.variant = spec.variant();
        this.names = new Naming(variant.order());
        this.b = b;
    }

    /** Adds the network to {@code b}, on pictures [N, 3, H, W] of any size; returns the logits. */
    public static Value logits(ResNetSpec spec, GraphBuilder b, Value input) {
        return new ResNet(spec, b).logits(input);
    }

    private Value logits(Value input) {
        Value x = stem(input);
        for (int stage = 0; stage < spec.depths().size(); stage++) {
            for (int i = 0; i < spec.depths().get(stage); i++) {
                int stride = stage > 0 && i == 0 ? 2 : 1;
                x = block(names.block(stage, i), x, spec.widths().get(stage), stride);
            }
        }
        return switch (variant.order()) {
            case POST -> b.linear("fc", b.globalAvgPool("avgpool", x), spec.classes());
            case PRE -> head(normRelu("norm", x, "norm.relu"));
        };
    }

    /** timm's classifier of v2 networks is a convolution over one pixel; its weights have four dimensions. */
    private Value head(Value x) {
        Value mean = mean("head.global_pool", x);
        long channels = mean.type().shape().dim(1);
        Init init = new Init.UniformFanIn(channels);
        Value weights = b.weight("head.fc.weight", init, spec.classes(), channels, 1, 1);
        Value bias = b.weight("head.fc.bias", init, spec.classes());
        Op.Conv2d op = new Op.Conv2d(Window.square(1, 1, 0), 1, true);
        return b.flatten(
                "head.fc", b.add("head.fc.conv", op, mean, weights, bias).getFirst());
    }

    /** The mean over all pixels as one pixel. */
    private Value mean(String name, Value x) {
        Shape s = x.type().shape();
        Window whole = new Window(s.intDim(2), s.intDim(3), 1, 1, 0, 0);
        return b.add(name, new Op.AvgPool(whole, false), x).getFirst();
    }

    private Value conv(String name, Value x, long channels, Window window) {
        return b.conv2d(name, x, channels, new Op.Conv2d(window, 1, variant.bias()));
    }

    private Value norm(String name, Value x, Init scale) {
        return b.batchNorm(name, x, variant.epsilon(), MOMENTUM, scale);
    }

    private Value normRelu(String norm, Value x, String relu) {
        return b.relu(relu, norm(norm, x, ONE));
    }

    private Value stem(Value input) {
        int width = spec.stemWidth();
        Value x = switch (spec.stem()) {
            case CIFAR -> conv(spec.firstConvolution(), input, width, Window.square(3, 1, 1));
            case IMAGENET -> conv(spec.firstConvolution(), input, width, Window.square(7, 2, 3));
            case DEEP -> deepStem(input, width);
        };
        boolean first = variant.order() == Order.POST;
        x = first ? normRelu("bn1", x, "relu") : x;
        return spec.stem() == Stem.CIFAR ? x : b.maxPool(first ? "maxpool" : "stem.pool", x, Window.square(3, 2, 1));
    }

    private Value deepStem(Value input, int width) {
        int narrow = Math.max(1, width / 2);
        Value x = input;
        for (int i = 0; i < 2; i++) {
            x = conv(names.stem(i), x, narrow, Window.square(3, i == 0 ? 2 : 1, 1));
            x = normRelu(names.stemNorm(i), x, names.stemNorm(i) + ".relu");
        }
        return conv(names.stem(2), x, width, Window.square(3, 1, 1));
    }

    private Value block(String name, Value x, int width, int stride) {
        boolean normsFirst = variant.order() == Order.PRE;
        int channels = width * spec.block().expansion();
        Value activated = normsFirst ? normRelu(names.norm(name, 1), x, name + ".preact") : x;
        Value y = branch(name, activated, width, stride);
        y = variant.squeeze() > 0 ? squeezeAndExcite(name + ".se", y) : y;
        double rate = variant.stochasticDepth() * built++ / Math.max(1, spec.blocks() - 1);
        if (!spec.residual()) {
            return normsFirst ? y : b.relu(name, y);
        }
        y = b.dropPath(name + ".drop_path", y, rate);
        Value bridge = shortcut(name, x, activated, channels, stride);
        return normsFirst ? b.add(name, y, bridge) : b.relu(name, b.add(name + ".add", y, bridge));
    }

    /** The weighted layers of a block; {@code x} is the block's input or, with norms first, its activation. */
    private Value branch(String name, Value x, int width, int stride) {
        return switch (spec.block()) {
            case BASIC -> {
                Value y = conv(name + ".conv1", x, width, Window.square(3, stride, 1));
                y = between(name, y, 1, ".relu");
                yield last(name, 2, y, width, Window.square(3, 1, 1));
            }
            case BOTTLENECK -> {
                int first = spec.stride() == Stride.V1 ? stride : 1;
                int middle = spec.middle(width);
                Value y = conv(name + ".conv1", x, middle, Window.square(1, first, 0));
                y = between(name, y, 1, ".relu1");
                Op.Conv2d op = new Op.Conv2d(Window.square(3, stride / first, 1), variant.groups(), variant.bias());
                y = between(name, b.conv2d(name + ".conv2", y, middle, op), 2, ".relu2");
                long channels = (long) width * spec.block().expansion();
                yield last(name, 3, y, channels, Window.square(1, 1, 0));
            }
        };
    }

    /** Norm and ReLU between convolution {@code i} and the next. */
    private Value between(String name, Value x, int i, String relu) {
        return normRelu(names.norm(name, variant.order() == Order.POST ? i : i + 1), x, name + relu);
    }

    /** A branch's last convolution, the {@code i}-th, and its norm, one of which starts at zero where the spec asks for it. */
    private Value last(String name, int i, Value x, long channels, Window window) {
        boolean zero = spec.residual() && spec.zeroInitLastGamma();
        if (variant.order() == Order.POST) {
            Value y = conv(name + ".conv" + i, x, channels, window);
            return norm(names.norm(name, i), y, zero ? new Init.Constant(0) : ONE);
        }
        Init init = zero ? new Init.Constant(0) : new Init.HeNormal();
        return b.conv2d(name + ".conv" + i, x, channels, new Op.Conv2d(window, 1, variant.bias()), init);
    }

    private Value squeezeAndExcite(String name, Value x) {
        int channels = x.type().shape().intDim(1);
        Op.Conv2d one = new Op.Conv2d(Window.square(1, 1, 0), 1, true);
        Value y = b.conv2d(name + ".fc1", mean(name + ".mean", x), spec.squeezed(channels), one);
        y = b.conv2d(name + ".fc2", b.relu(name + ".act", y), channels, one);
        return b.add(name, new Op.ChannelGate(), x, y).getFirst();
    }

    /** Option A and the identity take the block's input {@code x}; projections take {@code activated}, as He et al. 2016b do. */
    private Value shortcut(String name, Value x, Value activated, int channels, int stride) {
        int from = x.type().shape().intDim(1);
        boolean changes = stride != 1 || from != channels;
        if (spec.shortcut() == Shortcut.C || (spec.shortcut() == Shortcut.B && changes)) {
            return projection(name, activated, channels, stride);
        }
        if (!changes) {
            return x;
        }
        int zeros = channels - from;
        int before = spec.pad() == ZeroPad.SPLIT ? zeros / 2 : 0;
        return b.add(name + ".downsample", new Op.PadShortcut(stride, before, zeros - before), x)
                .getFirst();
    }

    private Value projection(String name, Value x, int channels, int stride) {
        boolean average = variant.averageDown();
        Value y = x;
        if (average && stride > 1) {
            Op.AvgPool pool = new Op.AvgPool(Window.square(stride, stride, 0), false, true);
            y = b.add(names.projectionPool(name), pool, y).getFirst();
        }
        String module = names.projection(name, average);
        y = conv(module, y, channels, Window.square(1, average ? 1 : stride, 0));
        return variant.order() == Order.PRE ? y : norm(names.projectionNorm(name, average), y, ONE);
    }
}
