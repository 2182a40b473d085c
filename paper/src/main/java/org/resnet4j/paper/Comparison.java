package org.resnet4j.paper;

import java.util.Objects;

/**
 * One of the paper's numbers beside ours.
 *
 * @param paper the paper's
 * @param ours one value a run, in the same unit; a single one where it is counted and not measured
 * @param verdict what came of it
 * @param known a sentence on a known difference, or empty
 */
public record Comparison(Published paper, Sample ours, Verdict verdict, String known) {
    private static final double CONFIDENCE = 0.95;

    /** Requires all. */
    public Comparison {
        Objects.requireNonNull(paper);
        Objects.requireNonNull(ours);
        Objects.requireNonNull(verdict);
        Objects.requireNonNull(known);
    }

    /**
     * Of what differs from run to run. It agrees where the paper's number lies in the interval in which the mean of as many further
     * runs as it is of would lie with a probability of 95 %. The deviation is that of our runs, and of the paper's where it prints one.
     */
    public static Comparison measured(Published paper, Sample ours, String known) {
        return new Comparison(paper, ours, judge(paper, ours), known);
    }

    /** Of what has one value, such as a count: it agrees where it is rounded to the printed number. */
    public static Comparison counted(Published paper, double exact, String known) {
        return new Comparison(
                paper, Sample.of(exact), paper.isRounded(exact) ? Verdict.AGREES : Verdict.DIFFERS, known);
    }

    /** Of one measurement with trained weights, such as an error over a whole validation set, within {@code tolerance} of the paper's. */
    public static Comparison within(Published paper, double measured, double tolerance, String known) {
        boolean close = Math.abs(measured - paper.value()) <= tolerance;
        return new Comparison(paper, Sample.of(measured), close ? Verdict.AGREES : Verdict.DIFFERS, known);
    }

    /** Ours minus the paper's. */
    public double difference() {
        return ours.mean() - paper.value();
    }

    private static Verdict judge(Published paper, Sample ours) {
        if (ours.n() < 2) {
            return Verdict.NOT_ENOUGH_RUNS;
        }
        boolean printed = !Double.isNaN(paper.deviation());
        double theirs = printed ? paper.deviation() * paper.deviation() : ours.variance();
        double a = ours.variance() / ours.n();
        double b = theirs / paper.runs();
        double freedom =
                printed ? (a + b) * (a + b) / (a * a / (ours.n() - 1) + b * b / (paper.runs() - 1)) : ours.n() - 1;
        double half = a + b == 0 ? 0 : Math.sqrt(a + b) * Student.quantile(0.5 + CONFIDENCE / 2, freedom);
        // What the paper prints is rounded.
        double rounding = 0.5 * Math.pow(10, -paper.decimals());
        return Math.abs(ours.mean() - paper.value()) <= half + rounding ? Verdict.AGREES : Verdict.DIFFERS;
    }
}
