package org.resnet4j.golden;

import java.util.Map;
import java.util.Objects;
import java.util.stream.DoubleStream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.resnet4j.optim.Momentum;
import org.resnet4j.optim.SgdOptions;
import org.resnet4j.optim.WeightDecay;

/**
 * A few steps of gradient descent whose losses a golden file holds; step s is on batch s.
 *
 * @param losses name of the tensor of losses
 * @param options of the optimiser
 * @param rates learning rate of each step
 */
record Descent(String losses, SgdOptions options, double[] rates) {
    /** What the files of CIFAR networks from outside hold. */
    static final Descent PAPER = paper(0.1, 10);

    /** Steps of one rate with the paper's momentum and decay. */
    static Descent paper(double rate, int steps) {
        return new Descent(
                "sgd.losses",
                SgdOptions.PAPER,
                DoubleStream.generate(() -> rate).limit(steps).toArray());
    }

    /** As a case's description says. */
    static Descent of(Map<String, ? extends @Nullable Object> about) {
        SgdOptions options = new SgdOptions(
                number(about, "momentum"),
                Momentum.valueOf((String) value(about, "convention")),
                (Boolean) value(about, "nesterov"),
                new WeightDecay(number(about, "decay"), number(about, "normDecay")));
        double[] rates = StreamSupport.stream(((Iterable<?>) value(about, "rates")).spliterator(), false)
                .mapToDouble(r -> ((Number) r).doubleValue())
                .toArray();
        return new Descent((String) value(about, "losses"), options, rates);
    }

    private static double number(Map<String, ? extends @Nullable Object> about, String name) {
        return ((Number) value(about, name)).doubleValue();
    }

    private static Object value(Map<String, ? extends @Nullable Object> about, String name) {
        return Objects.requireNonNull(about.get(name), name);
    }
}
