package org.resnet4j.golden;

import java.lang.foreign.Arena;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.resnet4j.engine.Parameters;
import org.resnet4j.engine.TensorView;
import org.resnet4j.optim.SgdOptions;

/** The optimiser's formulas in double, a parameter at a time: what {@code Optimizer} does in float over flat memory. */
final class DoubleSgd {
    private final Parameters parameters;
    private final SgdOptions options;
    private final Set<String> norms;
    private final Map<String, double[]> momentum = new LinkedHashMap<>();

    DoubleSgd(Parameters parameters, SgdOptions options, Set<String> norms) {
        this.parameters = parameters;
        this.options = options;
        this.norms = norms;
    }

    void step(double rate) {
        for (Parameters.Slot slot : parameters.slots()) {
            if (slot.trainable()) {
                double[] w = parameters.doubles(slot.name());
                move(w, parameters.gradientDoubles(slot.name()), slot.name(), rate);
                try (Arena temporary = Arena.ofConfined()) {
                    var plain = temporary.allocate(slot.type().bytes(), Parameters.ALIGNMENT);
                    new TensorView(slot.name(), slot.type(), plain).set(w);
                    parameters.set(slot.name(), plain);
                }
            }
        }
    }

    private void move(double[] w, double[] gradient, String name, double rate) {
        double m = options.momentum();
        double decay =
                norms.contains(name) ? options.decay().norm() : options.decay().value();
        double[] v = momentum.computeIfAbsent(name, _ -> new double[w.length]);
        for (int i = 0; i < w.length; i++) {
            double d = gradient[i] + decay * w[i];
            double old = v[i];
            switch (options.convention()) {
                case PYTORCH -> {
                    v[i] = m * old + d;
                    w[i] -= rate * (options.nesterov() ? d + m * v[i] : v[i]);
                }
                case CAFFE -> {
                    v[i] = m * old + rate * d;
                    w[i] -= options.nesterov() ? (1 + m) * v[i] - m * old : v[i];
                }
            }
        }
    }
}
