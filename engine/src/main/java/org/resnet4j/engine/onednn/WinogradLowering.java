package org.resnet4j.engine.onednn;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.engine.onednn.Step.Operand;
import org.resnet4j.graph.GraphPrinter;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Value;
import org.resnet4j.onednn.Arg;
import org.resnet4j.onednn.FormatTag;
import org.resnet4j.onednn.MemoryDesc;
import org.resnet4j.onednn.PrimitiveDesc;
import org.resnet4j.onednn.Team;
import org.resnet4j.tensor.Shape;
import org.resnet4j.tensor.TensorType;

/** What a convolution that {@link Winograd} suits becomes: its weights' transform, and the convolution itself. */
final class WinogradLowering {
    /** With fewer tiles for each thread, reading the transformed weights costs more than the multiplications that are saved. */
    private static final long LEAST_TILES = 24;

    private final Lowering lowering;
    private final Primitives primitives;
    private final boolean enabled;

    WinogradLowering(Lowering lowering, Primitives primitives, boolean enabled) {
        this.lowering = lowering;
        this.primitives = primitives;
        this.enabled = enabled && Vectors.available();
    }

    /** True if the convolution of this source, and so the gradient of it, is done so. */
    boolean suits(Op.Conv2d conv, TensorType src, Shape weights) {
        if (!enabled || !Winograd.fits(conv, src, weights, Vectors.lanes())) {
            return false;
        }
        Winograd w = winograd(src.shape(), weights.dim(0));
        return w.tileRows() * w.tileColumns() >= LEAST_TILES * w.members();
    }

    private Winograd winograd(Shape src, long oc) {
        return Winograd.of(src, oc, primitives.onednn().threads());
    }

    /** The convolution; {@code dst} holds the addend if {@code sum}. */
    void forward(Node n, Tensor src, @Nullable Tensor bias, Tensor dst, boolean sum, boolean relu) {
        Winograd w =
                winograd(n.input(0).type().shape(), n.output().type().shape().dim(1));
        MemoryDesc weights = primitives.f32(FormatTag.ABC, Winograd.POINTS, w.ic(), w.oc());
        Operand transformed = transform(n, n.input(1), weights, false);
        emit(n, w, new Operands(src, transformed, bias, dst), sum, relu);
    }

    /** The gradient of the source: the same convolution with the kernel turned and the channels' roles changed. */
    void backwardData(Node n, Tensor diffDst, Tensor diffSrc) {
        Winograd w =
                winograd(n.input(0).type().shape(), n.output().type().shape().dim(1));
        MemoryDesc weights = primitives.f32(FormatTag.ACB, Winograd.POINTS, w.ic(), w.oc());
        Operand transformed = transform(n, n.input(1), weights, true);
        emit(n, w, new Operands(diffDst, transformed, null, diffSrc), false, false);
    }

    private record Operands(
            Tensor src, Operand weights, @Nullable Tensor bias, Tensor dst) {}

    private void emit(Node n, Winograd w, Operands o, boolean sum, boolean relu) {
        long[] tiles = {Winograd.POINTS, w.blockTiles(), w.ic()};
        PrimitiveDesc product = primitives.productsAlone(n, tiles, o.weights().layout());
        long bytes = Math.multiplyExact(w.members(), Step.WinogradStep.memberBytes(w, product));
        Tensor memory = lowering.temporary(n.name() + " tiles", primitives.bytes(bytes));
        lowering.emit(new Step.WinogradStep(
                n.name(),
                GraphPrinter.describe(n.op()),
                w,
                product,
                new Step.WinogradOperands(o.src(), o.weights(), o.bias(), o.dst(), memory, sum, relu)));
    }

    /** The transformed weights as {@code layout} sees them; made once where they depend on parameters alone. */
    private Operand transform(Node n, Value weights, MemoryDesc layout, boolean turned) {
        Shape shape = weights.type().shape();
        long ic = shape.dim(1);
        long oc = shape.dim(0);
        Tensor from = lowering.in(weights, primitives.f32(FormatTag.CDBA, shape.dims()));
        return lowering.where(weights, () -> {
            Tensor to = lowering.temporary(n.name() + " weights", layout);
            lowering.host(n, " weights", transform(ic, oc, turned), List.of(from, to), List.of(to));
            return new Operand(Arg.WEIGHTS, to);
        });
    }

    private static Step.HostKernel transform(long ic, long oc, boolean turned) {
        return m -> {
            MemorySegment from = m.get(0);
            MemorySegment to = m.get(1);
            Team.Work work = (member, members) ->
                    WinogradLoops.weights(from, to, ic * member / members, ic * (member + 1) / members, ic, oc, turned);
            return team -> team.run(work);
        };
    }
}
