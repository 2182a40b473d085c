package org.resnet4j.engine.reference;

import java.util.stream.IntStream;
import org.resnet4j.graph.Op;
import org.resnet4j.tensor.Shape;

/**
 * Batch norm over N, H and W, a channel at a time. With m = N * H * W and xhat = (src - mean) / sqrt(variance + epsilon):
 *
 * <pre>
 * dst       = scale * xhat + shift
 * diffShift = sum diffDst;  diffScale = sum diffDst * xhat
 * diffSrc   = scale / sqrt(variance + epsilon) * (diffDst - (diffShift + xhat * diffScale) / m)    statistics of the batch
 * diffSrc   = scale / sqrt(variance + epsilon) * diffDst                                           statistics given
 * </pre>
 *
 * Source: Ioffe and Szegedy 2015, Algorithm 1 and section 3; oneDNN batch_normalization; torch.nn.BatchNorm2d.
 */
final class Normalization {
    private Normalization() {}

    /** Where the elements of a channel lie: rows of {@code hw} elements, one an image. */
    private record Channel(int n, int channels, int hw, int channel) {
        static IntStream all(Shape shape) {
            return IntStream.range(0, shape.intDim(1)).parallel();
        }

        static Channel of(Shape shape, int channel) {
            return new Channel(shape.intDim(0), shape.intDim(1), shape.intDim(2) * shape.intDim(3), channel);
        }

        int count() {
            return n * hw;
        }

        /** Index of element {@code i} of the channel. */
        int at(int i) {
            return (i / hw * channels + channel) * hw + i % hw;
        }
    }

    static void forward(Op.BatchNorm op, Operands a) {
        Channel.all(a.inShape(0)).forEach(c -> forward(op, a, Channel.of(a.inShape(0), c)));
    }

    /**
     * new = (1 - momentum) * running + momentum * batch, where the batch's variance is m / (m - 1) times the biased one. For a
     * single element, where PyTorch refuses, there is no unbiased estimate and the biased one, 0, is taken.
     */
    private static void forward(Op.BatchNorm op, Operands a, Channel ch) {
        double[] src = a.in(0);
        int m = ch.count();
        int c = ch.channel();
        double sum = 0;
        for (int i = 0; i < m; i++) {
            sum += src[ch.at(i)];
        }
        double mean = sum / m;
        double squares = 0;
        for (int i = 0; i < m; i++) {
            double d = src[ch.at(i)] - mean;
            squares += d * d;
        }
        double variance = squares / m;
        double unbiased = m == 1 ? variance : squares / (m - 1);
        a.out(1)[c] = mean;
        a.out(2)[c] = variance;
        a.out(3)[c] = (1 - op.momentum()) * a.in(3)[c] + op.momentum() * mean;
        a.out(4)[c] = (1 - op.momentum()) * a.in(4)[c] + op.momentum() * unbiased;
        normalize(a, ch, mean, inverse(variance, op.epsilon()));
        if (op.relu()) {
            for (int i = 0; i < m; i++) {
                int at = ch.at(i);
                a.out(5)[at] = a.out(0)[at] > 0 ? 1 : 0;
                a.out(0)[at] = Math.max(a.out(0)[at], 0);
            }
        }
    }

    private static void normalize(Operands a, Channel ch, double mean, double inverse) {
        double[] src = a.in(0);
        double[] dst = a.out(0);
        double scale = a.in(1)[ch.channel()];
        double shift = a.in(2)[ch.channel()];
        for (int i = 0; i < ch.count(); i++) {
            int at = ch.at(i);
            dst[at] = scale * ((src[at] - mean) * inverse) + shift;
        }
    }

    static void inference(Op.BatchNormInference op, Operands a) {
        Channel.all(a.inShape(0))
                .forEach(c -> normalize(a, Channel.of(a.inShape(0), c), a.in(3)[c], inverse(a.in(4)[c], op.epsilon())));
    }

    static void backward(Op.BatchNorm op, Operands a) {
        Channel.all(a.inShape(0)).forEach(c -> {
            double[] mask = op.relu() ? a.in(5) : new double[0];
            backward(a, Channel.of(a.inShape(0), c), op.epsilon(), mask, true);
        });
    }

    static void inferenceBackward(Op.BatchNormInference op, Operands a) {
        Channel.all(a.inShape(0))
                .forEach(c -> backward(a, Channel.of(a.inShape(0), c), op.epsilon(), new double[0], false));
    }

    /** {@code mask} is empty or 1 where the ReLU let the value through; {@code ofBatch} says whose the statistics are. */
    private static void backward(Operands a, Channel ch, double epsilon, double[] mask, boolean ofBatch) {
        double[] src = a.in(0);
        int c = ch.channel();
        double mean = a.in(3)[c];
        double inverse = inverse(a.in(4)[c], epsilon);
        double diffShift = 0;
        double diffScale = 0;
        for (int i = 0; i < ch.count(); i++) {
            int at = ch.at(i);
            double diff = masked(a.in(1), mask, at);
            diffShift += diff;
            diffScale += diff * ((src[at] - mean) * inverse);
        }
        for (int i = 0; i < ch.count(); i++) {
            int at = ch.at(i);
            double xhat = (src[at] - mean) * inverse;
            double throughStatistics = ofBatch ? (diffShift + xhat * diffScale) / ch.count() : 0;
            a.out(0)[at] = a.in(2)[c] * inverse * (masked(a.in(1), mask, at) - throughStatistics);
        }
        a.out(1)[c] = diffScale;
        a.out(2)[c] = diffShift;
    }

    private static double masked(double[] diffDst, double[] mask, int at) {
        return mask.length == 0 || mask[at] != 0 ? diffDst[at] : 0;
    }

    /** weights' = weights * f and bias' = shift + (bias - mean) * f, where f = scale / sqrt(variance + epsilon). */
    static void fold(Op.FoldBatchNorm op, Operands a) {
        int taps = a.in(0).length / a.in(1).length;
        for (int oc = 0; oc < a.in(1).length; oc++) {
            double factor = a.in(1)[oc] * inverse(a.in(4)[oc], op.epsilon());
            double bias = op.bias() ? a.in(5)[oc] : 0;
            for (int k = oc * taps; k < (oc + 1) * taps; k++) {
                a.out(0)[k] = a.in(0)[k] * factor;
            }
            a.out(1)[oc] = a.in(2)[oc] + (bias - a.in(3)[oc]) * factor;
        }
    }

    private static double inverse(double variance, double epsilon) {
        return 1 / Math.sqrt(variance + epsilon);
    }
}
