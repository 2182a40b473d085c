package org.resnet4j.graph;

import java.util.List;

/**
 * One operation on values.
 *
 * @param name unique in its graph: torchvision's module name, such as {@code layer1.0.conv1}
 * @param op what is done
 * @param inputs operands in the order that {@link Op} states
 * @param outputs results in the order that {@link Op} states
 */
public record Node(String name, Op op, List<Value> inputs, List<Value> outputs) {
    /** Copies the lists. */
    public Node {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /** Operand {@code i}. */
    public Value input(int i) {
        return inputs.get(i);
    }

    /** Result {@code i}. */
    public Value output(int i) {
        return outputs.get(i);
    }

    /** The first result. */
    public Value output() {
        return outputs.get(0);
    }
}
