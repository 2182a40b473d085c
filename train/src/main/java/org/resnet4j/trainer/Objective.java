package org.resnet4j.trainer;

import java.util.Objects;
import org.resnet4j.graph.Op;

/**
 * What is made small: the loss, and how its pictures and targets are mixed. Mixed targets take two pictures of a batch, the i-th
 * from the front and from the back, as timm does. Constants out of range throw {@link IllegalArgumentException}.
 *
 * @param kind of loss
 * @param labelSmoothing share of the uniform distribution in the targets, in [0, 1)
 * @param mixup alpha of the Beta(alpha, alpha) distribution that shares are drawn from; 0 for none. Zhang et al. 2018
 * @param cutmix the same for shares of a rectangle; 0 for none. Yun et al. 2019. With both, a batch takes either, half of the time
 * @param threshold mixed targets above it count as 1 and others as 0, as in "ResNet strikes back"; 0 leaves them as they are
 */
public record Objective(Kind kind, double labelSmoothing, double mixup, double cutmix, double threshold) {
    /** The loss. */
    public enum Kind {
        /** Cross entropy with softmax: one class is right. */
        CROSS_ENTROPY,
        /** Binary cross entropy with a sigmoid for each class, averaged over them: several may be. */
        BINARY
    }

    /** Cross entropy, nothing else. */
    public static final Objective PLAIN = new Objective(Kind.CROSS_ENTROPY, 0, 0, 0, 0);

    /** Checks the ranges. */
    public Objective {
        Objects.requireNonNull(kind);
        if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
            throw new IllegalArgumentException("label smoothing must be in [0, 1), found " + labelSmoothing);
        }
        alpha("mixup", mixup);
        alpha("cutmix", cutmix);
        if (!(threshold >= 0 && threshold < 1)) {
            throw new IllegalArgumentException("the threshold of targets must be in [0, 1), found " + threshold);
        }
        if (threshold > 0 && (kind != Kind.BINARY || labelSmoothing > 0)) {
            throw new IllegalArgumentException("a threshold of targets needs the binary loss without label smoothing,"
                    + " which it would undo; found " + kind + " and " + labelSmoothing);
        }
    }

    private static void alpha(String what, double found) {
        if (!(found >= 0 && found <= 1000)) {
            throw new IllegalArgumentException(what + "'s alpha must be in [0, 1000], found " + found);
        }
    }

    /** This objective with other smoothing. */
    public Objective withLabelSmoothing(double other) {
        return new Objective(kind, other, mixup, cutmix, threshold);
    }

    /** True if pictures are mixed. */
    boolean mixes() {
        return mixup > 0 || cutmix > 0;
    }

    /** The operation: with mixing the targets are a distribution. */
    public Op.Loss loss() {
        return switch (kind) {
            case CROSS_ENTROPY -> new Op.SoftmaxCrossEntropy(labelSmoothing, mixes());
            case BINARY -> new Op.SigmoidCrossEntropy(labelSmoothing, mixes());
        };
    }
}
