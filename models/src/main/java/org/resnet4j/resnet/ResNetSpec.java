package org.resnet4j.resnet;

import java.util.List;
import java.util.function.UnaryOperator;
import org.resnet4j.zoo.NetworkSpec;

/**
 * A residual or plain network, completely described.
 *
 * @param name as users type it
 * @param stem what comes before the first block
 * @param block what blocks are made of
 * @param depths number of blocks in each stage
 * @param widths channels of each stage's 3x3 convolutions; all but the first stage start with stride 2
 * @param shortcut how blocks are bridged
 * @param stride where a bottleneck reduces the resolution
 * @param pad where option A puts its zero channels
 * @param classes outputs of the last layer
 * @param inputSize height and width that it was designed for, in pixels; others work where they divide
 * @param zeroInitLastGamma true to start the last batch norm of each residual branch at zero, so that blocks begin as identities;
 *     its last convolution where norms come first
 * @param variant what later papers changed
 */
public record ResNetSpec(
        String name,
        Stem stem,
        Block block,
        List<Integer> depths,
        List<Integer> widths,
        Shortcut shortcut,
        Stride stride,
        ZeroPad pad,
        int classes,
        int inputSize,
        boolean zeroInitLastGamma,
        Variant variant)
        implements NetworkSpec {

    /** What comes before the first block. */
    public enum Stem {
        /** 3x3 convolution, stride 1: section 4.2. */
        CIFAR,
        /** 7x7 convolution, stride 2, then 3x3 max pooling, stride 2: table 1. */
        IMAGENET,
        /** Three 3x3 convolutions, the first with stride 2, then the same max pooling: ResNet-C and D of He et al. 2019. */
        DEEP
    }

    /** What a block is made of; figure 5. */
    public enum Block {
        /** Two 3x3 convolutions. */
        BASIC(1),
        /** 1x1, 3x3 and 1x1 convolutions, the last with four times the channels. */
        BOTTLENECK(4);

        private final int expansion;

        Block(int expansion) {
            this.expansion = expansion;
        }

        /** Output channels for each channel of the stage's width. */
        public int expansion() {
            return expansion;
        }
    }

    /** How a block's input reaches its output; section 3.3 and table 3. */
    public enum Shortcut {
        /** Not at all: a plain network. */
        NONE,
        /** Identity; where sizes change, every second pixel and zero channels. No parameters. */
        A,
        /** Identity; where sizes change, a 1x1 convolution with batch norm. */
        B,
        /** A 1x1 convolution with batch norm everywhere. */
        C
    }

    /** Where a bottleneck that reduces the resolution has its stride. */
    public enum Stride {
        /** In the first 1x1 convolution: the paper. */
        V1("v1"),
        /** In the 3x3 convolution: torchvision. */
        V1_5("v1.5");

        private final String text;

        Stride(String text) {
            this.text = text;
        }

        /** As users type it: {@code v1.5}. */
        @Override
        public String toString() {
            return text;
        }
    }

    /** Where option A puts its zero channels; the paper does not say. */
    public enum ZeroPad {
        /** All after the real ones. */
        APPEND,
        /** Half before and half after, as some weights in the wild expect. */
        SPLIT
    }

    /** Checks every count, and that the parts go together. */
    public ResNetSpec {
        depths = List.copyOf(depths);
        widths = List.copyOf(widths);
        NetworkSpec.requireDepths(name, depths);
        NetworkSpec.requireCounts(name, "widths", widths);
        NetworkSpec.requireCounts(name, "classes and input size", List.of(classes, inputSize));
        if (depths.isEmpty() || depths.size() != widths.size()) {
            throw new IllegalArgumentException(
                    name + ": a network needs as many widths as depths, at least one, found depths " + depths
                            + " and widths " + widths);
        }
        if (tooNarrow(block, widths, variant)) {
            throw new IllegalArgumentException(
                    name + ": every group needs a channel, but width x group width / 64 is less than 1,"
                            + " found widths " + widths + " and group width " + variant.groupWidth());
        }
        if (block == Block.BASIC && (variant.groups() != 1 || variant.groupWidth() != 64)) {
            throw new IllegalArgumentException(
                    name + ": only bottlenecks have groups; a basic block's widths are its own," + " found " + variant);
        }
    }

    private static boolean tooNarrow(Block block, List<Integer> widths, Variant variant) {
        return block == Block.BOTTLENECK && widths.stream().anyMatch(w -> (long) w * variant.groupWidth() < 64);
    }

    /** A network as the paper has it. */
    public ResNetSpec(
            String name,
            Stem stem,
            Block block,
            List<Integer> depths,
            List<Integer> widths,
            Shortcut shortcut,
            Stride stride,
            ZeroPad pad,
            int classes,
            int inputSize,
            boolean zeroInitLastGamma) {
        this(
                name,
                stem,
                block,
                depths,
                widths,
                shortcut,
                stride,
                pad,
                classes,
                inputSize,
                zeroInitLastGamma,
                Variant.PAPER);
    }

    /** Channels of the stem. */
    public int stemWidth() {
        return variant.stemWidth() > 0 ? variant.stemWidth() : widths.getFirst();
    }

    /** True if blocks have shortcuts. */
    public boolean residual() {
        return shortcut != Shortcut.NONE;
    }

    /** A deep stem counts as the one convolution that it stands for. */
    @Override
    public int layers() {
        int perBlock = switch (block) {
            case BASIC -> 2;
            case BOTTLENECK -> 3;
        };
        return blocks() * perBlock + 2;
    }

    /** Blocks of all stages. */
    public int blocks() {
        return depths.stream().mapToInt(Integer::intValue).sum();
    }

    /** Channels of a bottleneck's middle convolution in a stage of {@code width}, as torchvision counts them. */
    public int middle(int width) {
        long perGroup = (long) width * variant.groupWidth() / 64;
        return Math.toIntExact(Math.multiplyExact(perGroup, (long) variant.groups()));
    }

    /** Channels of the inner layer of squeeze-and-excitation on {@code channels}: multiples of 8, as timm rounds them. */
    public int squeezed(int channels) {
        return Math.max(8, (channels + 4 * variant.squeeze()) / (8 * variant.squeeze()) * 8);
    }

    @Override
    public String firstConvolution() {
        boolean deep = stem == Stem.DEEP;
        return switch (variant.order()) {
            case POST -> deep ? "conv1.0" : "conv1";
            case PRE -> deep ? "stem.conv1" : "stem.conv";
        };
    }

    @Override
    public String classifier() {
        return switch (variant.order()) {
            case POST -> "fc";
            case PRE -> "head.fc";
        };
    }

    @Override
    public ResNetSpec withName(String other) {
        return new ResNetSpec(
                other,
                stem,
                block,
                depths,
                widths,
                shortcut,
                stride,
                pad,
                classes,
                inputSize,
                zeroInitLastGamma,
                variant);
    }

    @Override
    public ResNetSpec withClasses(int other) {
        return new ResNetSpec(
                name, stem, block, depths, widths, shortcut, stride, pad, other, inputSize, zeroInitLastGamma, variant);
    }

    @Override
    public ResNetSpec withInputSize(int other) {
        return new ResNetSpec(
                name, stem, block, depths, widths, shortcut, stride, pad, classes, other, zeroInitLastGamma, variant);
    }

    /** This network with another stem. */
    public ResNetSpec withStem(Stem other) {
        return new ResNetSpec(
                name,
                other,
                block,
                depths,
                widths,
                shortcut,
                stride,
                pad,
                classes,
                inputSize,
                zeroInitLastGamma,
                variant);
    }

    /** This network with other shortcuts. */
    public ResNetSpec withShortcut(Shortcut other) {
        return new ResNetSpec(
                name, stem, block, depths, widths, other, stride, pad, classes, inputSize, zeroInitLastGamma, variant);
    }

    /** This network with its stride elsewhere. */
    public ResNetSpec withStride(Stride other) {
        return new ResNetSpec(
                name,
                stem,
                block,
                depths,
                widths,
                shortcut,
                other,
                pad,
                classes,
                inputSize,
                zeroInitLastGamma,
                variant);
    }

    /** This network with its zero channels elsewhere. */
    public ResNetSpec withPad(ZeroPad other) {
        return new ResNetSpec(
                name,
                stem,
                block,
                depths,
                widths,
                shortcut,
                stride,
                other,
                classes,
                inputSize,
                zeroInitLastGamma,
                variant);
    }

    /** This network with the last gamma of each branch starting at zero or one. */
    public ResNetSpec withZeroInitLastGamma(boolean other) {
        return new ResNetSpec(
                name, stem, block, depths, widths, shortcut, stride, pad, classes, inputSize, other, variant);
    }

    /** This network with {@code change} made to its variant. */
    public ResNetSpec withVariant(UnaryOperator<Variant> change) {
        return new ResNetSpec(
                name,
                stem,
                block,
                depths,
                widths,
                shortcut,
                stride,
                pad,
                classes,
                inputSize,
                zeroInitLastGamma,
                change.apply(variant));
    }

    @Override
    public ResNetSpec withoutDropping() {
        return withVariant(v -> v.withStochasticDepth(0));
    }
}
