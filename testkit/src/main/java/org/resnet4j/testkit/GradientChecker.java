package org.resnet4j.testkit;

import java.util.function.ToDoubleFunction;

/** Compares gradients with central differences of the function that they are said to be of. Stateless. */
public final class GradientChecker {
    /**
     * What came out.
     *
     * @param largest entry of the numeric gradient, absolute; 0 says that the function does not depend on its argument
     * @param worst difference of an entry from the numeric one, absolute
     */
    public record Outcome(double largest, double worst) {
        /** The difference as a share of the largest entry. */
        public double relative() {
            return worst / largest;
        }
    }

    private GradientChecker() {}

    /**
     * Moves one element after the other up and down.
     *
     * @param function of all elements; called with the same array each time, changed
     * @param at where; not changed
     * @param gradient that is to be checked, element by element
     * @param step of the differences; 1e-5 suits float64 functions of numbers about 1
     */
    public static Outcome check(ToDoubleFunction<double[]> function, double[] at, double[] gradient, double step) {
        if (at.length != gradient.length) {
            throw new IllegalArgumentException(
                    "a gradient has as many elements as its argument, found " + gradient.length + " for " + at.length);
        }
        double[] x = at.clone();
        double largest = 0;
        double worst = 0;
        for (int i = 0; i < x.length; i++) {
            x[i] = at[i] + step;
            double above = function.applyAsDouble(x);
            x[i] = at[i] - step;
            double below = function.applyAsDouble(x);
            x[i] = at[i];
            double numeric = (above - below) / (2 * step);
            largest = Math.max(largest, Math.abs(numeric));
            worst = Math.max(worst, Math.abs(numeric - gradient[i]));
        }
        return new Outcome(largest, worst);
    }
}
