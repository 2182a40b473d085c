package org.resnet4j.onnx;

import org.resnet4j.graph.Value;
import org.resnet4j.tensor.Shape;

/**
 * What a name of an ONNX graph stands for while it is read. Where several of its nodes are one operation here, the first of them
 * leave something behind that has no node yet.
 */
sealed interface Operand {
    /** A value of the graph. */
    record Computed(Value value) implements Operand {}

    /** Floats of the file: weights, once something uses them. */
    record Floats(Onnx.TensorProto tensor) implements Operand {}

    /** Whole numbers, folded. */
    record Ints(IntTensor tensor) implements Operand {}

    /** Every {@code sh}-th row and {@code sw}-th column of a picture: the beginning of option A's shortcut. */
    record Strided(Value src, int sh, int sw) implements Operand {}

    /** The mean of all pixels of {@code src} that keeps its dimensions, [N, C, 1, 1], until something makes rows of it or uses it so. */
    record Pixel(Value src) implements Operand {}

    /** A matrix product that a bias may follow. */
    record Product(Value src, Value weights) implements Operand {}

    /** sigmoid(gate), or 1 - sigmoid(gate) if {@code complement}. */
    record Sigmoid(Value gate, boolean complement) implements Operand {
        /** True if the two add up to one. */
        boolean complements(Sigmoid other) {
            return gate.equals(other.gate) && complement != other.complement;
        }
    }

    /** A value times {@link Sigmoid}: half of a highway layer, or the end of squeeze-and-excitation. */
    record Gated(Sigmoid by, Value src) implements Operand {
        /** True if the gate is one number a channel, as squeeze-and-excitation has it. */
        boolean isOfChannels() {
            Shape gate = by.gate().type().shape();
            return !by.complement() && gate.rank() == 4 && gate.dim(2) == 1 && gate.dim(3) == 1;
        }
    }

    /** What a node gives that cannot be imported; whatever uses it is passed over, so that each problem is said once. */
    record Unknown() implements Operand {}
}
