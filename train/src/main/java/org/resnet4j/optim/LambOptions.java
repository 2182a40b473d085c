package org.resnet4j.optim;

import java.util.Objects;

/**
 * Adam whose update, decay included, is scaled parameter by parameter to the norm of the weights. Parameters without decay are
 * not scaled. You et al. 2020; timm's {@code Lamb}, whose clipping of the whole gradient is {@link Clipping.Norm} here. Constants
 * out of range throw {@link IllegalArgumentException}.
 *
 * @param beta1 fraction of the first moment kept, in [0, 1)
 * @param beta2 fraction of the second moment kept, in [0, 1)
 * @param epsilon added to the root of the second moment, above 0
 * @param decay added to the update, times the weight
 */
public record LambOptions(double beta1, double beta2, double epsilon, WeightDecay decay) implements OptimizerOptions {
    /** Checks the ranges. */
    public LambOptions {
        Objects.requireNonNull(decay);
        AdamWOptions.requireMoments(beta1, beta2, epsilon);
    }

    /** timm's constants: 0.9, 0.999, 1e-6. */
    public static LambOptions of(WeightDecay decay) {
        return new LambOptions(0.9, 0.999, 1e-6, decay);
    }

    @Override
    public LambOptions withDecay(WeightDecay other) {
        return new LambOptions(beta1, beta2, epsilon, other);
    }
}
