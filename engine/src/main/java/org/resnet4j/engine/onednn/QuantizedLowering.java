package org.resnet4j.engine.onednn;

import static org.resnet4j.engine.onednn.Lowering.operand;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.resnet4j.engine.ChannelScales;
import org.resnet4j.engine.onednn.Step.Operand;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Value;
import org.resnet4j.onednn.Arg;
import org.resnet4j.onednn.Attributes;
import org.resnet4j.onednn.MemoryDesc;
import org.resnet4j.onednn.PrimitiveDesc;
import org.resnet4j.onednn.PrimitiveDesc.Query;
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.Shape;
import org.resnet4j.tensor.TensorType;

/**
 * What operations on bytes become. All scales of a convolution are drawn into one for each output channel, so that its kernel has
 * one multiplication an element: dst = scales * sums + bias + addend, all in units of dst.
 */
final class QuantizedLowering {
    private final Lowering lowering;
    private final Primitives primitives;

    QuantizedLowering(Lowering lowering, Primitives primitives) {
        this.lowering = lowering;
        this.primitives = primitives;
    }

    void quantize(Node n, Op.Quantize o) {
        rescale(n, o.scale(), Arg.DST);
    }

    void dequantize(Node n, Op.Dequantize o) {
        rescale(n, o.scale(), Arg.SRC);
    }

    private void rescale(Node n, double scale, Arg of) {
        TensorType type = n.output().type();
        Tensor src = lowering.tensor(n.input(0));
        MemoryDesc layout = type.shape().rank() == 4 ? primitives.channelsLast(type) : primitives.plain(type);
        Tensor dst = lowering.result(n.output(), layout);
        Tensor factor = lowering.once(n.name() + " scale", primitives.plain(TensorType.f32(1)), to -> {
            Step.HostKernel set = m -> _ -> m.get(0).set(ValueLayout.JAVA_FLOAT, 0, (float) scale);
            lowering.host(n, " scale", set, List.of(to), List.of(to));
        });
        PrimitiveDesc desc =
                primitives.reorder(src.layout, layout, Attributes.none().scales(of, 0));
        lowering.primitive(
                n, "", desc, List.of(operand(Arg.SRC, src), operand(Arg.DST, dst), operand(Arg.scales(of), factor)));
    }

    void conv(Node n, Op.QuantizedConv2d o) {
        PrimitiveDesc pd = primitives.quantizedConv(n, o);
        Weights weights = weights(n, o, primitives.of(pd, Query.WEIGHTS));
        List<Operand> operands = new ArrayList<>();
        operands.add(operand(Arg.SRC, lowering.in(n.input(0), primitives.of(pd, Query.SRC))));
        operands.add(operand(Arg.WEIGHTS, weights.bytes()));
        operands.add(operand(Arg.scales(Arg.WEIGHTS), weights.scales()));
        operands.add(operand(Arg.BIAS, weights.bias()));
        MemoryDesc dst = primitives.of(pd, Query.DST);
        operands.add(operand(Arg.DST, o.forward().sum() ? sumInto(n, dst) : lowering.result(n.output(), dst)));
        lowering.primitive(n, "", pd, operands);
    }

    private record Weights(Tensor bytes, Tensor scales, Tensor bias) {}

    /** Made once from the folded weights. */
    private Weights weights(Node n, Op.QuantizedConv2d o, MemoryDesc layout) {
        Value value = n.input(1);
        TensorType type = value.type();
        long oc = type.shape().dim(0);
        return lowering.where(value, () -> {
            Tensor plain = lowering.temporary(n.name() + " bytes", primitives.plain(type.withDType(DType.S8)));
            Tensor scales = lowering.temporary(n.name() + " scales", primitives.plain(TensorType.f32(oc)));
            Tensor bias = lowering.temporary(n.name() + " bias", primitives.plain(TensorType.f32(oc)));
            lowering.host(
                    n,
                    " weights",
                    round(o, type.shape()),
                    List.of(lowering.plain(value), lowering.plain(n.input(2)), plain, scales, bias),
                    List.of(plain, scales, bias));
            Tensor packed = lowering.temporary(n.name() + " weights", layout);
            lowering.emit(primitives.reorder(
                    n.name() + " weights reorder", plain, primitives.as(plain.layout, layout), packed, layout));
            return new Weights(packed, scales, bias);
        });
    }

    /** weights, bias, bytes, scales, scaled bias. */
    private static Step.HostKernel round(Op.QuantizedConv2d o, Shape shape) {
        long each = shape.elementsPerEntry();
        return m -> _ -> {
            for (long c = 0; c < shape.dim(0); c++) {
                double scale = round(m.get(0), m.get(2), c * each, (c + 1) * each);
                m.get(3).setAtIndex(ValueLayout.JAVA_FLOAT, c, (float) (scale * o.srcScale() / o.dstScale()));
                float bias = m.get(1).getAtIndex(ValueLayout.JAVA_FLOAT, c);
                m.get(4).setAtIndex(ValueLayout.JAVA_FLOAT, c, (float) (bias / o.dstScale()));
            }
        };
    }

    /** One channel; gives its scale. */
    private static double round(MemorySegment weights, MemorySegment bytes, long from, long to) {
        double largest = 0;
        for (long i = from; i < to; i++) {
            largest = Math.max(largest, Math.abs(weights.getAtIndex(ValueLayout.JAVA_FLOAT, i)));
        }
        double scale = ChannelScales.of(largest);
        for (long i = from; i < to; i++) {
            bytes.set(
                    ValueLayout.JAVA_BYTE, i, (byte) Math.rint(weights.getAtIndex(ValueLayout.JAVA_FLOAT, i) / scale));
        }
        return scale;
    }

    /** The addend's own memory, read as its type and written as dst's, or a copy of it if it is still needed. */
    private Tensor sumInto(Node n, MemoryDesc dst) {
        Value addend = n.input(3);
        Tensor from = lowering.picture(addend);
        boolean alone = from == lowering.tensor(addend) && from != lowering.tensor(n.input(0));
        if (alone && lowering.diesHere(addend)) {
            Tensor to = lowering.resultInPlace(n.output(), addend);
            to.layout = dst;
            return to;
        }
        Tensor to = lowering.result(n.output(), dst);
        MemoryDesc asAddend = from.layout;
        lowering.emit(primitives.reorder(n.name() + " copy addend", from, asAddend, to, asAddend));
        return to;
    }
}
