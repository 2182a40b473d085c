package org.resnet4j.highway;

import java.util.List;
import org.resnet4j.zoo.NetworkSpec;

/**
 * A convolutional highway network: in each stage one plain 3x3 convolution that sets the width, then highway layers; 2x2 max
 * pooling between stages; a 1x1 convolution, the mean over all pixels, one fully connected layer.
 *
 * @param name as users type it
 * @param depths convolutional layers in each stage, the plain one counted
 * @param widths channels of each stage
 * @param reduced channels of the 1x1 convolution
 * @param gateBias what the gates' biases start at: negative, so that layers begin by passing their input on
 * @param dropout probability that training drops an input of a stage or of the last layer; 0 for none
 * @param classes outputs of the last layer
 * @param inputSize height and width of the pictures, in pixels; halved by each stage but the last
 */
public record HighwaySpec(
        String name,
        List<Integer> depths,
        List<Integer> widths,
        int reduced,
        double gateBias,
        double dropout,
        int classes,
        int inputSize)
        implements NetworkSpec {
    /** Checks every count, and that the pictures are large enough. */
    public HighwaySpec {
        depths = List.copyOf(depths);
        widths = List.copyOf(widths);
        NetworkSpec.requireDepths(name, depths);
        NetworkSpec.requireCounts(name, "widths", widths);
        NetworkSpec.requireCounts(name, "reduced, classes and input size", List.of(reduced, classes, inputSize));
        boolean numbers = dropout >= 0 && dropout < 1 && Double.isFinite(gateBias);
        if (depths.isEmpty() || depths.size() != widths.size() || !numbers) {
            throw new IllegalArgumentException(name
                    + ": a network needs as many widths as depths, at least one, dropout in"
                    + " [0, 1) and a finite gate bias, found depths " + depths + ", widths " + widths + ", dropout "
                    + dropout + ", gate bias " + gateBias);
        }
        if (depths.size() > Integer.SIZE - 1 || inputSize >> (depths.size() - 1) == 0) {
            throw new IllegalArgumentException(name + ": " + depths.size() + " stages halve their pictures "
                    + (depths.size() - 1) + " times, but these have " + inputSize + " pixels a side");
        }
    }

    @Override
    public int layers() {
        return depths.stream().mapToInt(Integer::intValue).sum() + 2;
    }

    @Override
    public String firstConvolution() {
        return "layer1.0.conv";
    }

    @Override
    public String classifier() {
        return "fc";
    }

    @Override
    public HighwaySpec withName(String other) {
        return new HighwaySpec(other, depths, widths, reduced, gateBias, dropout, classes, inputSize);
    }

    @Override
    public HighwaySpec withClasses(int other) {
        return new HighwaySpec(name, depths, widths, reduced, gateBias, dropout, other, inputSize);
    }

    @Override
    public HighwaySpec withInputSize(int other) {
        return new HighwaySpec(name, depths, widths, reduced, gateBias, dropout, classes, other);
    }

    /** This network with other dropout. */
    public HighwaySpec withDropout(double other) {
        return new HighwaySpec(name, depths, widths, reduced, gateBias, other, classes, inputSize);
    }

    @Override
    public HighwaySpec withoutDropping() {
        return withDropout(0);
    }
}
