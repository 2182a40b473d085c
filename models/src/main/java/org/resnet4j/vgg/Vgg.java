package org.resnet4j.vgg;

import org.resnet4j.builder.GraphBuilder;
import org.resnet4j.graph.Init;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Value;
import org.resnet4j.graph.Window;
import org.resnet4j.tensor.Shape;
import org.resnet4j.tensor.TensorType;

/**
 * Builds a {@link VggSpec}. Modules are numbered as torchvision's {@code features} and {@code classifier} are, activations,
 * pooling and dropout counted. Starts as torchvision does: convolutions He normal, fully connected layers normal with
 * deviation 0.01, biases zero. Stateless.
 */
public final class Vgg {
    private static final Init LINEAR = new Init.Normal(0.01);
    private static final Init ZERO = new Init.Constant(0);

    private final VggSpec spec;
    private final GraphBuilder b;
    private int index;

    private Vgg(VggSpec spec, GraphBuilder b) {
        this.spec = spec;
        this.b = b;
    }

    /** Adds the input and the network to {@code b}; returns the logits. */
    public static Value logits(VggSpec spec, GraphBuilder b) {
        return new Vgg(spec, b).logits();
    }

    private Value logits() {
        Value x = b.input("input", TensorType.f32(Shape.BATCH, 3, spec.inputSize(), spec.inputSize()));
        for (int stage = 0; stage < spec.depths().size(); stage++) {
            for (int i = 0; i < spec.depths().get(stage); i++) {
                x = convolution(x, spec.widths().get(stage));
            }
            x = b.maxPool(feature(), x, Window.square(2, 2, 0));
        }
        int times = x.type().shape().intDim(2) / VggSpec.POOLED;
        if (times > 1) {
            // What torchvision's adaptive pooling to 7x7 is where sizes divide; where they are equal it does nothing.
            x = b.add("avgpool", new Op.AvgPool(Window.square(times, times, 0), false), x)
                    .getFirst();
        }
        x = hidden(b.flatten("flatten", x), 0);
        return linear("classifier.6", hidden(x, 3), spec.classes());
    }

    private String feature() {
        return "features." + index++;
    }

    private Value convolution(Value x, int width) {
        Value y = b.conv2d(feature(), x, width, new Op.Conv2d(Window.square(3, 1, 1), 1, true));
        y = spec.batchNorm() ? b.batchNorm(feature(), y) : y;
        return b.relu(feature(), y);
    }

    private Value hidden(Value x, int at) {
        Value y = linear("classifier." + at, x, spec.hidden());
        y = b.relu("classifier." + (at + 1), y);
        return b.dropout("classifier." + (at + 2), y, spec.dropout());
    }

    private Value linear(String name, Value x, int outputs) {
        Value weights =
                b.weight(name + ".weight", LINEAR, outputs, x.type().shape().dim(1));
        return b.add(name, new Op.Linear(true), x, weights, b.weight(name + ".bias", ZERO, outputs))
                .getFirst();
    }
}
