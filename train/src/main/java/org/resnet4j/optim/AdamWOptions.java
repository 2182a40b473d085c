package org.resnet4j.optim;

import java.util.Objects;

/**
 * Adam whose decay acts on the weights alone. Loshchilov and Hutter 2019; {@code torch.optim.AdamW}. Constants out of range throw
 * {@link IllegalArgumentException}.
 *
 * @param beta1 fraction of the first moment kept, in [0, 1)
 * @param beta2 fraction of the second moment kept, in [0, 1)
 * @param epsilon added to the root of the second moment, above 0
 * @param decay times the learning rate and the weight, taken from the weight
 */
public record AdamWOptions(double beta1, double beta2, double epsilon, WeightDecay decay) implements OptimizerOptions {
    /** Checks the ranges. */
    public AdamWOptions {
        Objects.requireNonNull(decay);
        requireMoments(beta1, beta2, epsilon);
    }

    /** PyTorch's constants: 0.9, 0.999, 1e-8. */
    public static AdamWOptions of(WeightDecay decay) {
        return new AdamWOptions(0.9, 0.999, 1e-8, decay);
    }

    @Override
    public AdamWOptions withDecay(WeightDecay other) {
        return new AdamWOptions(beta1, beta2, epsilon, other);
    }

    static void requireMoments(double beta1, double beta2, double epsilon) {
        if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1)) {
            throw new IllegalArgumentException("betas must be in [0, 1), found " + beta1 + " and " + beta2);
        }
        if (!(epsilon > 0 && epsilon < 1)) {
            throw new IllegalArgumentException("epsilon must be in (0, 1), found " + epsilon);
        }
    }
}
