package org.resnet4j.engine.reference;

import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.Objects;
import org.resnet4j.engine.TensorView;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Value;
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.Shape;

/** The arrays of one node, row-major: masks hold 0 and 1, class indices and positions hold whole numbers. */
final class Operands {
    private final Node node;
    private final double[][] arrays;
    private final Slots slots;
    private final Map<Value, TensorView> inputs;

    /** {@code slots} says which of {@code arrays} a value lies in; the session's {@code inputs} hold the keys of dropout. */
    Operands(Node node, double[][] arrays, Slots slots, Map<Value, TensorView> inputs) {
        this.node = node;
        this.arrays = arrays;
        this.slots = slots;
        this.inputs = inputs;
    }

    /** Whose they are. */
    Node node() {
        return node;
    }

    /** Operand {@code i}. */
    double[] in(int i) {
        return arrays[slots.slot(node.input(i))];
    }

    /** Operand 1 as a convolution or linear layer reads it: rounded to BF16 where what it is applied to is. */
    double[] weights() {
        if (node.input(0).type().dtype() != DType.BF16) {
            return in(1);
        }
        double[] rounded = in(1).clone();
        Elementwise.round(rounded, DType.BF16);
        return rounded;
    }

    /** Result {@code i}; holds old numbers until it is written. */
    double[] out(int i) {
        return arrays[slots.slot(node.output(i))];
    }

    /** Shape of operand {@code i}. */
    Shape inShape(int i) {
        return node.input(i).type().shape();
    }

    /** Shape of result {@code i}. */
    Shape outShape(int i) {
        return node.output(i).type().shape();
    }

    /** The 64 bits of operand {@code i}. */
    long key(int i) {
        return Objects.requireNonNull(inputs.get(node.input(i))).segment().getAtIndex(ValueLayout.JAVA_LONG, 0);
    }
}
