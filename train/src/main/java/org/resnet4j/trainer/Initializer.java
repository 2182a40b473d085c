package org.resnet4j.trainer;

import java.util.Arrays;
import org.resnet4j.engine.Parameters;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Init;
import org.resnet4j.graph.Parameter;
import org.resnet4j.random.Rng;
import org.resnet4j.tensor.Shape;

/**
 * Draws the numbers that parameters start with. Each tensor has a stream of its own, keyed by (seed, name), so neither the order
 * of the parameters nor what else is in the network has an influence. Stateless.
 */
public final class Initializer {
    private Initializer() {}

    /** Sets every parameter and buffer of {@code graph} in {@code parameters}. */
    public static void fill(Graph graph, Parameters parameters, long seed) {
        for (Parameter p : graph.parameters()) {
            parameters.set(p.name(), draw(p, seed));
        }
    }

    /** The numbers of one parameter, row-major. */
    public static float[] draw(Parameter parameter, long seed) {
        Shape shape = parameter.value().type().shape();
        float[] out = new float[Math.toIntExact(shape.elements())];
        Rng rng = Rng.of(seed, Rng.key("init"), Rng.key(parameter.name()));
        switch (parameter.init()) {
            case Init.Constant c -> Arrays.fill(out, (float) c.value());
            case Init.UniformFanIn u -> {
                double bound = 1 / StrictMath.sqrt((double) u.fanIn());
                for (int i = 0; i < out.length; i++) {
                    out[i] = (float) rng.nextDouble(-bound, bound);
                }
            }
            case Init.Normal normal -> {
                for (int i = 0; i < out.length; i++) {
                    out[i] = (float) (normal.deviation() * rng.nextGaussian());
                }
            }
            case Init.HeNormal _ -> {
                double deviation = StrictMath.sqrt(2.0 / fanOut(shape));
                for (int i = 0; i < out.length; i++) {
                    out[i] = (float) (deviation * rng.nextGaussian());
                }
            }
        }
        return out;
    }

    /** Output channels times the kernel's area, as torch's {@code kaiming_normal_(mode='fan_out')} counts them. */
    private static long fanOut(Shape weights) {
        long fanOut = weights.dim(0);
        for (int i = 2; i < weights.rank(); i++) {
            fanOut = Math.multiplyExact(fanOut, weights.dim(i));
        }
        return fanOut;
    }
}
