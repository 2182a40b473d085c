package org.resnet4j.engine.reference;

import java.util.Arrays;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Window;
import org.resnet4j.tensor.Shape;

/**
 * A convolution's geometry, and pictures unfolded by it: {@code col[k, p]} is the source pixel that tap {@code k} = (ic, kh, kw)
 * of the kernel meets at output pixel {@code p} = (oh, ow), or 0 in the padding.
 *
 * <p>Source: torch.nn.functional.unfold. Channels are those of one group.
 */
record Unfold(int n, int ic, int ih, int iw, int oc, int oh, int ow, Window window, int groups) {
    static Unfold of(Op.Conv2d op, Shape src, Shape weights) {
        Window w = op.window();
        return new Unfold(
                src.intDim(0),
                src.intDim(1),
                src.intDim(2),
                src.intDim(3),
                weights.intDim(0),
                Math.toIntExact(w.outHeight(src.dim(2))),
                Math.toIntExact(w.outWidth(src.dim(3))),
                w,
                op.groups());
    }

    /** Output pixels of a channel. */
    int pixels() {
        return oh * ow;
    }

    /** Weights of an output channel. */
    int taps() {
        return ic / groups * window.kh() * window.kw();
    }

    int ocPerGroup() {
        return oc / groups;
    }

    /** Where the output pixels of a channel begin. */
    int dstRow(int image, int channel) {
        return (image * oc + channel) * pixels();
    }

    /** The output channels of a group, copied. */
    double[][] dstRows(double[] dst, int image, int group) {
        double[][] rows = new double[ocPerGroup()][];
        for (int i = 0; i < rows.length; i++) {
            int from = dstRow(image, group * ocPerGroup() + i);
            rows[i] = Arrays.copyOfRange(dst, from, from + pixels());
        }
        return rows;
    }

    /** col[k][p]. */
    double[][] columns(double[] src, int image, int group) {
        double[][] col = new double[taps()][pixels()];
        for (int k = 0; k < col.length; k++) {
            for (int p = 0; p < pixels(); p++) {
                int at = source(image, group, k, p);
                col[k][p] = at < 0 ? 0 : src[at];
            }
        }
        return col;
    }

    /** col transposed: patches[p][k]. */
    double[][] patches(double[] src, int image, int group) {
        double[][] patches = new double[pixels()][taps()];
        for (int k = 0; k < taps(); k++) {
            for (int p = 0; p < patches.length; p++) {
                int at = source(image, group, k, p);
                patches[p][k] = at < 0 ? 0 : src[at];
            }
        }
        return patches;
    }

    /** Adds each element of {@code col} to the source pixel that it came from. */
    void fold(double[][] col, double[] diffSrc, int image, int group) {
        for (int k = 0; k < col.length; k++) {
            for (int p = 0; p < pixels(); p++) {
                int at = source(image, group, k, p);
                if (at >= 0) {
                    diffSrc[at] += col[k][p];
                }
            }
        }
    }

    /** Index of the source pixel under tap {@code k} at output pixel {@code p}; -1 in the padding. */
    private int source(int image, int group, int k, int p) {
        int area = window.kh() * window.kw();
        int channel = group * (ic / groups) + k / area;
        int y = p / ow * window.sh() - window.ph() + k % area / window.kw();
        int x = p % ow * window.sw() - window.pw() + k % window.kw();
        boolean inside = y >= 0 && y < ih && x >= 0 && x < iw;
        return inside ? ((image * ic + channel) * ih + y) * iw + x : -1;
    }
}
