package org.resnet4j.resnet;

import org.resnet4j.resnet.Variant.Order;

/**
 * Module names: torchvision's (and timm's for what torchvision lacks) where norms come last, timm's {@code resnetv2} where they come
 * first.
 */
record Naming(Order order) {
    /** Block {@code i} of a stage, both counted from 0. */
    String block(int stage, int i) {
        return switch (order) {
            case POST -> "layer" + (stage + 1) + "." + i;
            case PRE -> "stages." + stage + ".blocks." + i;
        };
    }

    /** The norm of a block's convolution {@code i}, counted from 1. */
    String norm(String block, int i) {
        return block + (order == Order.POST ? ".bn" : ".norm") + i;
    }

    /** The convolution of a projection; torchvision numbers it, and what pools in front of it comes first. */
    String projection(String block, boolean averageDown) {
        return switch (order) {
            case POST -> block + ".downsample." + (averageDown ? 1 : 0);
            case PRE -> block + ".downsample.conv";
        };
    }

    /** The norm of a projection; blocks with norms first have none. */
    String projectionNorm(String block, boolean averageDown) {
        return block + ".downsample." + (averageDown ? 2 : 1);
    }

    /** What pools in front of a projection. */
    String projectionPool(String block) {
        return block + (order == Order.POST ? ".downsample.0" : ".downsample.pool");
    }

    /** Convolution {@code i} of a deep stem, counted from 0. */
    String stem(int i) {
        return order == Order.POST ? "conv1." + 3 * i : "stem.conv" + (i + 1);
    }

    /** The norm after convolution {@code i} of a deep stem. */
    String stemNorm(int i) {
        return order == Order.POST ? "conv1." + (3 * i + 1) : "stem.norm" + (i + 1);
    }
}
