package org.resnet4j.check;

import java.util.List;
import org.resnet4j.graph.GraphPrinter;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Window;
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.Shape;
import org.resnet4j.tensor.ShapeException;
import org.resnet4j.tensor.TensorType;

/**
 * Result types of an operation from its operands' types: one exhaustive table.
 *
 * <p>Masks and workspaces are given as U8 of the destination's shape; they are opaque, and a backend sizes them itself.
 */
public final class ShapeInference {
    private final Op op;
    private final List<TensorType> in;

    private ShapeInference(Op op, List<TensorType> in) {
        this.op = op;
        this.in = in;
    }

    /**
     * Types of the results of {@code op} on operands of these types.
     *
     * @throws ShapeException if the operands do not fit: operation, expected, found
     */
    public static List<TensorType> infer(Op op, List<TensorType> operands) {
        return new ShapeInference(op, operands).infer();
    }

    private List<TensorType> infer() {
        return switch (op) {
            case Op.Conv2d o -> List.of(conv(o, o.bias() ? 3 : 2));
            case Op.FusedConv2d o -> fusedConv(o);
            case Op.QuantizedConv2d o ->
                List.of(fusedConv(o.forward()).getFirst().withDType(o.to()));
            case Op.Quantize o -> {
                operands(1);
                yield List.of(in.get(0).withDType(o.to()));
            }
            case Op.Dequantize _ -> {
                operands(1);
                require(!in.get(0).dtype().isFloating(), "bytes");
                yield List.of(in.get(0).withDType(DType.F32));
            }
            case Op.BatchNorm o -> {
                channels(picture(0), 5);
                TensorType c = in.get(1);
                yield o.relu() ? List.of(in.get(0), c, c, c, c, mask(in.get(0))) : List.of(in.get(0), c, c, c, c);
            }
            case Op.BatchNormInference _ -> {
                channels(picture(0), 5);
                yield List.of(in.get(0));
            }
            case Op.FoldBatchNorm o -> {
                channelsOf(in.get(0).shape().dim(0), 1, o.bias() ? 6 : 5);
                yield List.of(in.get(0), in.get(1));
            }
            case Op.Relu _ -> same(1);
            case Op.Add _, Op.AddRelu _ -> same(2);
            case Op.MaxPool o -> {
                TensorType dst = pooled(o.window());
                yield o.workspace() ? List.of(dst, mask(dst)) : List.of(dst);
            }
            case Op.AvgPool o -> List.of(o.ceil() ? pooledCeil(o.window()) : pooled(o.window()));
            case Op.Cast o -> {
                operands(1);
                yield List.of(in.get(0).withDType(o.to()));
            }
            case Op.GlobalAvgPool _ ->
                List.of(resized(picture(0).dim(0), picture(0).dim(1)));
            case Op.Flatten _ -> List.of(resized(picture(0).dim(0), picture(0).elementsPerEntry()));
            case Op.Linear o -> linear(o);
            case Op.PadShortcut o -> List.of(padShortcut(o, picture(0)));
            case Op.Dropout _ -> {
                key();
                yield List.of(in.get(0), mask(in.get(0)));
            }
            case Op.DropPath _ -> {
                key();
                yield List.of(in.get(0));
            }
            case Op.ChannelGate _ -> {
                channelGate(2);
                yield List.of(in.get(0));
            }
            case Op.Gate _ -> same(3);
            case Op.Softmax _ -> {
                matrix(0);
                yield same(1);
            }
            case Op.Loss o -> {
                targets(o);
                yield List.of(new TensorType(in.get(0).dtype(), Shape.scalar()));
            }
            case Op.Conv2dBackwardData o -> {
                operands(2);
                yield like(0, o.src());
            }
            case Op.Conv2dBackwardWeights o ->
                weightsAndBias(o.weights(), o.forward().bias());
            case Op.BatchNormBackward o -> batchNormBackward(o.forward().relu() ? 6 : 5);
            case Op.BatchNormInferenceBackward _ -> batchNormBackward(5);
            case Op.ReluBackward _, Op.SoftmaxBackward _ -> same(2);
            case Op.MaxPoolBackward o -> {
                operands(2);
                yield like(1, o.src());
            }
            case Op.AvgPoolBackward o -> like(0, o.src());
            case Op.GlobalAvgPoolBackward o -> like(0, o.src());
            case Op.FlattenBackward o -> like(0, o.src());
            case Op.LinearBackwardData _ -> {
                operands(2);
                matrix(0);
                yield like(
                        0, Shape.of(in.get(0).shape().dim(0), in.get(1).shape().dim(1)));
            }
            case Op.LinearBackwardWeights o -> {
                operands(2);
                yield weightsAndBias(
                        Shape.of(matrix(1).dim(1), matrix(0).dim(1)),
                        o.forward().bias());
            }
            case Op.PadShortcutBackward o -> {
                require(
                        padShortcut(o.forward(), o.src())
                                .shape()
                                .equals(in.get(0).shape()),
                        "a gradient of the shortcut's shape");
                yield like(0, o.src());
            }
            case Op.DropoutBackward _ -> {
                operands(2);
                yield List.of(in.get(1));
            }
            case Op.GateBackward _ -> {
                same(4);
                yield List.of(in.get(0), in.get(1), in.get(2));
            }
            case Op.ChannelGateBackward _ -> {
                channelGate(3);
                require(in.get(2).equals(in.get(0)), "src and diffDst of one type");
                yield List.of(in.get(0), in.get(1));
            }
            case Op.SoftmaxCrossEntropyBackward o -> {
                targets(o.forward());
                yield List.of(in.get(0));
            }
            case Op.SigmoidCrossEntropyBackward o -> {
                targets(o.forward());
                yield List.of(in.get(0));
            }
        };
    }

    private TensorType conv(Op.Conv2d o, int count) {
        operands(count);
        Shape src = picture(0);
        Shape weights = in.get(1).shape();
        require(weights.rank() == 4, "weights [O, I / groups, KH, KW]");
        Window w = o.window();
        require(weights.dim(2) == w.kh() && weights.dim(3) == w.kw(), "a kernel of " + w.kh() + "x" + w.kw());
        require(
                src.dim(1) == Math.multiplyExact(weights.dim(1), (long) o.groups()) && weights.dim(0) % o.groups() == 0,
                "channels that the weights and " + o.groups() + " groups account for");
        if (count > 2) {
            require(in.get(2).shape().equals(Shape.of(weights.dim(0))), "a bias [" + weights.dim(0) + "]");
        }
        return resized(src.dim(0), weights.dim(0), w.outHeight(src.dim(2)), w.outWidth(src.dim(3)));
    }

    private List<TensorType> fusedConv(Op.FusedConv2d o) {
        TensorType dst = conv(o.forward(), o.sum() ? 4 : 3);
        require(!o.sum() || in.get(3).shape().equals(dst.shape()), "an addend of " + dst.shape());
        return List.of(dst);
    }

    private List<TensorType> linear(Op.Linear o) {
        operands(o.bias() ? 3 : 2);
        Shape src = matrix(0);
        Shape weights = matrix(1);
        require(src.dim(1) == weights.dim(1), "weights [O, " + src.dim(1) + "]");
        require(!o.bias() || in.get(2).shape().equals(Shape.of(weights.dim(0))), "a bias [" + weights.dim(0) + "]");
        return List.of(resized(src.dim(0), weights.dim(0)));
    }

    private TensorType padShortcut(Op.PadShortcut o, Shape src) {
        long channels = Math.addExact(src.dim(1), (long) o.before() + o.after());
        return resized(src.dim(0), channels, strided(src.dim(2), o.stride()), strided(src.dim(3), o.stride()));
    }

    private static long strided(long size, int stride) {
        return (size - 1) / stride + 1;
    }

    private TensorType pooled(Window w) {
        operands(1);
        Shape src = picture(0);
        return resized(src.dim(0), src.dim(1), w.outHeight(src.dim(2)), w.outWidth(src.dim(3)));
    }

    private TensorType pooledCeil(Window w) {
        operands(1);
        Shape src = picture(0);
        return resized(src.dim(0), src.dim(1), w.outHeightCeil(src.dim(2)), w.outWidthCeil(src.dim(3)));
    }

    private void key() {
        operands(2);
        require(in.get(1).equals(TensorType.of(DType.S64, 1)), "a key of type s64[1]");
    }

    private void channelGate(int count) {
        operands(count);
        TensorType gate = resized(picture(0).dim(0), picture(0).dim(1), 1, 1);
        require(in.get(1).equals(gate), "a gate of type " + gate);
    }

    private List<TensorType> batchNormBackward(int count) {
        operands(count);
        require(in.get(0).equals(in.get(1)), "src and diffDst of one type");
        channelsOf(picture(0).dim(1), 2, 5);
        return List.of(in.get(0), in.get(2), in.get(2));
    }

    private void targets(Op.Loss o) {
        operands(2);
        Shape logits = matrix(0);
        TensorType expected = o.softTargets() ? in.get(0) : new TensorType(DType.S32, Shape.of(logits.dim(0)));
        require(in.get(1).equals(expected), "targets of type " + expected);
    }

    private List<TensorType> weightsAndBias(Shape weights, boolean bias) {
        operands(2);
        // Parameters stay F32 where pictures are BF16, and so do their gradients.
        DType type = in.get(0).dtype() == DType.BF16 ? DType.F32 : in.get(0).dtype();
        TensorType w = new TensorType(type, weights);
        return bias ? List.of(w, new TensorType(type, Shape.of(weights.dim(0)))) : List.of(w);
    }

    private List<TensorType> same(int count) {
        operands(count);
        for (TensorType t : in) {
            require(t.equals(in.get(0)), "operands of one type");
        }
        return List.of(in.get(0));
    }

    private List<TensorType> like(int operand, Shape shape) {
        return List.of(new TensorType(in.get(operand).dtype(), shape));
    }

    private TensorType resized(long... dims) {
        return new TensorType(in.get(0).dtype(), Shape.of(dims));
    }

    private static TensorType mask(TensorType like) {
        return like.withDType(DType.U8);
    }

    private void channels(Shape picture, int count) {
        channelsOf(picture.dim(1), 1, count);
    }

    /** Operands {@code from} to {@code count} are vectors of {@code c}. */
    private void channelsOf(long c, int from, int count) {
        require(in.size() >= count, count + " operands");
        for (int i = from; i < count; i++) {
            require(in.get(i).shape().equals(Shape.of(c)), "operand " + i + " of shape [" + c + "]");
        }
    }

    private Shape picture(int i) {
        require(in.size() > i && in.get(i).shape().rank() == 4, "operand " + i + " of shape [N, C, H, W]");
        return in.get(i).shape();
    }

    private Shape matrix(int i) {
        require(in.size() > i && in.get(i).shape().rank() == 2, "operand " + i + " of rank 2");
        return in.get(i).shape();
    }

    private void operands(int count) {
        require(in.size() == count, count + " operands");
    }

    private void require(boolean condition, String expected) {
        if (!condition) {
            throw new ShapeException(GraphPrinter.describe(op) + " needs " + expected + ", found " + in);
        }
    }
}
