package org.resnet4j.graph;

/**
 * How a parameter starts before training. Data only: {@code train.Initializer} draws the numbers.
 */
public sealed interface Init {
    /**
     * Normal with mean 0 and deviation sqrt(2 / fan_out), fan_out = output channels x kernel area, as
     * torchvision's. He et al. 2015, eq. 10.
     */
    record HeNormal() implements Init {}

    /** Uniform in +-1 / sqrt(fan_in): torchvision's linear layer, weights and bias alike. */
    record UniformFanIn(long fanIn) implements Init {}

    /** Normal with mean 0. */
    record Normal(double deviation) implements Init {
        /** Checks the deviation. */
        public Normal {
            if (!(deviation > 0 && deviation < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "a normal distribution needs a deviation above 0, found " + deviation);
            }
        }
    }

    /** Every element the same. */
    record Constant(double value) implements Init {}
}
