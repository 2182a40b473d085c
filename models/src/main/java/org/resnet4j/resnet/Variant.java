package org.resnet4j.resnet;

/**
 * What later papers changed in a residual network; {@link #PAPER} changes nothing.
 *
 * @param order of convolution, batch norm and activation in a block
 * @param groups of the middle convolution; above 1 only in bottlenecks. Xie et al. 2017
 * @param groupWidth channels of each group of that convolution where the stage's width is 64, and in proportion elsewhere: 128 makes
 *     the wide networks of Zagoruyko and Komodakis 2016
 * @param squeeze how many times narrower the inner layer of squeeze-and-excitation is than the block's output; 0 for none. Hu et
 *     al. 2018
 * @param averageDown true to halve the resolution of a projection by average pooling in front of it, not by its stride. He et al.
 *     2019, ResNet-D
 * @param stochasticDepth how probably training skips the last block of a sample, the first never and those between in proportion.
 *     Huang et al. 2016
 * @param epsilon added to the variance by every batch norm
 * @param bias true for convolutions with biases, as Keras's weights have them
 * @param stemWidth channels of the stem, or 0 for those of the first stage
 */
public record Variant(
        Order order,
        int groups,
        int groupWidth,
        int squeeze,
        boolean averageDown,
        double stochasticDepth,
        double epsilon,
        boolean bias,
        int stemWidth) {
    /** The paper's own form, with PyTorch's epsilon. */
    public static final Variant PAPER = new Variant(Order.POST, 1, 64, 0, false, 0, 1e-5, false, 0);

    private static final int LIMIT = 1 << 12;

    /** Where a block has its batch norms and activations. */
    public enum Order {
        /** After each convolution, the last activation after the addition: the paper. Named as torchvision names it. */
        POST,
        /** Before each convolution, nothing after the addition: He et al. 2016b, v2. Named as timm names it. */
        PRE
    }

    /** Checks every number. */
    public Variant {
        boolean counts = groups >= 1 && groups <= LIMIT && groupWidth >= 1 && groupWidth <= LIMIT;
        boolean numbers = stochasticDepth >= 0 && stochasticDepth < 1 && epsilon > 0 && epsilon < 1;
        if (!counts || squeeze < 0 || squeeze > LIMIT || stemWidth < 0 || stemWidth > LIMIT || !numbers) {
            throw new IllegalArgumentException(
                    "a residual network's variant needs groups and their width in 1 to " + LIMIT
                            + ", squeeze and the stem's width in 0 to " + LIMIT
                            + ", stochastic depth in [0, 1) and epsilon in (0, 1), found " + groups
                            + ", " + groupWidth + ", " + squeeze + ", " + stochasticDepth + ", " + epsilon + " and "
                            + stemWidth);
        }
    }

    /** This variant in another order. */
    public Variant withOrder(Order other) {
        return new Variant(other, groups, groupWidth, squeeze, averageDown, stochasticDepth, epsilon, bias, stemWidth);
    }

    /** This variant with other groups. */
    public Variant withGroups(int count, int width) {
        return new Variant(order, count, width, squeeze, averageDown, stochasticDepth, epsilon, bias, stemWidth);
    }

    /** This variant with squeeze-and-excitation, or without for 0. */
    public Variant withSqueeze(int other) {
        return new Variant(order, groups, groupWidth, other, averageDown, stochasticDepth, epsilon, bias, stemWidth);
    }

    /** This variant with the resolution of projections halved by pooling or not. */
    public Variant withAverageDown(boolean other) {
        return new Variant(order, groups, groupWidth, squeeze, other, stochasticDepth, epsilon, bias, stemWidth);
    }

    /** This variant with another probability of skipping the last block. */
    public Variant withStochasticDepth(double other) {
        return new Variant(order, groups, groupWidth, squeeze, averageDown, other, epsilon, bias, stemWidth);
    }

    /** This variant with another epsilon. */
    public Variant withEpsilon(double other) {
        return new Variant(order, groups, groupWidth, squeeze, averageDown, stochasticDepth, other, bias, stemWidth);
    }

    /** This variant with biases on its convolutions or without. */
    public Variant withBias(boolean other) {
        return new Variant(order, groups, groupWidth, squeeze, averageDown, stochasticDepth, epsilon, other, stemWidth);
    }

    /** This variant with a stem of another width than the first stage. */
    public Variant withStemWidth(int other) {
        return new Variant(order, groups, groupWidth, squeeze, averageDown, stochasticDepth, epsilon, bias, other);
    }
}
