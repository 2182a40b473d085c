package org.resnet4j.engine.reference;

import org.resnet4j.engine.ChannelScales;
import org.resnet4j.graph.Op;
import org.resnet4j.tensor.DType;

/**
 * Operations on bytes that stand for so many times a scale, computed as what they stand for.
 *
 * <p>Source: oneDNN's quantization model; Jacob et al. 2018, equation 1 with zero points of 0.
 */
final class Bytes {
    private Bytes() {}

    static void quantize(Op.Quantize op, Operands a) {
        double[] src = a.in(0);
        double[] dst = a.out(0);
        for (int i = 0; i < dst.length; i++) {
            dst[i] = nearest(src[i] / op.scale(), op.to());
        }
    }

    static void dequantize(Op.Dequantize op, Operands a) {
        double[] src = a.in(0);
        double[] dst = a.out(0);
        for (int i = 0; i < dst.length; i++) {
            dst[i] = op.scale() * src[i];
        }
    }

    static void convolution(Op.QuantizedConv2d op, Operands a) {
        Op.Conv2d conv = op.forward().forward();
        Convolution.forward(new Op.Conv2d(conv.window(), conv.groups(), true), a, weights(op, a));
        double[] dst = a.out(0);
        for (int i = 0; i < dst.length; i++) {
            double sum = op.forward().sum() ? dst[i] + op.addendScale() * a.in(3)[i] : dst[i];
            dst[i] = nearest((op.forward().relu() ? Math.max(sum, 0) : sum) / op.dstScale(), op.to());
        }
    }

    /** What the rounded weights stand for, times the source's scale. */
    private static double[] weights(Op.QuantizedConv2d op, Operands a) {
        double[] weights = a.in(1).clone();
        int oc = a.inShape(1).intDim(0);
        int each = weights.length / oc;
        for (int o = 0; o < oc; o++) {
            double largest = 0;
            for (int i = o * each; i < (o + 1) * each; i++) {
                largest = Math.max(largest, Math.abs(weights[i]));
            }
            double scale = ChannelScales.of(largest);
            for (int i = o * each; i < (o + 1) * each; i++) {
                weights[i] = Math.rint(weights[i] / scale) * scale * op.srcScale();
            }
        }
        return weights;
    }

    private static double nearest(double x, DType type) {
        return type == DType.U8 ? Math.clamp(Math.rint(x), 0, 255) : Math.clamp(Math.rint(x), -128, 127);
    }
}
