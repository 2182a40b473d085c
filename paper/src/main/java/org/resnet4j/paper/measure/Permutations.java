package org.resnet4j.paper.measure;

import java.util.Arrays;
import org.resnet4j.random.Rng;

/**
 * Whether numbers are smaller than others by more than chance: how often a mean difference as large comes about when it is drawn by lot
 * which number is whose. Assumes nothing of their distribution, but that they are independent. The same numbers, the same result.
 * Stateless.
 */
final class Permutations {
    private static final int DRAWS = 9999;

    private Permutations() {}

    /** For pairs: the chance of a mean as far from 0 when every difference gets its sign by lot. */
    static double ofPairs(double[] differences) {
        double observed = Math.abs(sum(differences));
        Rng rng = Rng.of(0, Rng.key("pairs"));
        int asFar = 0;
        for (int draw = 0; draw < DRAWS; draw++) {
            double drawn = 0;
            for (double d : differences) {
                drawn += rng.nextBoolean() ? d : -d;
            }
            asFar += Math.abs(drawn) >= observed * (1 - 1e-12) ? 1 : 0; // rounding must not make it look nearer
        }
        return (asFar + 1.0) / (DRAWS + 1);
    }

    /** For two samples: the chance of means as far apart when it is drawn by lot which number belongs to which. */
    static double ofSamples(double[] a, double[] b) {
        double observed = Math.abs(sum(a) / a.length - sum(b) / b.length);
        double[] all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        double whole = sum(all);
        Rng rng = Rng.of(0, Rng.key("samples"));
        int asFar = 0;
        for (int draw = 0; draw < DRAWS; draw++) {
            int[] order = rng.permutation(all.length);
            double drawn = 0;
            for (int i = 0; i < a.length; i++) {
                drawn += all[order[i]];
            }
            // Rounding must not make a draw that is the observation itself look nearer.
            double apart = Math.abs(drawn / a.length - (whole - drawn) / b.length);
            asFar += apart >= observed * (1 - 1e-12) ? 1 : 0;
        }
        return (asFar + 1.0) / (DRAWS + 1);
    }

    private static double sum(double[] numbers) {
        return Arrays.stream(numbers).sum();
    }
}
