package org.resnet4j.graph;

/**
 * A value that outlives a step: a weight that training changes, or a buffer such as a running mean.
 *
 * @param value its value in the graph
 * @param trainable true for weights, false for buffers and for weights that are frozen
 * @param init how it starts
 */
public record Parameter(Value value, boolean trainable, Init init) {
    /** Its torchvision name. */
    public String name() {
        return value.name();
    }
}
