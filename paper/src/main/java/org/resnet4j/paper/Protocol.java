package org.resnet4j.paper;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.resnet4j.pass.Precision;

/**
 * How far an experiment goes.
 *
 * @param scale part of the paper's schedule
 * @param seeds runs of each network, with seeds from 1 on
 * @param only depths that are wanted; empty for the study's own
 * @param precision of training
 * @param data folder as typed, or {@code shapes}
 * @param settings options of training that go before the recipe's, by name; sorted
 */
public record Protocol(
        Scale scale, int seeds, List<Integer> only, Precision precision, String data, Map<String, String> settings) {
    private static final int MOST_SEEDS = 1000;

    /** Checks the counts. */
    public Protocol {
        Objects.requireNonNull(scale);
        Objects.requireNonNull(precision);
        Objects.requireNonNull(data);
        only = List.copyOf(only);
        settings = Collections.unmodifiableMap(new TreeMap<>(settings));
        if (seeds < 1 || seeds > MOST_SEEDS) {
            throw new IllegalArgumentException("--seeds must be 1 to " + MOST_SEEDS + ", found " + seeds);
        }
    }

    /** True if a network of so many layers is wanted, {@code usual} if it is among those that a study has by itself. */
    public boolean wants(int layers, boolean usual) {
        return only.isEmpty() ? usual : only.contains(layers);
    }

    /** The words after {@code resnet train} that make a run. */
    List<String> words(Arm arm, long seed) {
        List<String> words = new ArrayList<>(List.of(arm.model(), "--data", data, "--recipe", arm.recipe()));
        words.addAll(arm.words());
        words.addAll(arm.course().words(scale));
        words.addAll(List.of("--precision", precision.name().toLowerCase(Locale.ROOT), "--seed", Long.toString(seed)));
        settings.forEach((name, value) -> words.add("--" + name + "=" + value));
        return words;
    }

    /** The name of a run's folder: {@code cifar_plain56-bf16-1_32-seed1}. */
    String folder(Arm arm, long seed) {
        return arm.model() + (arm.variant().isEmpty() ? "" : "-" + arm.variant()) + "-"
                + precision.name().toLowerCase(Locale.ROOT) + "-" + scale.inNames() + "-seed" + seed;
    }
}
