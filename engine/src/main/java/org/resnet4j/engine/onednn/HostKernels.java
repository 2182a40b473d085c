package org.resnet4j.engine.onednn;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.resnet4j.engine.DropoutMask;
import org.resnet4j.graph.Op;
import org.resnet4j.onednn.Team;
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.Shape;
import org.resnet4j.tensor.TensorType;

/**
 * The loops that no oneDNN primitive does: option A's shortcut, dropout, running statistics, folding and the loss. F32,
 * pictures channels-last; but for the shortcut one thread, as each touches little memory or runs once.
 */
final class HostKernels {
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT;
    private static final ValueLayout.OfInt S32 = ValueLayout.JAVA_INT;

    private HostKernels() {}

    /** src, dst: every stride-th pixel's channels with zeros before and after. Shared by the team, image by image. */
    static Step.HostKernel padShortcut(Op.PadShortcut op, TensorType src, TensorType dst) {
        Pixels pixels = Pixels.of(op, src.dtype(), src.shape(), dst.shape());
        return m -> {
            Team.Work work = (member, members) -> pixels.forward(m.get(0), m.get(1), member, members);
            return team -> team.run(work);
        };
    }

    /** diffDst, diffSrc: the middle channels go back to every stride-th pixel, the other pixels get zero. */
    static Step.HostKernel padShortcutBackward(Op.PadShortcut op, TensorType src, TensorType dst) {
        Pixels pixels = Pixels.of(op, src.dtype(), src.shape(), dst.shape());
        return m -> {
            Team.Work work = (member, members) -> pixels.backward(m.get(0), m.get(1), member, members);
            return team -> team.run(work);
        };
    }

    /**
     * The pixels of a zero-pad shortcut: lines of {@code width} pixels in dst, {@code lines} of them an image. Plain loops without
     * a function for the pixel: with one, the compiler threw its code away and made it again in every step.
     */
    private record Pixels(long images, long lines, long width, long srcImage, long srcLine, long srcPixel, Row row) {
        /** Bytes of a pixel's channels, of a pixel in dst, and of the zeros before them. */
        private record Row(long bytes, long dst, long before) {}

        static Pixels of(Op.PadShortcut op, DType type, Shape src, Shape dst) {
            long bytes = src.dim(1) * type.bytes();
            long line = src.dim(3) * bytes;
            Row row = new Row(bytes, dst.dim(1) * type.bytes(), (long) op.before() * type.bytes());
            return new Pixels(
                    dst.dim(0),
                    dst.dim(2),
                    dst.dim(3),
                    src.dim(2) * line,
                    op.stride() * line,
                    op.stride() * bytes,
                    row);
        }

        void forward(MemorySegment src, MemorySegment dst, int member, int members) {
            long image = lines * width * row.dst;
            for (long n = images * member / members; n < images * (member + 1) / members; n++) {
                dst.asSlice(n * image, image).fill((byte) 0);
                for (long h = 0; h < lines; h++) {
                    long to = n * image + h * width * row.dst + row.before;
                    copy(src, n * srcImage + h * srcLine, srcPixel, dst, to, row.dst);
                }
            }
        }

        void backward(MemorySegment diffDst, MemorySegment diffSrc, int member, int members) {
            long image = lines * width * row.dst;
            for (long n = images * member / members; n < images * (member + 1) / members; n++) {
                if (srcPixel > row.bytes) { // pixels between those that are written
                    diffSrc.asSlice(n * srcImage, srcImage).fill((byte) 0);
                }
                for (long h = 0; h < lines; h++) {
                    long from = n * image + h * width * row.dst + row.before;
                    copy(diffDst, from, row.dst, diffSrc, n * srcImage + h * srcLine, srcPixel);
                }
            }
        }

        private void copy(MemorySegment src, long from, long fromStep, MemorySegment dst, long to, long toStep) {
            for (int w = 0; w < width; w++) {
                MemorySegment.copy(src, from + w * fromStep, dst, to + w * toStep, row.bytes);
            }
        }
    }

    /**
     * mean, variance, runningMean, runningVariance: moves the running ones in place. {@code count} elements a channel; the
     * variance is made unbiased, where that is defined.
     */
    static Step.HostKernel runningStatistics(double momentum, long channels, long count) {
        float keep = (float) (1 - momentum);
        float take = (float) momentum;
        float unbiased = count > 1 ? (float) (momentum * count / (count - 1)) : take;
        return m -> _ -> {
            for (long c = 0; c < channels; c++) {
                move(m.get(2), m.get(0), c, keep, take);
                move(m.get(3), m.get(1), c, keep, unbiased);
            }
        };
    }

    private static void move(MemorySegment running, MemorySegment batch, long c, float keep, float take) {
        running.setAtIndex(F32, c, keep * running.getAtIndex(F32, c) + take * batch.getAtIndex(F32, c));
    }

    /** weights, scale, shift, mean, variance[, bias], foldedWeights, foldedBias; weights plain, in double on the way. */
    static Step.HostKernel foldBatchNorm(Op.FoldBatchNorm op, Shape weights) {
        long oc = weights.dim(0);
        long each = weights.elements() / oc;
        return m -> _ -> {
            int out = op.bias() ? 6 : 5;
            for (long o = 0; o < oc; o++) {
                double factor = m.get(1).getAtIndex(F32, o) / Math.sqrt(m.get(4).getAtIndex(F32, o) + op.epsilon());
                double bias = op.bias() ? m.get(5).getAtIndex(F32, o) : 0;
                double shift =
                        m.get(2).getAtIndex(F32, o) + factor * (bias - m.get(3).getAtIndex(F32, o));
                m.get(out + 1).setAtIndex(F32, o, (float) shift);
                for (long i = o * each; i < (o + 1) * each; i++) {
                    m.get(out).setAtIndex(F32, i, (float) (factor * m.get(0).getAtIndex(F32, i)));
                }
            }
        };
    }

    /** src, key, dst, mask: pictures channels-last, but the mask is a function of the row-major position. */
    static Step.HostKernel dropout(Op.Dropout op, Shape shape) {
        float scale = (float) (1 / (1 - op.probability()));
        return m -> _ -> {
            long key = m.get(1).getAtIndex(ValueLayout.JAVA_LONG, 0);
            DropoutMask keep = DropoutMask.of(key, op.stream(), op.probability());
            eachElement(shape, (plain, stored) -> {
                boolean kept = keep.keeps(plain);
                m.get(3).set(ValueLayout.JAVA_BYTE, stored, (byte) (kept ? 1 : 0));
                m.get(2).setAtIndex(F32, stored, kept ? scale * m.get(0).getAtIndex(F32, stored) : 0);
            });
        };
    }

    /** mask, diffDst, diffSrc. */
    static Step.HostKernel dropoutBackward(Op.Dropout op, long elements) {
        float scale = (float) (1 / (1 - op.probability()));
        return m -> _ -> {
            for (long i = 0; i < elements; i++) {
                boolean kept = m.get(0).get(ValueLayout.JAVA_BYTE, i) != 0;
                m.get(2).setAtIndex(F32, i, kept ? scale * m.get(1).getAtIndex(F32, i) : 0);
            }
        };
    }

    /** src, key, dst: whole samples, each contiguous. */
    static Step.HostKernel dropPath(Op.DropPath op, Shape shape) {
        float scale = (float) (1 / (1 - op.probability()));
        long sample = shape.elementsPerEntry();
        return m -> _ -> {
            DropoutMask keep =
                    DropoutMask.of(m.get(1).getAtIndex(ValueLayout.JAVA_LONG, 0), op.stream(), op.probability());
            for (long n = 0; n < shape.dim(0); n++) {
                if (keep.keeps(n)) {
                    scale(m.get(0), m.get(2), n * sample, (n + 1) * sample, scale);
                } else {
                    m.get(2)
                            .asSlice(n * sample * Float.BYTES, sample * Float.BYTES)
                            .fill((byte) 0);
                }
            }
        };
    }

    private static void scale(MemorySegment src, MemorySegment dst, long from, long to, float scale) {
        for (long i = from; i < to; i++) {
            dst.setAtIndex(F32, i, scale * src.getAtIndex(F32, i));
        }
    }

    private interface Element {
        void at(long plain, long stored);
    }

    private static void eachElement(Shape shape, Element element) {
        if (shape.rank() != 4) {
            for (long i = 0; i < shape.elements(); i++) {
                element.at(i, i);
            }
            return;
        }
        long pixels = shape.dim(2) * shape.dim(3);
        long c = shape.dim(1);
        for (long n = 0; n < shape.dim(0); n++) {
            for (long p = 0; p < pixels; p++) {
                for (long i = 0; i < c; i++) {
                    element.at((n * c + i) * pixels + p, (n * pixels + p) * c + i);
                }
            }
        }
    }

    /** logits, targets, loss: mean cross entropy in double. */
    static Step.HostKernel crossEntropy(Op.SoftmaxCrossEntropy op, Shape logits) {
        return m -> {
            CrossEntropy loss = new CrossEntropy(op, logits, m.get(0), m.get(1));
            return _ -> m.get(2).setAtIndex(F32, 0, (float) loss.mean());
        };
    }

    /** logits, targets, diffLogits. */
    static Step.HostKernel crossEntropyBackward(Op.SoftmaxCrossEntropy op, Shape logits) {
        return m -> {
            CrossEntropy loss = new CrossEntropy(op, logits, m.get(0), m.get(1));
            return _ -> loss.gradient(m.get(2));
        };
    }

    /** Rows of logits against their targets, with the row's buffers made once. */
    private static final class CrossEntropy {
        private final Op.SoftmaxCrossEntropy op;
        private final long rows;
        private final int classes;
        private final MemorySegment logits;
        private final MemorySegment targets;
        private final double[] shifted;
        private final double[] target;
        private double logSum;

        CrossEntropy(Op.SoftmaxCrossEntropy op, Shape shape, MemorySegment logits, MemorySegment targets) {
            this.op = op;
            this.rows = shape.dim(0);
            this.classes = shape.intDim(1);
            this.logits = logits;
            this.targets = targets;
            this.shifted = new double[classes];
            this.target = new double[classes];
        }

        double mean() {
            double sum = 0;
            for (long n = 0; n < rows; n++) {
                load(n);
                for (int c = 0; c < classes; c++) {
                    // A target of zero takes no part, even where the logit is minus infinity.
                    sum += target[c] == 0 ? 0 : target[c] * (logSum - shifted[c]);
                }
            }
            return sum / rows;
        }

        void gradient(MemorySegment diff) {
            for (long n = 0; n < rows; n++) {
                load(n);
                double mass = 0;
                for (double t : target) {
                    mass += t;
                }
                for (int c = 0; c < classes; c++) {
                    double p = Math.exp(shifted[c] - logSum);
                    diff.setAtIndex(F32, n * classes + c, (float) ((mass * p - target[c]) / rows));
                }
            }
        }

        private void load(long n) {
            double max = Double.NEGATIVE_INFINITY;
            for (int c = 0; c < classes; c++) {
                shifted[c] = logits.getAtIndex(F32, n * classes + c);
                max = Math.max(max, shifted[c]);
            }
            double sum = 0;
            for (int c = 0; c < classes; c++) {
                shifted[c] -= max;
                sum += Math.exp(shifted[c]);
            }
            logSum = Math.log(sum);
            double uniform = op.labelSmoothing() / classes;
            if (op.softTargets()) {
                for (int c = 0; c < classes; c++) {
                    target[c] = (1 - op.labelSmoothing()) * targets.getAtIndex(F32, n * classes + c) + uniform;
                }
            } else {
                Arrays.fill(target, uniform);
                target[checked(n, targets.getAtIndex(S32, n))] += 1 - op.labelSmoothing();
            }
        }

        private int checked(long n, int label) {
            if (label < 0 || label >= classes) {
                throw new IllegalArgumentException("targets: sample " + n + " has label " + label + ", but there are "
                        + classes + " classes, 0 to " + (classes - 1));
            }
            return label;
        }
    }
}
