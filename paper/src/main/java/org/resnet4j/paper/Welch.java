package org.resnet4j.paper;

/**
 * Welch's test of the difference of two means, whose deviations need not be the same.
 *
 * @param difference mean of the first minus mean of the second
 * @param standardError of the difference; NaN with fewer than two runs on a side
 * @param degreesOfFreedom of Student's distribution, by Welch and Satterthwaite; NaN without a deviation
 * @see "Welch 1947, The generalization of Student's problem when several different population variances are involved"
 */
public record Welch(double difference, double standardError, double degreesOfFreedom) {
    private static final double CHANCE = 0.05;

    /** The difference of two samples. */
    public static Welch of(Sample first, Sample second) {
        double a = first.variance() / first.n();
        double b = second.variance() / second.n();
        double freedom = (a + b) * (a + b) / (a * a / (first.n() - 1) + b * b / (second.n() - 1));
        return new Welch(first.mean() - second.mean(), Math.sqrt(a + b), freedom);
    }

    /** False where a side has fewer than two runs, or all runs are the same, so that nothing can be said. */
    public boolean isDefined() {
        return standardError > 0;
    }

    /** The difference in standard errors. */
    public double t() {
        return difference / standardError;
    }

    /** Probability of a difference at least as far from zero if there were none. */
    public double chance() {
        return isDefined() ? Student.twoSided(t(), degreesOfFreedom) : Double.NaN;
    }

    /** Lower end of the difference's interval of 95 % confidence. */
    public double low() {
        return difference - half();
    }

    /** Upper end of the difference's interval of 95 % confidence. */
    public double high() {
        return difference + half();
    }

    private double half() {
        return isDefined() ? standardError * Student.quantile(1 - CHANCE / 2, degreesOfFreedom) : Double.NaN;
    }

    /**
     * 1 if the first is higher, -1 if it is lower, by more than so many standard errors and with a one-sided probability of chance
     * below 5 %; else 0. With two runs a side three standard errors alone are little.
     */
    int sign(double standardErrors) {
        boolean sure = isDefined() && Math.abs(t()) > standardErrors && chance() / 2 < CHANCE;
        return sure ? (int) Math.signum(difference) : 0;
    }
}
