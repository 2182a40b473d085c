package org.resnet4j.infer;

/**
 * One answer of a classifier.
 *
 * @param index of the class
 * @param name of the class
 * @param probability in [0, 1]
 */
public record Prediction(int index, String name, double probability) {}
