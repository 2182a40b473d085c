package org.resnet4j.trainer;

import java.util.Objects;
import org.resnet4j.lrschedule.Schedule;
import org.resnet4j.optim.Clipping;
import org.resnet4j.optim.LayerRates;
import org.resnet4j.optim.OptimizerOptions;

/**
 * How gradients become steps.
 *
 * @param optimizer rule, constants and decay
 * @param clipping of the gradients before it
 * @param schedule the learning rate of each step
 * @param rates how it differs from layer to layer
 */
public record Descent(OptimizerOptions optimizer, Clipping clipping, Schedule schedule, LayerRates rates) {
    /** Checks that all is there. */
    public Descent {
        Objects.requireNonNull(optimizer);
        Objects.requireNonNull(clipping);
        Objects.requireNonNull(schedule);
        Objects.requireNonNull(rates);
    }

    /** With one rate for all layers. */
    public Descent(OptimizerOptions optimizer, Clipping clipping, Schedule schedule) {
        this(optimizer, clipping, schedule, LayerRates.SAME);
    }

    /** Without clipping. */
    public static Descent of(OptimizerOptions optimizer, Schedule schedule) {
        return new Descent(optimizer, new Clipping.None(), schedule);
    }
}
