package org.resnet4j.paper.measure;

import org.resnet4j.infer.Measures;
import org.resnet4j.infer.Scores;
import org.resnet4j.metric.Interval;

/**
 * What a network, or an average of several, answered to every picture of a set.
 *
 * @param name in the paper's words
 * @param what the network and how it was shown the pictures, in words
 * @param right true where the picture's class was the first answer
 * @param top1 share of pictures whose class was not the first answer
 * @param top5 share of pictures whose class was not among the first five answers
 */
record Answers(String name, String what, boolean[] right, Rate top1, Rate top5) {
    /**
     * An error rate with Wilson's interval of 95 % confidence, all in per cent.
     *
     * @param percent of the pictures
     * @param low end of the interval
     * @param high end of the interval
     */
    record Rate(double percent, double low, double high) {
        private static Rate of(long right, long samples) {
            Interval i = Interval.wilson(right, samples);
            return new Rate(100.0 * (samples - right) / samples, 100 * (1 - i.high()), 100 * (1 - i.low()));
        }
    }

    static Answers of(String name, String what, Scores scores, int[] labels) {
        Measures measures = Measures.of(scores, labels);
        boolean[] right = new boolean[labels.length];
        for (int i = 0; i < labels.length; i++) {
            right[i] = scores.readable(i) && scores.rank(i, labels[i]) == 0;
        }
        return new Answers(
                name,
                what,
                right,
                Rate.of(measures.right1(), measures.samples()),
                Rate.of(measures.right5(), measures.samples()));
    }

    int pictures() {
        return right.length;
    }

    /** True if this is what the paper calls {@code other}. */
    boolean is(String other) {
        return Subject.same(name, other);
    }

    /** For each picture 1 if only this was wrong, -1 if only the other was, else 0. */
    double[] wrongMinus(Answers other) {
        double[] out = new double[right.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (other.right[i] ? 1 : 0) - (right[i] ? 1 : 0);
        }
        return out;
    }
}
