package org.resnet4j.graph;

import java.util.function.UnaryOperator;
import org.resnet4j.tensor.Shape;

/** The one place that knows which operations carry a shape among their attributes. */
final class Ops {
    private Ops() {}

    /** {@code op} with {@code f} applied to the shape it carries, if it does. */
    static Op mapShapes(Op op, UnaryOperator<Shape> f) {
        return switch (op) {
            case Op.Conv2dBackwardData o -> new Op.Conv2dBackwardData(o.forward(), f.apply(o.src()));
            case Op.MaxPoolBackward o -> new Op.MaxPoolBackward(o.forward(), f.apply(o.src()));
            case Op.AvgPoolBackward o -> new Op.AvgPoolBackward(o.forward(), f.apply(o.src()));
            case Op.GlobalAvgPoolBackward o -> new Op.GlobalAvgPoolBackward(f.apply(o.src()));
            case Op.FlattenBackward o -> new Op.FlattenBackward(f.apply(o.src()));
            case Op.PadShortcutBackward o -> new Op.PadShortcutBackward(o.forward(), f.apply(o.src()));
            case Op.Conv2dBackwardWeights o -> o; // weights have no batch
            case Op.Forward o -> o;
            case Op.Fused o -> o;
            case Op.BatchNormBackward o -> o;
            case Op.BatchNormInferenceBackward o -> o;
            case Op.ReluBackward o -> o;
            case Op.LinearBackwardData o -> o;
            case Op.LinearBackwardWeights o -> o;
            case Op.DropoutBackward o -> o;
            case Op.GateBackward o -> o;
            case Op.ChannelGateBackward o -> o;
            case Op.SoftmaxBackward o -> o;
            case Op.SoftmaxCrossEntropyBackward o -> o;
            case Op.SigmoidCrossEntropyBackward o -> o;
        };
    }
}
