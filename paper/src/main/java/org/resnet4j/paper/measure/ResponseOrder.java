package org.resnet4j.paper.measure;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.resnet4j.paper.Finding;
import org.resnet4j.paper.Sample;
import org.resnet4j.paper.Verdict;
import org.resnet4j.paper.Welch;

/**
 * Whether one network's layers respond less than another's: what figure 7 states, as numbers. Each network may have been trained
 * several times; a layer counts with the geometric mean of its runs.
 *
 * @param less the network that is said to respond less
 * @param more the other
 * @param layers compared: pairs of layers of equal name where the structures are the same, else those of {@code less}
 * @param share of comparisons, layer by layer or each with each, in which {@code less} responds less
 * @param ratio geometric mean of the deviations of {@code less} over that of {@code more}
 * @param chance of a ratio as far from 1 if it were drawn by lot which layer is whose. Layers of one network are not quite independent, so
 *     the true one is larger
 * @param runs difference of the logarithms of the means over the layers, and how sure it is over the runs
 */
public record ResponseOrder(
        String less, String more, int layers, double share, double ratio, double chance, Welch runs) {
    /** Above this, what is seen may be chance. */
    private static final double CHANCE = 0.05;

    /**
     * Compares.
     *
     * @param less runs of one network, at least one
     * @param more runs of another, at least one
     */
    public static ResponseOrder of(List<Responses> less, List<Responses> more) {
        double[] a = logarithms(less);
        double[] b = logarithms(more);
        boolean same = names(less.getFirst()).equals(names(more.getFirst()));
        return new ResponseOrder(
                less.getFirst().network(),
                more.getFirst().network(),
                a.length,
                same ? shareOfPairs(a, b) : shareOfAll(a, b),
                Math.exp(mean(a) - mean(b)),
                same ? Permutations.ofPairs(differences(a, b)) : Permutations.ofSamples(a, b),
                Welch.of(sample(less), sample(more)));
    }

    /**
     * The statement that {@link #less} responds less, tested: over the runs where there are at least two of each, else over the layers of
     * one run, as the paper does.
     */
    public Finding finding(String statement) {
        boolean sure = runs.isDefined()
                ? Math.abs(runs.t()) > Finding.STANDARD_ERRORS && runs.chance() / 2 < CHANCE
                : chance < CHANCE;
        Verdict verdict = !sure ? Verdict.NOT_ENOUGH_RUNS : ratio < 1 ? Verdict.AGREES : Verdict.DIFFERS;
        Map<String, Double> numbers = new LinkedHashMap<>();
        numbers.put("ratio", ratio);
        numbers.put("share", share);
        numbers.put("layers", (double) layers);
        numbers.put("chance_over_layers", chance);
        numbers.put("standard_errors_over_runs", runs.t());
        numbers.put("chance_over_runs", runs.chance());
        String layerwise = String.format(
                Locale.ROOT,
                "the responses of %s are %.2f times those of %s (geometric mean over the layers), smaller in %.0f %%"
                        + " of the comparisons of layers; by chance alone with p = %.4f were layers independent",
                less,
                ratio,
                more,
                100 * share,
                chance);
        String over = runs.isDefined()
                ? String.format(Locale.ROOT, "; over the runs %.1f standard errors, p = %.4f", runs.t(), runs.chance())
                : "; one run of a network is not enough to say it of all";
        return new Finding("Fig. 7", statement, verdict, layerwise + over, numbers);
    }

    private static List<String> names(Responses responses) {
        return responses.layers().stream().map(Responses.Layer::name).toList();
    }

    /** Of each layer's deviation, averaged over the runs. */
    private static double[] logarithms(List<Responses> runs) {
        double[] mean = new double[runs.getFirst().layers().size()];
        for (Responses run : runs) {
            if (!names(run).equals(names(runs.getFirst()))) {
                throw new IllegalArgumentException("runs of one network are needed, found " + run.network() + " with "
                        + run.layers().size() + " layers beside "
                        + runs.getFirst().network() + " with " + mean.length + "; give networks different names");
            }
            double[] one = logarithms(run);
            for (int i = 0; i < mean.length; i++) {
                mean[i] += one[i] / runs.size();
            }
        }
        return mean;
    }

    private static double[] logarithms(Responses run) {
        return run.layers().stream().mapToDouble(Responses.Layer::logarithm).toArray();
    }

    private static Sample sample(List<Responses> runs) {
        return Sample.of(runs.stream().mapToDouble(r -> mean(logarithms(r))).toArray());
    }

    private static double mean(double[] numbers) {
        return Arrays.stream(numbers).average().orElseThrow();
    }

    private static double[] differences(double[] a, double[] b) {
        double[] out = new double[a.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = a[i] - b[i];
        }
        return out;
    }

    private static double shareOfPairs(double[] a, double[] b) {
        return Arrays.stream(differences(a, b)).filter(d -> d < 0).count() / (double) a.length;
    }

    private static double shareOfAll(double[] a, double[] b) {
        long smaller = Arrays.stream(a)
                .mapToLong(x -> Arrays.stream(b).filter(y -> x < y).count())
                .sum();
        return smaller / ((double) a.length * b.length);
    }
}
