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
        runs(image, group, (k, p, at, count) -> {
            for (int i = 0; i < count; i++) {
                col[k][p + i] = src[at + i * window.sw()];
            }
        });
        return col;
    }

    /** col transposed: patches[p][k]. */
    double[][] patches(double[] src, int image, int group) {
        double[][] patches = new double[pixels()][taps()];
        runs(image, group, (k, p, at, count) -> {
            for (int i = 0; i < count; i++) {
                patches[p + i][k] = src[at + i * window.sw()];
            }
        });
        return patches;
    }

    /** Adds each element of {@code col} to the source pixel that it came from. */
    void fold(double[][] col, double[] diffSrc, int image, int group) {
        runs(image, group, (k, p, at, count) -> {
            for (int i = 0; i < count; i++) {
                diffSrc[at + i * window.sw()] += col[k][p + i];
            }
        });
    }

    /** Output pixels {@code p}, p + 1, ... of one line, which tap {@code k} meets at {@code at}, at + sw, ... of the source. */
    private interface Run {
        void accept(int k, int p, int at, int count);
    }

    /** Every tap and line of output pixels, less what lies in the padding. */
    private void runs(int image, int group, Run run) {
        int area = window.kh() * window.kw();
        for (int k = 0; k < taps(); k++) {
            int channel = group * (ic / groups) + k / area;
            int dy = k % area / window.kw() - window.ph();
            int dx = k % window.kw() - window.pw();
            int first = Math.ceilDiv(Math.max(0, -dx), window.sw());
            int count = Math.min(ow, Math.ceilDiv(iw - dx, window.sw())) - first;
            for (int y = 0; y < oh; y++) {
                int row = y * window.sh() + dy;
                if (row >= 0 && row < ih && count > 0) {
                    int at = ((image * ic + channel) * ih + row) * iw + first * window.sw() + dx;
                    run.accept(k, y * ow + first, at, count);
                }
            }
        }
    }
}
