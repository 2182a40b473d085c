package org.resnet4j.bench;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** A CIFAR ResNet with option A in libtorch, eager, weights and pictures channels-last, which is its faster layout. */
final class LibtorchTraining implements Contestant {
    private record Norm(Tensor scale, Tensor shift, Tensor mean, Tensor variance) {}

    private record Unit(Tensor conv, Norm norm, int stride) {
        Tensor apply(Tensor x) {
            Tensor y = torch.conv2d(
                    x,
                    conv,
                    new TensorOptional(),
                    new long[] {stride, stride},
                    new long[] {1, 1},
                    new long[] {1, 1},
                    1);
            return torch.batch_norm(
                    y,
                    new TensorOptional(norm.scale),
                    new TensorOptional(norm.shift),
                    new TensorOptional(norm.mean),
                    new TensorOptional(norm.variance),
                    true,
                    0.1,
                    1e-5,
                    false);
        }
    }

    private record Block(Unit first, Unit second) {
        Tensor apply(Tensor x) {
            Tensor branch = second.apply(torch.relu_(first.apply(x)));
            return torch.relu_(branch.add_(shortcut(x)));
        }

        /** Every second pixel, zeros for the new channels behind the others, as the specs by name have it. */
        private Tensor shortcut(Tensor x) {
            if (first.stride() == 1) {
                return x;
            }
            long more = first.conv().size(0) - x.size(1);
            Tensor half = x.slice(2, new LongOptional(), new LongOptional(), 2)
                    .slice(3, new LongOptional(), new LongOptional(), 2);
            return torch.constant_pad_nd(half, new long[] {0, 0, 0, 0, 0, more});
        }
    }

    private final PointerScope owned = new PointerScope();
    private final Unit stem;
    private final List<Block> blocks = new ArrayList<>();
    private final Tensor fcWeight;
    private final Tensor fcBias;
    private final Tensor images;
    private final Tensor labels;
    private final SGD sgd;

    /** {@code depth} = 6n + 2; {@code weights} gives a parameter by torchvision's name, row-major. */
    LibtorchTraining(int depth, SyntheticBatch batch, int threads, Function<String, float[]> weights) {
        torch.set_num_threads(threads);
        TensorVector parameters = new TensorVector();
        Builder make = new Builder(weights, parameters);
        stem = make.unit("conv1", "bn1", 3, 16, 1);
        int width = 16;
        for (int stage = 1; stage <= 3; stage++) {
            for (int i = 0; i < (depth - 2) / 6; i++) {
                int out = 16 << (stage - 1);
                String name = "layer" + stage + "." + i + ".";
                int stride = i == 0 && stage > 1 ? 2 : 1;
                blocks.add(new Block(
                        make.unit(name + "conv1", name + "bn1", width, out, stride),
                        make.unit(name + "conv2", name + "bn2", out, out, 1)));
                width = out;
            }
        }
        fcWeight = make.parameter("fc.weight", 10, width);
        fcBias = make.parameter("fc.bias", 10);
        float[] pixels = batch.images().toArray(ValueLayout.JAVA_FLOAT);
        images = Builder.tensor(pixels, batch.size(), 3, batch.side(), batch.side())
                .contiguous(torch.MemoryFormat.ChannelsLast);
        IntPointer ints = new IntPointer(batch.labels().toArray(ValueLayout.JAVA_INT));
        labels = torch.from_blob(ints, new long[] {batch.size()}, torch.dtype(torch.ScalarType.Int))
                .to(torch.ScalarType.Long)
                .clone();
        SGDOptions options = new SGDOptions(OurTraining.LEARNING_RATE);
        options.momentum().put(0.9);
        options.weight_decay().put(1e-4);
        sgd = new SGD(parameters, options);
        owned.detach(ints);
    }

    private record Builder(Function<String, float[]> weights, TensorVector all) {
        static Tensor tensor(float[] values, long... shape) {
            try (FloatPointer floats = new FloatPointer(values)) {
                return torch.from_blob(floats, shape, torch.dtype(torch.ScalarType.Float)).clone();
            }
        }

        Tensor parameter(String name, long... shape) {
            Tensor t = tensor(weights.apply(name), shape);
            t = shape.length == 4 ? t.contiguous(torch.MemoryFormat.ChannelsLast) : t;
            t.set_requires_grad(true);
            all.push_back(t);
            return t;
        }

        Unit unit(String conv, String bn, int in, int out, int stride) {
            Tensor weight = parameter(conv + ".weight", out, in, 3, 3);
            Norm norm = new Norm(
                    parameter(bn + ".weight", out),
                    parameter(bn + ".bias", out),
                    tensor(weights.apply(bn + ".running_mean"), out),
                    tensor(weights.apply(bn + ".running_var"), out));
            return new Unit(weight, norm, stride);
        }
    }

    @Override
    public double step() {
        try (PointerScope _ = new PointerScope()) {
            sgd.zero_grad();
            Tensor x = torch.relu_(stem.apply(images));
            for (Block block : blocks) {
                x = block.apply(x);
            }
            Tensor pooled = torch.adaptive_avg_pool2d(x, 1, 1).flatten(1, -1);
            Tensor logits = torch.linear(pooled, fcWeight, new TensorOptional(fcBias));
            Tensor loss = torch.cross_entropy_loss(logits, labels);
            loss.backward();
            sgd.step();
            return loss.item_float();
        }
    }

    @Override
    public void close() {
        owned.close();
    }
}
