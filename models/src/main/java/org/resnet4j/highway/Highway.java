package org.resnet4j.highway;

import org.resnet4j.builder.GraphBuilder;
import org.resnet4j.graph.Init;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Value;
import org.resnet4j.graph.Window;

/**
 * Builds a {@link HighwaySpec}. A highway layer {@code layer1.1} has the convolutions {@code .transform}, with ReLU, and
 * {@code .gate}, whose sigmoid weighs the transform against the layer's own input; the value {@code layer1.1} is its output.
 * Convolutions start He normal with zero bias, but for the gates' bias. Stateless. Srivastava et al. 2015, equation 3.
 */
public final class Highway {
    private static final Op.Conv2d THREE = new Op.Conv2d(Window.square(3, 1, 1), 1, true);
    private static final Op.Conv2d ONE = new Op.Conv2d(Window.square(1, 1, 0), 1, true);

    private final HighwaySpec spec;
    private final GraphBuilder b;

    private Highway(HighwaySpec spec, GraphBuilder b) {
        this.spec = spec;
        this.b = b;
    }

    /** Adds the network to {@code b}, on pictures [N, 3, H, W] of any size; returns the logits. */
    public static Value logits(HighwaySpec spec, GraphBuilder b, Value input) {
        return new Highway(spec, b).logits(input);
    }

    private Value logits(Value input) {
        Value x = input;
        for (int stage = 0; stage < spec.depths().size(); stage++) {
            String layer = "layer" + (stage + 1) + ".";
            x = stage == 0 ? x : b.maxPool("pool" + stage, x, Window.square(2, 2, 0));
            x = b.dropout("dropout" + (stage + 1), x, spec.dropout());
            x = b.relu(layer + "0", b.conv2d(layer + "0.conv", x, spec.widths().get(stage), THREE));
            for (int i = 1; i < spec.depths().get(stage); i++) {
                x = highway(layer + i, x);
            }
        }
        x = b.relu("reduce.relu", b.conv2d("reduce", x, spec.reduced(), ONE));
        x = b.dropout("dropout", b.globalAvgPool("avgpool", x), spec.dropout());
        return b.linear("fc", x, spec.classes());
    }

    private Value highway(String name, Value x) {
        long width = x.type().shape().dim(1);
        Value transform = b.relu(name + ".relu", b.conv2d(name + ".transform", x, width, THREE));
        Value weights = b.weight(name + ".gate.weight", new Init.HeNormal(), width, width, 3, 3);
        Value bias = b.weight(name + ".gate.bias", new Init.Constant(spec.gateBias()), width);
        Value gate = b.add(name + ".gate", THREE, x, weights, bias).getFirst();
        return b.add(name, new Op.Gate(), transform, gate, x).getFirst();
    }
}
