package org.resnet4j.zoo;

import org.resnet4j.highway.HighwaySpec;
import org.resnet4j.resnet.ResNetSpec;
import org.resnet4j.vgg.VggSpec;

/**
 * A network, completely described: a closed set of records, each with one builder. {@link Networks} makes the graph,
 * {@link SpecJson} the text, {@link Models} knows the names. Pictures are f32[N, 3, S, S] with S the {@link #inputSize}.
 * Immutable and safe to share. Records throw {@link IllegalArgumentException} for counts out of range.
 */
public sealed interface NetworkSpec permits ResNetSpec, VggSpec, HighwaySpec {
    /** Largest number of classes, channels, pixels a side or blocks a stage: far above any network, far below where sizes wrap. */
    int LIMIT = 1 << 16;

    /** Most blocks or layers of all stages together; ResNet-1202 has 600. What is built must fit into memory before it is compared. */
    int MOST_BLOCKS = 1 << 13;

    /** As users type it. */
    String name();

    /** Outputs of the last layer. */
    int classes();

    /** Height and width of the pictures, in pixels. */
    int inputSize();

    /** Weighted layers on the main path, as the paper counts them: convolutions and fully connected layers. */
    int layers();

    /** Module of the first convolution: its parameters are named from it. */
    String firstConvolution();

    /** Module of the last layer: its parameters are named from it, and so is the value of the logits. */
    String classifier();

    /** This network under another name. */
    NetworkSpec withName(String other);

    /** This network for another number of classes. */
    NetworkSpec withClasses(int other);

    /** This network for pictures of another size. */
    NetworkSpec withInputSize(int other);

    /** This network with nothing dropped at random in training. */
    NetworkSpec withoutDropping();

    /** Throws unless there are 1 to {@link #MOST_BLOCKS} blocks in all, at least one a stage. */
    static void requireDepths(String name, Iterable<Integer> depths) {
        requireCounts(name, "depths", depths);
        long all = 0;
        for (int n : depths) {
            all += n;
        }
        if (all < 1 || all > MOST_BLOCKS) {
            throw new IllegalArgumentException(
                    name + ": depths must add up to 1 to " + MOST_BLOCKS + ", found " + all + " of " + depths);
        }
    }

    /** Throws unless every count is in 1 to {@link #LIMIT}; {@code what} names them. */
    static void requireCounts(String name, String what, Iterable<Integer> counts) {
        for (int n : counts) {
            if (n < 1 || n > LIMIT) {
                throw new IllegalArgumentException(
                        name + ": " + what + " must be 1 to " + LIMIT + ", found " + n + " in " + counts);
            }
        }
    }
}
