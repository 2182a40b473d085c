package org.resnet4j.engine.onednn;

import static org.resnet4j.engine.onednn.Lowering.operand;
import static org.resnet4j.onednn.Arg.DST;
import static org.resnet4j.onednn.Arg.SRC;
import static org.resnet4j.onednn.Arg.SRC_0;
import static org.resnet4j.onednn.Arg.SRC_1;

import java.util.List;
import org.resnet4j.graph.Node;
import org.resnet4j.onednn.Algorithm;
import org.resnet4j.onednn.Arg;
import org.resnet4j.onednn.Attributes;
import org.resnet4j.onednn.PrimitiveDesc;
import org.resnet4j.tensor.Shape;

/** What gates become: squeeze-and-excitation's, one number a channel, and the highway networks', one a number. */
final class GateLowering {
    private final Lowering lowering;
    private final Primitives primitives;

    GateLowering(Lowering lowering, Primitives primitives) {
        this.lowering = lowering;
        this.primitives = primitives;
    }

    /** s = sigmoid(gate), then src * s, repeated over the pixels. */
    void channelGate(Node n) {
        Tensor src = lowering.picture(n.input(0));
        Tensor s = sigmoid(n, lowering.picture(n.input(1)));
        lowering.primitive(
                n,
                "",
                primitives.broadcast(n, Algorithm.BINARY_MUL, src.layout, s.layout),
                List.of(operand(SRC_0, src), operand(SRC_1, s), operand(DST, lowering.over(n, src, n.input(0)))));
    }

    /** diffGate = mean(diff * src) * s * pixels * (1 - s); diffSrc = diff * s, which may take the memory of diff and so is last. */
    void channelGateBackward(Node n) {
        Tensor src = lowering.picture(n.input(0));
        Tensor diff = lowering.picture(n.input(2));
        Tensor s = sigmoid(n, lowering.picture(n.input(1)));
        Tensor product = lowering.temporary(n.name() + " product", src.layout);
        lowering.primitive(
                n,
                " product",
                primitives.binary(n, Algorithm.BINARY_MUL, src.layout, Attributes.none()),
                List.of(operand(SRC_0, src), operand(SRC_1, diff), operand(DST, product)));
        Tensor mean = lowering.temporary(n.name() + " mean", s.layout);
        lowering.primitive(
                n,
                " mean",
                primitives.globalAvgPool(n, n.input(0).type()),
                List.of(operand(SRC, product), operand(DST, mean)));
        Shape shape = n.input(0).type().shape();
        float pixels = (float) (shape.dim(2) * shape.dim(3));
        Tensor slope = lowering.temporary(n.name() + " pixels * (1 - sigmoid)", s.layout);
        lowering.primitive(
                n,
                " 1 - sigmoid",
                primitives.eltwise(n, Algorithm.ELTWISE_LINEAR, s.layout, -pixels, pixels),
                List.of(operand(SRC, s), operand(DST, slope)));
        lowering.primitive(
                n,
                " gate",
                primitives.binary(
                        n, Algorithm.BINARY_MUL, s.layout, Attributes.none().binary(Algorithm.BINARY_MUL, s.layout)),
                List.of(
                        operand(SRC_0, mean),
                        operand(SRC_1, s),
                        operand(Arg.postOp(0), slope),
                        operand(DST, lowering.result(n.output(1), s.layout))));
        lowering.primitive(
                n,
                "",
                primitives.broadcast(n, Algorithm.BINARY_MUL, diff.layout, s.layout),
                List.of(operand(SRC_0, diff), operand(SRC_1, s), operand(DST, lowering.over(n, diff, n.input(2)))));
    }

    /** s = sigmoid(gate); (transform - carry) * s + carry. */
    void gate(Node n) {
        Tensor transform = lowering.picture(n.input(0));
        Tensor carry = lowering.picture(n.input(2));
        Tensor s = sigmoid(n, lowering.picture(n.input(1)));
        Tensor dst = lowering.result(n.output(), transform.layout);
        PrimitiveDesc pd = primitives.binary(
                n,
                Algorithm.BINARY_SUB,
                transform.layout,
                Attributes.none().binary(Algorithm.BINARY_MUL, s.layout).binary(Algorithm.BINARY_ADD, carry.layout));
        lowering.primitive(
                n,
                "",
                pd,
                List.of(
                        operand(SRC_0, transform),
                        operand(SRC_1, carry),
                        operand(Arg.postOp(0), s),
                        operand(Arg.postOp(1), carry),
                        operand(DST, dst)));
    }

    /** diffTransform = diff * s; diffCarry = diff - diffTransform; diffGate = (transform - carry) * diffTransform * (1 - s). */
    void gateBackward(Node n) {
        Tensor transform = lowering.picture(n.input(0));
        Tensor carry = lowering.picture(n.input(2));
        Tensor diff = lowering.picture(n.input(3));
        Tensor s = sigmoid(n, lowering.picture(n.input(1)));
        Tensor diffTransform = lowering.result(n.output(0), diff.layout);
        Tensor diffGate = lowering.result(n.output(1), diff.layout);
        Tensor diffCarry = lowering.result(n.output(2), diff.layout);
        lowering.primitive(
                n,
                " transform",
                primitives.binary(n, Algorithm.BINARY_MUL, diff.layout, Attributes.none()),
                List.of(operand(SRC_0, diff), operand(SRC_1, s), operand(DST, diffTransform)));
        lowering.primitive(
                n,
                " carry",
                primitives.binary(n, Algorithm.BINARY_SUB, diff.layout, Attributes.none()),
                List.of(operand(SRC_0, diff), operand(SRC_1, diffTransform), operand(DST, diffCarry)));
        Tensor opposite = lowering.temporary(n.name() + " 1 - sigmoid", s.layout);
        lowering.primitive(
                n,
                " 1 - sigmoid",
                primitives.eltwise(n, Algorithm.ELTWISE_LINEAR, s.layout, -1, 1),
                List.of(operand(SRC, s), operand(DST, opposite)));
        PrimitiveDesc pd = primitives.binary(
                n,
                Algorithm.BINARY_SUB,
                diff.layout,
                Attributes.none().binary(Algorithm.BINARY_MUL, diff.layout).binary(Algorithm.BINARY_MUL, diff.layout));
        lowering.primitive(
                n,
                " gate",
                pd,
                List.of(
                        operand(SRC_0, transform),
                        operand(SRC_1, carry),
                        operand(Arg.postOp(0), diffTransform),
                        operand(Arg.postOp(1), opposite),
                        operand(DST, diffGate)));
    }

    private Tensor sigmoid(Node n, Tensor gate) {
        Tensor s = lowering.temporary(n.name() + " sigmoid", gate.layout);
        lowering.primitive(
                n,
                " sigmoid",
                primitives.eltwise(n, Algorithm.ELTWISE_LOGISTIC, gate.layout, 0, 0),
                List.of(operand(SRC, gate), operand(DST, s)));
        return s;
    }
}
