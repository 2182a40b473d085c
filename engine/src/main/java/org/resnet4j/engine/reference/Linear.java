package org.resnet4j.engine.reference;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.resnet4j.graph.Op;

/**
 * The fully connected layer and its gradients.
 *
 * <p>Source: oneDNN inner_product; torch.nn.functional.linear.
 */
final class Linear {
    private Linear() {}

    /** dst[n, o] = bias[o] + sum over i of src[n, i] * weights[o, i]. */
    static void forward(Op.Linear op, Operands a) {
        double[] src = a.in(0);
        double[] weights = a.weights();
        int ic = a.inShape(1).intDim(1);
        int oc = a.inShape(1).intDim(0);
        IntStream.range(0, a.out(0).length).parallel().forEach(at -> {
            int n = at / oc;
            int o = at % oc;
            double sum = op.bias() ? a.in(2)[o] : 0;
            for (int i = 0; i < ic; i++) {
                sum += src[n * ic + i] * weights[o * ic + i];
            }
            a.out(0)[at] = sum;
        });
    }

    /** diffSrc[n, i] = sum over o of diffDst[n, o] * weights[o, i]. */
    static void backwardData(Operands a) {
        double[] diffDst = a.in(0);
        double[] weights = a.weights();
        double[] diffSrc = a.out(0);
        int ic = a.inShape(1).intDim(1);
        int oc = a.inShape(1).intDim(0);
        Arrays.fill(diffSrc, 0);
        IntStream.range(0, a.inShape(0).intDim(0)).parallel().forEach(n -> {
            for (int o = 0; o < oc; o++) {
                for (int i = 0; i < ic; i++) {
                    diffSrc[n * ic + i] += diffDst[n * oc + o] * weights[o * ic + i];
                }
            }
        });
    }

    /** diffWeights[o, i] = sum over n of diffDst[n, o] * src[n, i]; diffBias[o] = sum over n of diffDst[n, o]. */
    static void backwardWeights(Op.Linear op, Operands a) {
        double[] src = a.in(0);
        double[] diffDst = a.in(1);
        double[] diffWeights = a.out(0);
        int ic = a.inShape(0).intDim(1);
        int oc = a.inShape(1).intDim(1);
        Arrays.fill(diffWeights, 0);
        IntStream.range(0, oc).parallel().forEach(o -> {
            double sum = 0;
            for (int n = 0; n < a.inShape(0).intDim(0); n++) {
                double diff = diffDst[n * oc + o];
                sum += diff;
                for (int i = 0; i < ic; i++) {
                    diffWeights[o * ic + i] += diff * src[n * ic + i];
                }
            }
            if (op.bias()) {
                a.out(1)[o] = sum;
            }
        });
    }
}
