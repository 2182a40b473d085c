package org.resnet4j.graph;

import org.resnet4j.tensor.TensorType;

/**
 * One tensor of a graph: made once, by a node, or given as input or parameter.
 *
 * @param id number that is unique in its graph
 * @param name of people's choosing and unique in its graph: a parameter's is torchvision's, such as {@code layer1.0.conv1.weight};
 *     the first output of a node has the node's
 * @param type element type and shape
 */
public record Value(int id, String name, TensorType type) {
    /** As printed: {@code %12:layer1.0.conv1}. */
    @Override
    public String toString() {
        return "%" + id + ":" + name;
    }
}
