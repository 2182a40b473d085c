package org.resnet4j.graph;

import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.Shape;

/**
 * An operation: a closed set of records that hold attributes only. Operands are in {@link Node}.
 *
 * <p>Each comment reads {@code inputs -> outputs}; pictures are [N, C, H, W], weights [O, I / groups, KH, KW]. Everything
 * else that is known of an operation is one exhaustive {@code switch} elsewhere: shapes in {@code check.ShapeInference},
 * gradients in {@code grad.Gradients}, text in {@link GraphPrinter}, multiply-adds in {@code cost.Cost}, and a lowering in each
 * backend. A new operation does not compile until every table knows it. Names and operand order follow oneDNN's primitives.
 */
public sealed interface Op {
    /** What a user's network is made of; each has a gradient. */
    sealed interface Forward extends Op {}

    /** What {@code grad.Gradients} adds; has no gradient of its own. */
    sealed interface Backward extends Op {}

    /** What the passes for inference leave behind; has no gradient. */
    sealed interface Fused extends Op {}

    /** src, weights[, bias] -> dst. Cross-correlation, as every framework calls convolution. */
    record Conv2d(Window window, int groups, boolean bias) implements Forward {
        /** Checks that there is at least one group. */
        public Conv2d {
            if (groups < 1) {
                throw new IllegalArgumentException("a convolution has at least one group, found " + groups);
            }
        }
    }

    /**
     * src, scale, shift, runningMean, runningVariance -> dst, mean, variance, newMean, newVariance[, workspace]. Training form:
     * normalises by the batch's own mean and biased variance, then moves the running ones by {@code momentum}; the running
     * variance takes the unbiased estimate, as PyTorch does. With {@code relu} the activation is applied too and an opaque
     * mask remembers where it was positive. Ioffe and Szegedy 2015, Algorithm 1.
     */
    record BatchNorm(double epsilon, double momentum, boolean relu) implements Forward {}

    /** src, scale, shift, mean, variance -> dst. Normalises by stored statistics: evaluation, or a frozen layer in training. */
    record BatchNormInference(double epsilon) implements Forward {}

    /** src -> dst. */
    record Relu() implements Forward {}

    /** a, b -> dst of the same shape. */
    record Add() implements Forward {}

    /** a, b -> max(a + b, 0): the end of a residual block. */
    record AddRelu() implements Forward {}

    /** src -> dst[, workspace]; padding counts as minus infinity. The workspace is opaque and needed for the gradient. */
    record MaxPool(Window window, boolean workspace) implements Forward {}

    /**
     * src -> dst; the divisor counts padding if {@code includePadding}. With {@code ceil} a last window that hangs over the edge
     * counts too, and is divided by what it holds: PyTorch's {@code ceil_mode} without padding counted.
     */
    record AvgPool(Window window, boolean includePadding, boolean ceil) implements Forward {
        /** Checks that what hangs over is not counted as padding: oneDNN and PyTorch differ there. */
        public AvgPool {
            if (includePadding && ceil) {
                throw new IllegalArgumentException("average pooling rounds up only where padding is not counted");
            }
        }

        /** Pooling that leaves out windows that hang over. */
        public AvgPool(Window window, boolean includePadding) {
            this(window, includePadding, false);
        }
    }

    /**
     * src -> dst of element type {@code to}, each number the nearest. Pictures of BF16 are worked on as such: a convolution or linear
     * layer rounds its weights to BF16 first and adds up in F32; parameters, statistics and gradients of parameters stay F32.
     */
    record Cast(DType to) implements Forward {
        /** Checks that the type is one that can be computed in. */
        public Cast {
            if (!to.isFloating() || to == DType.F16) {
                throw new IllegalArgumentException("values are cast to f64, f32 or bf16, found " + to);
            }
        }
    }

    /** src [N, C, H, W] -> dst [N, C]. */
    record GlobalAvgPool() implements Forward {}

    /** src [N, C, H, W] -> dst [N, C * H * W] in that order. */
    record Flatten() implements Forward {}

    /** src [N, I], weights [O, I][, bias [O]] -> dst [N, O]. */
    record Linear(boolean bias) implements Forward {}

    /**
     * src -> dst: every {@code stride}-th pixel, {@code before} zero channels in front and {@code after} behind: the paper's
     * parameter-free shortcut, option A of section 3.3.
     */
    record PadShortcut(int stride, int before, int after) implements Forward {
        /** Checks the counts. */
        public PadShortcut {
            if (stride < 1 || before < 0 || after < 0) {
                throw new IllegalArgumentException("a padded shortcut needs stride >= 1 and counts >= 0, found stride "
                        + stride + ", before " + before + ", after " + after);
            }
        }
    }

    /**
     * src, key s64[1] -> dst, mask. Zeroes an element with {@code probability} and scales the others by 1 / (1 - probability).
     * Which ones is a function of (key, stream, position) only.
     */
    record Dropout(double probability, int stream) implements Forward {
        /** Checks the probability. */
        public Dropout {
            if (!(probability >= 0 && probability < 1)) {
                throw new IllegalArgumentException("dropout needs a probability in [0, 1), found " + probability);
            }
        }
    }

    /**
     * src, key s64[1] -> dst. Zeroes a whole sample with {@code probability} and scales the others by 1 / (1 - probability). Which
     * ones is a function of (key, stream, sample) only, so the gradient is the same operation. Huang et al. 2016.
     */
    record DropPath(double probability, int stream) implements Forward {
        /** Checks the probability. */
        public DropPath {
            if (!(probability >= 0 && probability < 1)) {
                throw new IllegalArgumentException(
                        "stochastic depth needs a probability in [0, 1), found " + probability);
            }
        }
    }

    /** src [N, C, H, W], gate [N, C, 1, 1] -> sigmoid(gate) * src: the end of squeeze-and-excitation. Hu et al. 2018, eq. 4. */
    record ChannelGate() implements Forward {}

    /** transform, gate, carry -> sigmoid(gate) * transform + (1 - sigmoid(gate)) * carry. Srivastava et al. 2015, eq. 3. */
    record Gate() implements Forward {}

    /** src [N, C] -> dst [N, C], over C. */
    record Softmax() implements Forward {}

    /**
     * logits [N, C], targets -> loss, a scalar; the root of the gradients. Targets are s32[N] class indices or, with
     * {@link #softTargets}, numbers [N, C] in [0, 1]; {@link #labelSmoothing} mixes either with the uniform distribution.
     */
    sealed interface Loss extends Forward {
        /** Share of the uniform distribution, in [0, 1). */
        double labelSmoothing();

        /** True if targets are numbers for each class. */
        boolean softTargets();

        /** Checks the share. */
        private static void requireSmoothing(double labelSmoothing) {
            if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
                throw new IllegalArgumentException("label smoothing must be in [0, 1), found " + labelSmoothing);
            }
        }
    }

    /**
     * logits [N, C], targets -> loss, a scalar: the mean over N of the cross entropy with softmax(logits). Targets are s32[N]
     * class indices or, with {@code softTargets}, a distribution [N, C]; {@code labelSmoothing} mixes either with the uniform one.
     */
    record SoftmaxCrossEntropy(double labelSmoothing, boolean softTargets) implements Loss {
        /** Checks the smoothing. */
        public SoftmaxCrossEntropy {
            Loss.requireSmoothing(labelSmoothing);
        }
    }

    /**
     * logits [N, C], targets -> loss, a scalar: the mean over N and C of the binary cross entropy with sigmoid(logits). PyTorch's
     * {@code binary_cross_entropy_with_logits}; timm's {@code BinaryCrossEntropy}.
     */
    record SigmoidCrossEntropy(double labelSmoothing, boolean softTargets) implements Loss {
        /** Checks the smoothing. */
        public SigmoidCrossEntropy {
            Loss.requireSmoothing(labelSmoothing);
        }
    }

    /** diffDst, weights -> diffSrc. */
    record Conv2dBackwardData(Conv2d forward, Shape src) implements Backward {}

    /** src, diffDst -> diffWeights[, diffBias]. */
    record Conv2dBackwardWeights(Conv2d forward, Shape weights) implements Backward {}

    /** src, diffDst, scale, mean, variance[, workspace] -> diffSrc, diffScale, diffShift; statistics of the batch. */
    record BatchNormBackward(BatchNorm forward) implements Backward {}

    /** src, diffDst, scale, mean, variance -> diffSrc, diffScale, diffShift; statistics are constants. */
    record BatchNormInferenceBackward(BatchNormInference forward) implements Backward {}

    /** dst, diffDst -> diffSrc: diffDst where dst is positive. */
    record ReluBackward() implements Backward {}

    /** workspace, diffDst -> diffSrc. */
    record MaxPoolBackward(MaxPool forward, Shape src) implements Backward {}

    /** diffDst -> diffSrc. */
    record AvgPoolBackward(AvgPool forward, Shape src) implements Backward {}

    /** diffDst [N, C] -> diffSrc [N, C, H, W]. */
    record GlobalAvgPoolBackward(Shape src) implements Backward {}

    /** diffDst -> diffSrc. */
    record FlattenBackward(Shape src) implements Backward {}

    /** diffDst, weights -> diffSrc. */
    record LinearBackwardData() implements Backward {}

    /** src, diffDst -> diffWeights[, diffBias]. */
    record LinearBackwardWeights(Linear forward) implements Backward {}

    /** diffDst -> diffSrc. */
    record PadShortcutBackward(PadShortcut forward, Shape src) implements Backward {}

    /** mask, diffDst -> diffSrc. */
    record DropoutBackward(Dropout forward) implements Backward {}

    /** transform, gate, carry, diffDst -> diffTransform, diffGate, diffCarry. */
    record GateBackward() implements Backward {}

    /** src, gate, diffDst -> diffSrc, diffGate. */
    record ChannelGateBackward() implements Backward {}

    /** dst, diffDst -> diffSrc. */
    record SoftmaxBackward() implements Backward {}

    /** logits, targets -> diffLogits, for a loss whose own gradient is 1. */
    record SoftmaxCrossEntropyBackward(SoftmaxCrossEntropy forward) implements Backward {}

    /** logits, targets -> diffLogits, for a loss whose own gradient is 1. */
    record SigmoidCrossEntropyBackward(SigmoidCrossEntropy forward) implements Backward {}

    /** src, weights, bias[, addend] -> dst: convolution, then the addend if {@code sum}, then ReLU if {@code relu}. */
    record FusedConv2d(Conv2d forward, boolean sum, boolean relu) implements Fused {}

    /** src -> dst of type {@code to}, S8 or U8: the nearest whole number to src / scale, or the type's last one. */
    record Quantize(double scale, DType to) implements Fused {
        /** Checks scale and type. */
        public Quantize {
            requireScale(scale);
            requireByte(to);
        }
    }

    /** src of S8 or U8 -> dst: scale * src. */
    record Dequantize(double scale) implements Fused {
        /** Checks the scale. */
        public Dequantize {
            requireScale(scale);
        }
    }

    /**
     * src, weights, bias[, addend] -> dst of type {@code to}: the fused convolution of bytes, each standing for so many times its
     * scale. Weights are F32 and rounded to S8 by a scale of each output channel's own, its largest magnitude / 127; sums are whole
     * numbers; the result is divided by {@code dstScale} and rounded once. Jacob et al. 2018, zero points all 0.
     *
     * @param addendScale of the addend; 1 where there is none
     */
    record QuantizedConv2d(FusedConv2d forward, double srcScale, double addendScale, double dstScale, DType to)
            implements Fused {
        /** Checks scales and type. */
        public QuantizedConv2d {
            requireScale(srcScale);
            requireScale(addendScale);
            requireScale(dstScale);
            requireByte(to);
        }
    }

    private static void requireScale(double scale) {
        if (!(scale > 0 && scale < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("a scale is a positive number, found " + scale);
        }
    }

    private static void requireByte(DType to) {
        if (to != DType.S8 && to != DType.U8) {
            throw new IllegalArgumentException("numbers are quantised to s8 or u8, found " + to);
        }
    }

    /**
     * weights, scale, shift, mean, variance[, bias] -> weights, bias: what a convolution needs to do the work of the batch norm
     * that follows it. Depends on parameters only, so a plan does it once.
     */
    record FoldBatchNorm(double epsilon, boolean bias) implements Fused {}
}
