package org.resnet4j.vgg;

import java.util.List;
import org.resnet4j.zoo.NetworkSpec;

/**
 * A VGG network: stages of 3x3 convolutions, each ended by 2x2 max pooling, then three fully connected layers.
 *
 * @param name as users type it
 * @param depths convolutions in each stage
 * @param widths channels of each stage
 * @param batchNorm true for a batch norm after each convolution, which keeps its bias
 * @param hidden outputs of the first two fully connected layers
 * @param dropout probability that training drops an output of those two; 0 for none
 * @param classes outputs of the last layer
 * @param inputSize height and width of the pictures, in pixels: what is left after the stages must divide into 7x7
 */
public record VggSpec(
        String name,
        List<Integer> depths,
        List<Integer> widths,
        boolean batchNorm,
        int hidden,
        double dropout,
        int classes,
        int inputSize)
        implements NetworkSpec {
    /** Pixels a side that the fully connected layers see. */
    static final int POOLED = 7;

    /** Checks every count, and that the pictures' size works out. */
    public VggSpec {
        depths = List.copyOf(depths);
        widths = List.copyOf(widths);
        NetworkSpec.requireDepths(name, depths);
        NetworkSpec.requireCounts(name, "widths", widths);
        NetworkSpec.requireCounts(name, "hidden, classes and input size", List.of(hidden, classes, inputSize));
        if (depths.isEmpty() || depths.size() != widths.size() || !(dropout >= 0 && dropout < 1)) {
            throw new IllegalArgumentException(name
                    + ": a network needs as many widths as depths, at least one, and dropout in [0, 1), found depths "
                    + depths + ", widths " + widths + ", dropout " + dropout);
        }
        int left = depths.size() < Integer.SIZE - 1 ? inputSize >> depths.size() : 0;
        if (left == 0 || left % POOLED != 0) {
            throw new IllegalArgumentException(name + ": " + depths.size() + " stages must leave a multiple of "
                    + POOLED + " pixels a side, found " + left + " of " + inputSize + "; 224 pixels fit five stages");
        }
    }

    @Override
    public int layers() {
        return depths.stream().mapToInt(Integer::intValue).sum() + 3;
    }

    @Override
    public String firstConvolution() {
        return "features.0";
    }

    @Override
    public String classifier() {
        return "classifier.6";
    }

    @Override
    public VggSpec withName(String other) {
        return new VggSpec(other, depths, widths, batchNorm, hidden, dropout, classes, inputSize);
    }

    @Override
    public VggSpec withClasses(int other) {
        return new VggSpec(name, depths, widths, batchNorm, hidden, dropout, other, inputSize);
    }

    @Override
    public VggSpec withInputSize(int other) {
        return new VggSpec(name, depths, widths, batchNorm, hidden, dropout, classes, other);
    }

    /** This network with other dropout. */
    public VggSpec withDropout(double other) {
        return new VggSpec(name, depths, widths, batchNorm, hidden, other, classes, inputSize);
    }

    @Override
    public VggSpec withoutDropping() {
        return withDropout(0);
    }
}
