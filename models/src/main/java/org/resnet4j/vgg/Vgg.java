package org.resnet4j.vgg;

import org.resnet4j.builder.GraphBuilder;
import org.resnet4j.graph.Init;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Value;
import org.resnet4j.graph.Window;
import org.resnet4j.tensor.Shape;
import org.resnet4j.tensor.ShapeException;

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

    /**
     * Adds the network to {@code b}, on pictures [N, 3, H, W]; returns the logits.
     *
     * @throws ShapeException if what the stages leave of a side does not divide into 7
     */
    public static Value logits(VggSpec spec, GraphBuilder b, Value input) {
        return new Vgg(spec, b).logits(input);
    }

    private Value logits(Value input) {
        Value x = input;
        for (int stage = 0; stage < spec.depths().size(); stage++) {
            for (int i = 0; i < spec.depths().get(stage); i++) {
                x = convolution(x, spec.widths().get(stage));
            }
            x = b.maxPool(feature(), x, Window.square(2, 2, 0));
        }
        x = hidden(b.flatten("flatten", pooled(x)), 0);
        return linear("classifier.6", hidden(x, 3), spec.classes());
    }

    /** What torchvision's adaptive pooling to 7x7 is where sizes divide; where they are equal it does nothing. */
    private Value pooled(Value x) {
        Shape s = x.type().shape();
        int down = s.intDim(2) / VggSpec.POOLED;
        int across = s.intDim(3) / VggSpec.POOLED;
        if (s.dim(2) % VggSpec.POOLED != 0 || s.dim(3) % VggSpec.POOLED != 0) {
            throw new ShapeException(spec.name() + ", avgpool: a multiple of " + VggSpec.POOLED
                    + " pixels a side must be left of the picture, found " + s + "; 224 pixels a side fit five stages");
        }
        Window window = new Window(down, across, down, across, 0, 0);
        return down == 1 && across == 1
                ? x
                : b.add("avgpool", new Op.AvgPool(window, false), x).getFirst();
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
