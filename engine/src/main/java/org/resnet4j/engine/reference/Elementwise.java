package org.resnet4j.engine.reference;

import org.resnet4j.engine.DropoutMask;
import org.resnet4j.graph.Op;
import org.resnet4j.tensor.BFloat16;
import org.resnet4j.tensor.DType;

/**
 * What is done to each element by itself.
 *
 * <p>Source: oneDNN eltwise_relu, eltwise_logistic and binary_add; torch.nn.functional.relu, dropout, sigmoid; Srivastava et al.
 * 2015, eq. 3, for the gate.
 */
final class Elementwise {
    private Elementwise() {}

    /** The nearest numbers of a type: what is left of a result when it is stored. */
    static void round(double[] values, DType type) {
        switch (type) {
            case F32 -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) values[i];
                }
            }
            case BF16 -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = BFloat16.round((float) values[i]);
                }
            }
            case F64, F16, S64, S32, S8, U8 -> {} // exact as they are
        }
    }

    static void copy(Operands a) {
        System.arraycopy(a.in(0), 0, a.out(0), 0, a.out(0).length);
    }

    /** dst = max(src, 0); a NaN stays one. */
    static void relu(Operands a) {
        double[] src = a.in(0);
        double[] dst = a.out(0);
        for (int i = 0; i < dst.length; i++) {
            dst[i] = Math.max(src[i], 0);
        }
    }

    /** diffSrc = diffDst where dst > 0, else 0. */
    static void reluBackward(Operands a) {
        double[] dst = a.in(0);
        double[] diffDst = a.in(1);
        double[] diffSrc = a.out(0);
        for (int i = 0; i < diffSrc.length; i++) {
            diffSrc[i] = dst[i] > 0 ? diffDst[i] : 0;
        }
    }

    static void add(Operands a) {
        double[] dst = a.out(0);
        for (int i = 0; i < dst.length; i++) {
            dst[i] = a.in(0)[i] + a.in(1)[i];
        }
    }

    /** dst = max(a + b, 0). */
    static void addRelu(Operands a) {
        double[] dst = a.out(0);
        for (int i = 0; i < dst.length; i++) {
            dst[i] = Math.max(a.in(0)[i] + a.in(1)[i], 0);
        }
    }

    /** dst = s * transform + (1 - s) * carry, where s = sigmoid(gate). */
    static void gate(Operands a) {
        double[] dst = a.out(0);
        for (int i = 0; i < dst.length; i++) {
            double s = sigmoid(a.in(1)[i]);
            dst[i] = s * a.in(0)[i] + (1 - s) * a.in(2)[i];
        }
    }

    /** diffTransform = s * diffDst; diffGate = s * (1 - s) * (transform - carry) * diffDst; diffCarry = (1 - s) * diffDst. */
    static void gateBackward(Operands a) {
        double[] diffDst = a.in(3);
        for (int i = 0; i < diffDst.length; i++) {
            double s = sigmoid(a.in(1)[i]);
            a.out(0)[i] = s * diffDst[i];
            a.out(1)[i] = s * (1 - s) * (a.in(0)[i] - a.in(2)[i]) * diffDst[i];
            a.out(2)[i] = (1 - s) * diffDst[i];
        }
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** dst = src / (1 - probability) where kept, else 0; the mask is 1 where kept. */
    static void dropout(Op.Dropout op, Operands a) {
        DropoutMask keep = DropoutMask.of(a.key(1), op.stream(), op.probability());
        double[] src = a.in(0);
        double scale = 1 / (1 - op.probability());
        for (int i = 0; i < src.length; i++) {
            boolean kept = keep.keeps(i);
            a.out(0)[i] = kept ? src[i] * scale : 0;
            a.out(1)[i] = kept ? 1 : 0;
        }
    }

    /** diffSrc = diffDst / (1 - probability) where kept, else 0. */
    static void dropoutBackward(Op.Dropout op, Operands a) {
        double[] mask = a.in(0);
        double[] diffDst = a.in(1);
        double scale = 1 / (1 - op.probability());
        for (int i = 0; i < mask.length; i++) {
            a.out(0)[i] = mask[i] != 0 ? diffDst[i] * scale : 0;
        }
    }

    /** dst = src / (1 - probability) where the sample is kept, else 0; the gradient is the same. */
    static void dropPath(Op.DropPath op, Operands a) {
        DropoutMask keep = DropoutMask.of(a.key(1), op.stream(), op.probability());
        double[] src = a.in(0);
        double scale = 1 / (1 - op.probability());
        int sample = src.length / a.inShape(0).intDim(0);
        for (int i = 0; i < src.length; i++) {
            a.out(0)[i] = keep.keeps(i / sample) ? src[i] * scale : 0;
        }
    }

    /** dst[n, c, h, w] = sigmoid(gate[n, c]) * src[n, c, h, w]. */
    static void channelGate(Operands a) {
        double[] src = a.in(0);
        int pixels = src.length / a.in(1).length;
        for (int i = 0; i < src.length; i++) {
            a.out(0)[i] = sigmoid(a.in(1)[i / pixels]) * src[i];
        }
    }

    /** diffSrc = s * diffDst; diffGate[n, c] = s * (1 - s) * sum over h and w of src * diffDst. */
    static void channelGateBackward(Operands a) {
        double[] src = a.in(0);
        double[] diffDst = a.in(2);
        int pixels = src.length / a.in(1).length;
        for (int c = 0; c < a.in(1).length; c++) {
            double s = sigmoid(a.in(1)[c]);
            double sum = 0;
            for (int i = c * pixels; i < (c + 1) * pixels; i++) {
                sum += src[i] * diffDst[i];
                a.out(0)[i] = s * diffDst[i];
            }
            a.out(1)[c] = s * (1 - s) * sum;
        }
    }
}
