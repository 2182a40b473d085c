package org.resnet4j.optim;

/** How gradients are kept from being too large: a closed set of records. Constants out of range throw {@link IllegalArgumentException}. */
public sealed interface Clipping {
    /** Not at all. */
    record None() implements Clipping {}

    /**
     * All gradients together are scaled to the norm {@code max} where theirs is larger: {@code clip_grad_norm_}.
     *
     * @param max Euclidean norm over all parameters
     */
    record Norm(double max) implements Clipping {
        /** Checks the range. */
        public Norm {
            require("the largest norm of the gradients", max);
        }
    }

    /**
     * Each output unit's gradient is scaled to {@code factor} times the norm of its weights where it is larger; those of the last
     * layer are left as they are. Brock et al. 2021; timm's {@code adaptive_clip_grad}.
     *
     * @param factor largest ratio of the two norms
     */
    record Adaptive(double factor) implements Clipping {
        /** Checks the range. */
        public Adaptive {
            require("the factor of adaptive clipping", factor);
        }
    }

    private static void require(String what, double found) {
        if (!(found > 0 && found < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(what + " must be finite and above 0, found " + found);
        }
    }
}
