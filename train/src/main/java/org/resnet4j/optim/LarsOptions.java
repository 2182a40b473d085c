package org.resnet4j.optim;

import java.util.Objects;

/**
 * Layer-wise adaptive rate scaling: SGD whose gradient is scaled, parameter by parameter, by {@code trust} times the norm of the
 * weights over that of the gradient with its decay. Parameters without decay are not scaled. You et al. 2017; timm's {@code Lars}.
 * Constants out of range throw {@link IllegalArgumentException}.
 *
 * @param momentum fraction of the velocity kept, in [0, 1)
 * @param nesterov looks ahead along the new velocity; needs momentum
 * @param trust coefficient, 0.001 in the paper
 * @param decay added to the gradient, times the weight
 */
public record LarsOptions(double momentum, boolean nesterov, double trust, WeightDecay decay)
        implements OptimizerOptions {
    /** Checks the ranges. */
    public LarsOptions {
        Objects.requireNonNull(decay);
        SgdOptions.requireMomentum(momentum, nesterov);
        if (!(trust > 0 && trust < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("the trust of LARS must be finite and above 0, found " + trust);
        }
    }

    @Override
    public LarsOptions withDecay(WeightDecay other) {
        return new LarsOptions(momentum, nesterov, trust, other);
    }
}
