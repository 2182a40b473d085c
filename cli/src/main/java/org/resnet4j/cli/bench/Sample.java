package org.resnet4j.cli.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Times of runs in a row.
 *
 * @param imagesPerSecond over all of them
 * @param milliseconds of each, ascending
 */
public record Sample(double imagesPerSecond, double[] milliseconds) {
    private static final int LEAST_RUNS = 3;

    /** Runs {@code workload} for about {@code seconds}, at least three times, after one run that is not counted. */
    public static Sample of(Workload workload, double seconds) {
        workload.step(); // wakes the threads
        List<Double> times = new ArrayList<>();
        long start = System.nanoTime();
        long now = start;
        while (now - start < seconds * 1e9 || times.size() < LEAST_RUNS) {
            workload.step();
            long after = System.nanoTime();
            times.add((after - now) / 1e6);
            now = after;
        }
        double[] sorted = times.stream().mapToDouble(t -> t).sorted().toArray();
        return new Sample(times.size() * (double) workload.what().batch() * 1e9 / (now - start), sorted);
    }

    /** All runs of several samples; the rate is their median. */
    public static Sample joined(List<Sample> samples) {
        double[] rates =
                samples.stream().mapToDouble(Sample::imagesPerSecond).sorted().toArray();
        double[] times = samples.stream()
                .flatMapToDouble(s -> Arrays.stream(s.milliseconds))
                .sorted()
                .toArray();
        return new Sample(rates[rates.length / 2], times);
    }

    /** The time that this share of the runs did not exceed; milliseconds. */
    public double percentile(double share) {
        int at = (int) Math.ceil(share * milliseconds.length) - 1;
        return milliseconds[Math.clamp(at, 0, milliseconds.length - 1)];
    }
}
