package org.resnet4j.engine.reference;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.resnet4j.graph.Op;

/**
 * Convolution and its two gradients. With {@code col} the unfolded picture of an image and group ({@link Unfold}):
 *
 * <pre>
 * dst[n, oc, p]    = bias[oc] + sum over k of weights[oc, k] * col[k, p]
 * diffCol[k, p]    = sum over oc of weights[oc, k] * diffDst[n, oc, p]; folding diffCol gives diffSrc
 * diffWeights[oc, k] = sum over n and p of diffDst[n, oc, p] * col[k, p]
 * </pre>
 *
 * Source: oneDNN convolution; torch.nn.functional.conv2d.
 */
final class Convolution {
    /** Images are shared out in this many blocks whatever the machine, so that partial sums always add up the same way. */
    private static final int BLOCKS = 16;

    private Convolution() {}

    static void forward(Op.Conv2d op, Operands a) {
        forward(op, a, a.weights());
    }

    /** With these numbers in the place of operand 1. */
    static void forward(Op.Conv2d op, Operands a, double[] weights) {
        Unfold u = Unfold.of(op, a.inShape(0), a.inShape(1));
        double[] src = a.in(0);
        double[] dst = a.out(0);
        IntStream.range(0, u.n() * u.groups()).parallel().forEach(task -> {
            int n = task / u.groups();
            int group = task % u.groups();
            double[][] col = u.columns(src, n, group);
            double[] row = new double[u.pixels()];
            for (int oc = group * u.ocPerGroup(); oc < (group + 1) * u.ocPerGroup(); oc++) {
                Arrays.fill(row, op.bias() ? a.in(2)[oc] : 0);
                accumulate(row, weights, oc * u.taps(), 1, col);
                System.arraycopy(row, 0, dst, u.dstRow(n, oc), row.length);
            }
        });
    }

    static void backwardData(Op.Conv2d op, Operands a) {
        Unfold u = Unfold.of(op, a.outShape(0), a.inShape(1));
        double[] diffDst = a.in(0);
        double[] weights = a.weights();
        double[] diffSrc = a.out(0);
        Arrays.fill(diffSrc, 0);
        IntStream.range(0, u.n() * u.groups()).parallel().forEach(task -> {
            int n = task / u.groups();
            int group = task % u.groups();
            double[][] diff = u.dstRows(diffDst, n, group);
            double[][] col = new double[u.taps()][u.pixels()];
            for (int k = 0; k < u.taps(); k++) {
                accumulate(col[k], weights, group * u.ocPerGroup() * u.taps() + k, u.taps(), diff);
            }
            u.fold(col, diffSrc, n, group);
        });
    }

    static void backwardWeights(Op.Conv2d op, Operands a) {
        Unfold u = Unfold.of(op, a.inShape(0), a.outShape(0));
        double[] src = a.in(0);
        double[] diffDst = a.in(1);
        double[][][] partial = new double[BLOCKS][u.oc()][];
        IntStream.range(0, BLOCKS * u.groups()).parallel().forEach(task -> {
            int block = task / u.groups();
            int group = task % u.groups();
            int first = group * u.ocPerGroup();
            for (int oc = first; oc < first + u.ocPerGroup(); oc++) {
                partial[block][oc] = new double[u.taps()];
            }
            for (int n = block; n < u.n(); n += BLOCKS) {
                double[][] patches = u.patches(src, n, group);
                for (int oc = first; oc < first + u.ocPerGroup(); oc++) {
                    accumulate(partial[block][oc], diffDst, u.dstRow(n, oc), 1, patches);
                }
            }
        });
        double[] diffWeights = a.out(0);
        Arrays.fill(diffWeights, 0);
        for (double[][] block : partial) {
            for (int i = 0; i < diffWeights.length; i++) {
                diffWeights[i] += block[i / u.taps()][i % u.taps()];
            }
        }
        if (op.bias()) {
            diffBias(u, diffDst, a.out(1));
        }
    }

    /** diffBias[oc] = sum over n and p of diffDst[n, oc, p]. */
    private static void diffBias(Unfold u, double[] diffDst, double[] diffBias) {
        for (int oc = 0; oc < u.oc(); oc++) {
            double sum = 0;
            for (int n = 0; n < u.n(); n++) {
                int row = u.dstRow(n, oc);
                for (int p = row; p < row + u.pixels(); p++) {
                    sum += diffDst[p];
                }
            }
            diffBias[oc] = sum;
        }
    }

    /** max(convolution + addend, 0), each part if it is there. Source: oneDNN post-ops sum and eltwise_relu. */
    static void fused(Op.FusedConv2d op, Operands a) {
        forward(new Op.Conv2d(op.forward().window(), op.forward().groups(), true), a);
        double[] dst = a.out(0);
        for (int i = 0; i < dst.length; i++) {
            double sum = op.sum() ? dst[i] + a.in(3)[i] : dst[i];
            dst[i] = op.relu() ? Math.max(sum, 0) : sum;
        }
    }

    /** row[j] += sum over l of a[from + l * stride] * b[l][j]; four l at a time, so that row is read and written less. */
    private static void accumulate(double[] row, double[] a, int from, int stride, double[][] b) {
        int l = 0;
        for (; l + 4 <= b.length; l += 4) {
            int at = from + l * stride;
            double a0 = a[at];
            double a1 = a[at + stride];
            double a2 = a[at + 2 * stride];
            double a3 = a[at + 3 * stride];
            double[] b0 = b[l];
            double[] b1 = b[l + 1];
            double[] b2 = b[l + 2];
            double[] b3 = b[l + 3];
            for (int j = 0; j < row.length; j++) {
                row[j] += a0 * b0[j] + a1 * b1[j] + a2 * b2[j] + a3 * b3[j];
            }
        }
        for (; l < b.length; l++) {
            double factor = a[from + l * stride];
            double[] bl = b[l];
            for (int j = 0; j < row.length; j++) {
                row[j] += factor * bl[j];
            }
        }
    }
}
