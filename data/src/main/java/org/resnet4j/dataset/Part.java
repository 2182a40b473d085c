package org.resnet4j.dataset;

/** Which part of a data set. */
public enum Part {
    /** For training. */
    TRAIN,
    /** For evaluation: CIFAR's and MNIST's test set, a folder's {@code val}. */
    TEST
}
