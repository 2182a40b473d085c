package org.resnet4j.infer;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.resnet4j.metric.Calibration;
import org.resnet4j.metric.ConfusionMatrix;
import org.resnet4j.metric.Interval;

/**
 * How good answers are. A picture that could not be read counts as wrong; it is in no mean of probabilities and not in the
 * confusion matrix, since it was taken for nothing.
 *
 * @param samples all pictures
 * @param unreadable pictures without an answer
 * @param right1 pictures whose class was the likeliest
 * @param right5 pictures whose class was among the five likeliest
 * @param loss mean negative logarithm of the probability of the picture's class, in nats; NaN without any answer
 * @param calibration of the likeliest class; answers that are no numbers are not in it
 * @param confusion which class was taken for which
 * @param perClass pictures of each class, also of those that have none
 */
public record Measures(
        long samples,
        long unreadable,
        long right1,
        long right5,
        double loss,
        Calibration calibration,
        ConfusionMatrix confusion,
        List<ClassCount> perClass) {
    private static final int TOP = 5;

    /**
     * A class's part of the set.
     *
     * @param index of its logit
     * @param samples its pictures
     * @param right1 those whose likeliest class it was
     * @param right5 those where it was among the five likeliest
     */
    public record ClassCount(int index, long samples, long right1, long right5) {
        /** Share of right answers; NaN without pictures. */
        public double accuracy() {
            return (double) right1 / samples;
        }
    }

    /** Copies the list. */
    public Measures {
        perClass = List.copyOf(perClass);
    }

    /**
     * Counts.
     *
     * @param scores what was answered
     * @param labels the logit of each sample's class
     */
    public static Measures of(Scores scores, int[] labels) {
        if (labels.length != scores.samples()) {
            throw new IllegalArgumentException(
                    scores.samples() + " samples need as many labels, found " + labels.length);
        }
        int classes = scores.classes();
        long[][] counts = new long[3][classes];
        double loss = 0;
        Calibration calibration = Calibration.empty();
        ConfusionMatrix confusion = ConfusionMatrix.of(classes);
        for (int i = 0; i < labels.length; i++) {
            int label = labels[i];
            counts[0][label]++;
            if (scores.readable(i)) {
                int rank = scores.rank(i, label);
                int answer = scores.answer(i);
                counts[1][label] += rank == 0 ? 1 : 0;
                counts[2][label] += rank < TOP ? 1 : 0;
                loss -= scores.logProbability(i, label);
                confusion.add(label, answer);
                double probability = scores.probability(i, answer);
                if (!Double.isNaN(probability)) { // else the loss says so
                    calibration.add(probability, rank == 0);
                }
            }
        }
        int unreadable = scores.unreadable().size();
        return new Measures(
                labels.length,
                unreadable,
                Arrays.stream(counts[1]).sum(),
                Arrays.stream(counts[2]).sum(),
                loss / (labels.length - unreadable),
                calibration,
                confusion,
                IntStream.range(0, classes)
                        .mapToObj(c -> new ClassCount(c, counts[0][c], counts[1][c], counts[2][c]))
                        .toList());
    }

    /** Top-1 accuracy in per cent, timm's {@code top1}. */
    public double top1() {
        return 100.0 * right1 / samples;
    }

    /** Top-5 accuracy in per cent, timm's {@code top5}. */
    public double top5() {
        return 100.0 * right5 / samples;
    }

    /** Where top-1 accuracy lies with 95 % confidence, were the pictures drawn anew. */
    public Interval top1Interval() {
        return Interval.wilson(right1, samples);
    }

    /** Where top-5 accuracy lies with 95 % confidence. */
    public Interval top5Interval() {
        return Interval.wilson(right5, samples);
    }
}
