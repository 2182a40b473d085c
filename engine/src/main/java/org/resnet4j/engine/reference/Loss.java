package org.resnet4j.engine.reference;

import org.resnet4j.graph.Op;
import org.resnet4j.tensor.Shape;

/**
 * Softmax over the classes and the cross entropy with it. The largest logit is subtracted before any exponential, so logits of
 * any finite size give finite numbers.
 *
 * <p>Source: oneDNN softmax_accurate and softmax_log; torch.nn.functional.cross_entropy; label smoothing from Szegedy et al. 2016,
 * section 7.
 */
final class Loss {
    private Loss() {}

    /** log softmax(src)[c] = src[c] - max - log(sum over j of exp(src[j] - max)) is src[c] less this. */
    private static double logSumExp(double[] src, int from, int classes) {
        double max = Double.NEGATIVE_INFINITY;
        for (int i = from; i < from + classes; i++) {
            max = Math.max(max, src[i]);
        }
        double sum = 0;
        for (int i = from; i < from + classes; i++) {
            sum += Math.exp(src[i] - max);
        }
        return max + Math.log(sum);
    }

    /** dst[n, c] = exp(src[n, c]) / sum over j of exp(src[n, j]). */
    static void softmax(Operands a) {
        int classes = a.inShape(0).intDim(1);
        double[] src = a.in(0);
        for (int i = 0; i < src.length; i += classes) {
            double log = logSumExp(src, i, classes);
            for (int c = i; c < i + classes; c++) {
                a.out(0)[c] = Math.exp(src[c] - log);
            }
        }
    }

    /** diffSrc[n, c] = dst[n, c] * (diffDst[n, c] - sum over j of dst[n, j] * diffDst[n, j]). */
    static void softmaxBackward(Operands a) {
        int classes = a.inShape(0).intDim(1);
        double[] dst = a.in(0);
        double[] diffDst = a.in(1);
        for (int i = 0; i < dst.length; i += classes) {
            double sum = 0;
            for (int c = i; c < i + classes; c++) {
                sum += dst[c] * diffDst[c];
            }
            for (int c = i; c < i + classes; c++) {
                a.out(0)[c] = dst[c] * (diffDst[c] - sum);
            }
        }
    }

    /** loss = -1 / N * sum over n and c of target[n, c] * log softmax(logits)[n, c]. */
    static void crossEntropy(Op.SoftmaxCrossEntropy op, Operands a) {
        int classes = a.inShape(0).intDim(1);
        int batch = a.inShape(0).intDim(0);
        double[] logits = a.in(0);
        double sum = 0;
        for (int n = 0; n < batch; n++) {
            double log = logSumExp(logits, n * classes, classes);
            for (int c = 0; c < classes; c++) {
                double target = target(op, a, n, c);
                // A class without weight adds nothing, even where its log probability is minus infinity.
                sum += target == 0 ? 0 : target * (log - logits[n * classes + c]);
            }
        }
        a.out(0)[0] = sum / batch;
    }

    /** diffLogits[n, c] = (softmax(logits)[n, c] * sum over j of target[n, j] - target[n, c]) / N. */
    static void crossEntropyBackward(Op.SoftmaxCrossEntropy op, Operands a) {
        int classes = a.inShape(0).intDim(1);
        int batch = a.inShape(0).intDim(0);
        double[] logits = a.in(0);
        for (int n = 0; n < batch; n++) {
            double log = logSumExp(logits, n * classes, classes);
            double weight = 0;
            for (int c = 0; c < classes; c++) {
                weight += target(op, a, n, c);
            }
            for (int c = 0; c < classes; c++) {
                int at = n * classes + c;
                a.out(0)[at] = (Math.exp(logits[at] - log) * weight - target(op, a, n, c)) / batch;
            }
        }
    }

    /** loss = 1 / (N * C) * sum over n and c of max(x, 0) - x * target + log(1 + exp(-|x|)), x = logits[n, c]. */
    static void binary(Op.SigmoidCrossEntropy op, Operands a) {
        int classes = a.inShape(0).intDim(1);
        double[] logits = a.in(0);
        double sum = 0;
        for (int i = 0; i < logits.length; i++) {
            double x = logits[i];
            sum += Math.max(x, 0) - x * target(op, a, i / classes, i % classes) + Math.log1p(Math.exp(-Math.abs(x)));
        }
        a.out(0)[0] = sum / logits.length;
    }

    /** diffLogits[n, c] = (sigmoid(logits[n, c]) - target[n, c]) / (N * C). */
    static void binaryBackward(Op.SigmoidCrossEntropy op, Operands a) {
        int classes = a.inShape(0).intDim(1);
        double[] logits = a.in(0);
        for (int i = 0; i < logits.length; i++) {
            double sigmoid = 1 / (1 + Math.exp(-logits[i]));
            a.out(0)[i] = (sigmoid - target(op, a, i / classes, i % classes)) / logits.length;
        }
    }

    /** (1 - smoothing) * given + smoothing / C, where given is 1 for the label's class or a number of the distribution. */
    private static double target(Op.Loss op, Operands a, int n, int c) {
        int classes = a.inShape(0).intDim(1);
        double given = op.softTargets() ? a.in(1)[n * classes + c] : a.in(1)[n] == c ? 1 : 0;
        return (1 - op.labelSmoothing()) * given + op.labelSmoothing() / classes;
    }

    /** Throws {@link IllegalArgumentException} if a label is no class. */
    static void checkLabels(String graph, Operands a) {
        Shape logits = a.inShape(0);
        double[] labels = a.in(1);
        for (int n = 0; n < labels.length; n++) {
            if (labels[n] < 0 || labels[n] >= logits.dim(1)) {
                throw new IllegalArgumentException(graph + ", " + a.node().name() + ": labels are 0 to "
                        + (logits.dim(1) - 1) + " for " + logits.dim(1) + " classes, sample " + n + " has "
                        + (long) labels[n] + "; check the data or the number of classes");
            }
        }
    }
}
