package org.resnet4j.paper;

import java.util.List;
import java.util.Objects;
import org.resnet4j.pass.Precision;

/**
 * How far an experiment goes.
 *
 * @param scale part of the paper's schedule
 * @param seeds runs of each network, with seeds from 1 on
 * @param only depths that are wanted; empty for the study's own
 * @param precision of training
 * @param data folder as typed, or {@code shapes}
 */
public record Protocol(Scale scale, int seeds, List<Integer> only, Precision precision, String data) {
    private static final int MOST_SEEDS = 1000;

    /** Checks the counts. */
    public Protocol {
        Objects.requireNonNull(scale);
        Objects.requireNonNull(precision);
        Objects.requireNonNull(data);
        only = List.copyOf(only);
        if (seeds < 1 || seeds > MOST_SEEDS) {
            throw new IllegalArgumentException("--seeds must be 1 to " + MOST_SEEDS + ", found " + seeds);
        }
    }

    /** True if a network of so many layers is wanted, {@code usual} if it is among those that a study has by itself. */
    public boolean wants(int layers, boolean usual) {
        return only.isEmpty() ? usual : only.contains(layers);
    }
}
