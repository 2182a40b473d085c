package org.resnet4j.optim;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Parameter;
import org.resnet4j.tensor.Shape;

/**
 * How strongly weights are pulled towards zero, and which. Negative or non-finite values throw
 * {@link IllegalArgumentException}.
 *
 * @param value of weights: every trainable parameter that is none of the following
 * @param norm of the scales and shifts of batch norms: torchvision's {@code --norm-weight-decay}
 * @param bias of other vectors: torchvision's {@code --bias-weight-decay}
 */
public record WeightDecay(double value, double norm, double bias) {
    /** Checks the ranges. */
    public WeightDecay {
        require("weight decay", value);
        require("the weight decay of batch norm", norm);
        require("the weight decay of biases", bias);
    }

    /** With biases as weights. */
    public WeightDecay(double value, double norm) {
        this(value, norm, value);
    }

    private static void require(String what, double found) {
        if (!(found >= 0 && found < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(what + " must be finite and at least 0, found " + found);
        }
    }

    /** The same on every trainable parameter, batch norm's too: torchvision's and fb.resnet.torch's default. */
    public static WeightDecay everywhere(double value) {
        return new WeightDecay(value, value, value);
    }

    /** On everything but the scales and shifts of batch norms: the paper's released models, NVIDIA's recipes. */
    public static WeightDecay exceptNorm(double value) {
        return new WeightDecay(value, 0);
    }

    /** On weights alone, not on vectors: timm's {@code filter_bias_and_bn}. */
    public static WeightDecay exceptVectors(double value) {
        return new WeightDecay(value, 0, 0);
    }

    /** Of one parameter. */
    double of(boolean norm, Shape shape) {
        return norm ? this.norm : shape.rank() <= 1 ? bias : value;
    }

    /** Names of the scales and shifts of every batch norm of {@code graph}. */
    public static Set<String> normParameters(Graph graph) {
        Set<String> names = new HashSet<>();
        for (Node node : graph.nodes()) {
            if (node.op() instanceof Op.BatchNorm || node.op() instanceof Op.BatchNormInference) {
                names.add(node.input(1).name());
                names.add(node.input(2).name());
            }
        }
        return names;
    }

    /**
     * For people: {@code 1.0E-4 on 20 tensors (269,000 numbers), 0.0 on 38 of batch norm (1,376 numbers), 1.0E-4 on 1 biases (10
     * numbers)}.
     */
    public String describe(Graph graph) {
        Set<String> norms = normParameters(graph);
        List<Parameter> all =
                graph.parameters().stream().filter(Parameter::trainable).toList();
        List<Parameter> norm =
                all.stream().filter(p -> norms.contains(p.name())).toList();
        List<Parameter> others =
                all.stream().filter(p -> !norms.contains(p.name())).toList();
        List<Parameter> biases = others.stream().filter(WeightDecay::isVector).toList();
        List<Parameter> weights = others.stream().filter(p -> !isVector(p)).toList();
        return value + " on " + count(weights, "tensors") + ", " + this.norm + " on " + count(norm, "of batch norm")
                + ", " + bias + " on " + count(biases, "biases");
    }

    private static boolean isVector(Parameter p) {
        return p.value().type().shape().rank() <= 1;
    }

    private static String count(List<Parameter> of, String what) {
        long numbers =
                of.stream().mapToLong(p -> p.value().type().shape().elements()).sum();
        return String.format(Locale.ROOT, "%d %s (%,d numbers)", of.size(), what, numbers);
    }
}
