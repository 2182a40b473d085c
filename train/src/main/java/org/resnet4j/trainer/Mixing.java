package org.resnet4j.trainer;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.resnet4j.random.Rng;
import org.resnet4j.tensor.Shape;

/**
 * Mixup and CutMix: picture i of a batch with picture N - 1 - i, as timm's batch mode does. What is drawn depends on the seed and the
 * number of the batch only. Not thread-safe.
 */
final class Mixing {
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT;

    private final Objective objective;
    private final long seed;

    Mixing(Objective objective, long seed) {
        this.objective = objective;
        this.seed = seed;
    }

    /**
     * How one batch is mixed.
     *
     * @param share of a picture itself, in [0, 1]; the other has the rest
     * @param box where the other's pixels are; null if all pixels are sums
     */
    record Draw(double share, @Nullable Box box) {}

    /** A rectangle in pixels, ends not included; may be empty. */
    record Box(int left, int top, int right, int bottom) {}

    /** What is drawn for one batch of pictures of {@code size} pixels a side. */
    Draw draw(long batch, int size) {
        Rng rng = Rng.of(seed, Rng.key("mix"), batch);
        boolean cut = objective.mixup() == 0 || (objective.cutmix() > 0 && rng.nextBoolean());
        if (!cut) {
            return new Draw(beta(rng, objective.mixup()), null);
        }
        double side = StrictMath.sqrt(1 - beta(rng, objective.cutmix()));
        return cut(size, side, rng.nextInt(size), rng.nextInt(size));
    }

    /** A square of {@code side} times the picture's around a centre, as far as it is inside; the share is what is left. */
    static Draw cut(int size, double side, int x, int y) {
        int half = (int) (size * side) / 2;
        Box box = new Box(
                Math.max(0, x - half), Math.max(0, y - half), Math.min(size, x + half), Math.min(size, y + half));
        double area = (double) (box.right() - box.left()) * (box.bottom() - box.top());
        return new Draw(1 - area / ((double) size * size), box);
    }

    /** From Beta(alpha, alpha), by two gamma variates in logarithms, which small alphas need. */
    private static double beta(Rng rng, double alpha) {
        double a = logGamma(rng, alpha);
        double b = logGamma(rng, alpha);
        return 1 / (1 + StrictMath.exp(b - a));
    }

    /** The logarithm of a Gamma(alpha, 1) variate. Marsaglia and Tsang 2000, with their boost for alpha below 1. */
    private static double logGamma(Rng rng, double alpha) {
        double d = alpha + 1 - 1.0 / 3;
        double c = 1 / StrictMath.sqrt(9 * d);
        while (true) {
            double x = rng.nextGaussian();
            double v = (1 + c * x) * (1 + c * x) * (1 + c * x);
            double u = 1 - rng.nextDouble();
            if (v > 0 && StrictMath.log(u) < 0.5 * x * x + d - d * v + d * StrictMath.log(v)) {
                return StrictMath.log(d * v) + StrictMath.log(1 - rng.nextDouble()) / alpha;
            }
        }
    }

    /** Writes the mixed pictures; {@code src} and {@code dst} are f32 [N, C, S, S] and do not overlap. */
    static void images(Draw draw, MemorySegment src, MemorySegment dst, Shape shape) {
        int n = shape.intDim(0);
        long each = shape.elementsPerEntry();
        for (int i = 0; i < n; i++) {
            long own = i * each;
            long other = (n - 1 - i) * each;
            if (draw.box() != null) {
                cut(draw.box(), src, dst, shape, own, other);
                continue;
            }
            float share = (float) draw.share();
            float rest = (float) (1 - draw.share());
            for (long k = 0; k < each; k++) {
                float sum = share * src.getAtIndex(F32, own + k) + rest * src.getAtIndex(F32, other + k);
                dst.setAtIndex(F32, own + k, sum);
            }
        }
    }

    private static void cut(Box box, MemorySegment src, MemorySegment dst, Shape shape, long own, long other) {
        MemorySegment.copy(src, own * Float.BYTES, dst, own * Float.BYTES, shape.elementsPerEntry() * Float.BYTES);
        int width = shape.intDim(3);
        long bytes = (long) (box.right() - box.left()) * Float.BYTES;
        for (int c = 0; c < shape.intDim(1); c++) {
            for (int y = box.top(); y < box.bottom(); y++) {
                long at = ((long) c * shape.intDim(2) + y) * width + box.left();
                MemorySegment.copy(src, (other + at) * Float.BYTES, dst, (own + at) * Float.BYTES, bytes);
            }
        }
    }

    /** Writes the mixed targets f32 [N, classes] of labels s32 [N]. */
    void targets(Draw draw, MemorySegment labels, MemorySegment dst, Shape shape) {
        int n = shape.intDim(0);
        int classes = shape.intDim(1);
        dst.fill((byte) 0);
        for (int i = 0; i < n; i++) {
            add(dst, (long) i * classes, label(labels, i, classes), (float) draw.share());
            add(dst, (long) i * classes, label(labels, n - 1 - i, classes), (float) (1 - draw.share()));
        }
        if (objective.threshold() > 0) {
            for (long k = 0; k < shape.elements(); k++) {
                dst.setAtIndex(F32, k, dst.getAtIndex(F32, k) > objective.threshold() ? 1 : 0);
            }
        }
    }

    private static int label(MemorySegment labels, int i, int classes) {
        return Objects.checkIndex(labels.getAtIndex(ValueLayout.JAVA_INT, i), classes);
    }

    private static void add(MemorySegment dst, long row, int label, float share) {
        dst.setAtIndex(F32, row + label, dst.getAtIndex(F32, row + label) + share);
    }
}
