package org.resnet4j.optim;

import java.util.Objects;

/**
 * What stochastic gradient descent is told besides the learning rate. Anything out of range throws
 * {@link IllegalArgumentException}.
 *
 * @param momentum fraction of the velocity kept, in [0, 1); 0.9 in He et al. 2015, sections 3.4 and 4.2
 * @param convention where the learning rate stands
 * @param nesterov looks ahead along the new velocity; needs momentum
 * @param decoupled true if the decay, times the learning rate, is taken from the weight itself and stays out of the velocity:
 *     timm's {@code SGDW}
 * @param decay times the weight, added to the gradient unless decoupled
 */
public record SgdOptions(double momentum, Momentum convention, boolean nesterov, boolean decoupled, WeightDecay decay)
        implements OptimizerOptions {
    /** The paper's: momentum 0.9, decay 1e-4 on every parameter, PyTorch's convention. */
    public static final SgdOptions PAPER = new SgdOptions(0.9, Momentum.PYTORCH, false, WeightDecay.everywhere(1e-4));

    /** Checks the ranges. */
    public SgdOptions {
        Objects.requireNonNull(convention);
        Objects.requireNonNull(decay);
        requireMomentum(momentum, nesterov);
    }

    /** With the decay in the gradient. */
    public SgdOptions(double momentum, Momentum convention, boolean nesterov, WeightDecay decay) {
        this(momentum, convention, nesterov, false, decay);
    }

    @Override
    public SgdOptions withDecay(WeightDecay other) {
        return new SgdOptions(momentum, convention, nesterov, decoupled, other);
    }

    static void requireMomentum(double momentum, boolean nesterov) {
        if (!(momentum >= 0 && momentum < 1)) {
            throw new IllegalArgumentException("momentum must be in [0, 1), found " + momentum);
        }
        if (nesterov && momentum == 0) {
            throw new IllegalArgumentException("nesterov needs a momentum above 0, found 0; leave nesterov out");
        }
    }
}
