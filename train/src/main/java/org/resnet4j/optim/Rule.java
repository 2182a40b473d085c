package org.resnet4j.optim;

import java.util.List;

/**
 * The loops of one optimiser over pieces of flat memory: {@link #begin} once a step and rate, then for each parameter all its pieces, twice
 * where the rule looks at a parameter's norms first. Plain multiplications and additions in a fixed order, no fused
 * multiply-add, so that the bits do not depend on who runs the loop.
 */
sealed interface Rule permits SgdRule, LarsRule, AdamWRule, LambRule {
    /** A piece in the cache: weights, gradients and what the rule remembers, of {@code n} numbers with one decay. */
    final class Piece {
        final float[] w;
        final float[] g;
        final float[][] state;
        int n;
        float decay;

        Piece(int size, int states) {
            w = new float[size];
            g = new float[size];
            state = new float[states][size];
        }
    }

    /** Sums of squares over a parameter. */
    final class Norms {
        double weights;
        double others;
    }

    static Rule of(OptimizerOptions options) {
        return switch (options) {
            case SgdOptions o -> new SgdRule(o);
            case LarsOptions o -> new LarsRule(o);
            case AdamWOptions o -> new AdamWRule(o);
            case LambOptions o -> new LambRule(o);
        };
    }

    /** Names of the blocks that it remembers, as in checkpoints. */
    List<String> states();

    /** Before the parameters of one rate in a step; steps are counted from 1. */
    void begin(double lr, long number);

    /** True if a parameter of this decay is scaled by its norms. */
    default boolean scales(float decay) {
        return false;
    }

    /** Adds to the norms; may move the state. Only where it {@link #scales}. */
    default void measure(Piece p, Norms norms) {
        throw new IllegalStateException(this + " does not scale");
    }

    /** The scale of a parameter; only where it {@link #scales}. */
    default float scale(Norms norms, float decay) {
        throw new IllegalStateException(this + " does not scale");
    }

    /** Moves weights and state; {@code scale} is 1 where it does not scale. */
    void move(Piece p, float scale);
}
