package org.resnet4j.engine.onednn;

import static org.resnet4j.engine.onednn.Lowering.operand;
import static org.resnet4j.onednn.Arg.BIAS;
import static org.resnet4j.onednn.Arg.DIFF_BIAS;
import static org.resnet4j.onednn.Arg.DIFF_DST;
import static org.resnet4j.onednn.Arg.DIFF_SCALE;
import static org.resnet4j.onednn.Arg.DIFF_SHIFT;
import static org.resnet4j.onednn.Arg.DIFF_SRC;
import static org.resnet4j.onednn.Arg.DIFF_WEIGHTS;
import static org.resnet4j.onednn.Arg.DST;
import static org.resnet4j.onednn.Arg.MEAN;
import static org.resnet4j.onednn.Arg.SCALE;
import static org.resnet4j.onednn.Arg.SHIFT;
import static org.resnet4j.onednn.Arg.SRC;
import static org.resnet4j.onednn.Arg.SRC_0;
import static org.resnet4j.onednn.Arg.SRC_1;
import static org.resnet4j.onednn.Arg.VARIANCE;
import static org.resnet4j.onednn.Arg.WEIGHTS;
import static org.resnet4j.onednn.Arg.WORKSPACE;

import java.util.ArrayList;
import java.util.List;
import org.resnet4j.engine.onednn.Step.Operand;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Value;
import org.resnet4j.onednn.Algorithm;
import org.resnet4j.onednn.Attributes;
import org.resnet4j.onednn.MemoryDesc;
import org.resnet4j.onednn.PrimitiveDesc;
import org.resnet4j.onednn.PrimitiveDesc.Query;
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.Shape;
import org.resnet4j.tensor.TensorType;

/** What each operation becomes: one exhaustive table, most rows one primitive. */
final class OpLowering {
    private final Lowering lowering;
    private final Primitives primitives;
    private final WinogradLowering winograd;
    private final QuantizedLowering quantized;
    private final GateLowering gates;

    OpLowering(Lowering lowering, Primitives primitives, boolean winograd) {
        this.lowering = lowering;
        this.primitives = primitives;
        this.winograd = new WinogradLowering(lowering, primitives, winograd);
        this.quantized = new QuantizedLowering(lowering, primitives);
        this.gates = new GateLowering(lowering, primitives);
    }

    void lower(Node n) {
        switch (n.op()) {
            case Op.Conv2d o -> conv(n, o, false, false);
            case Op.FusedConv2d o -> conv(n, o.forward(), o.sum(), o.relu());
            case Op.Conv2dBackwardData o -> convBackwardData(n, o);
            case Op.Conv2dBackwardWeights o -> convBackwardWeights(n, o);
            case Op.BatchNorm o -> batchNorm(n, o);
            case Op.BatchNormInference o -> batchNormInference(n, o);
            case Op.BatchNormBackward o ->
                batchNormBackward(n, o.forward().epsilon(), o.forward().relu(), false);
            case Op.BatchNormInferenceBackward o ->
                batchNormBackward(n, o.forward().epsilon(), false, true);
            case Op.FoldBatchNorm o -> foldBatchNorm(n, o);
            case Op.QuantizedConv2d o -> quantized.conv(n, o);
            case Op.Quantize o -> quantized.quantize(n, o);
            case Op.Dequantize o -> quantized.dequantize(n, o);
            case Op.Relu _ -> relu(n);
            case Op.ReluBackward _ -> reluBackward(n);
            case Op.Add _ -> add(n, false);
            case Op.AddRelu _ -> add(n, true);
            case Op.MaxPool o -> maxPool(n, o);
            case Op.MaxPoolBackward o -> poolBackward(n, primitives.maxPoolBackward(n, o.forward()), n.input(1));
            case Op.AvgPool o -> avgPool(n, o);
            case Op.AvgPoolBackward o -> poolBackward(n, primitives.avgPoolBackward(n, o.forward()), n.input(0));
            case Op.GlobalAvgPool _ -> globalAvgPool(n);
            case Op.GlobalAvgPoolBackward _ -> globalAvgPoolBackward(n);
            case Op.Cast _ -> cast(n);
            case Op.Flatten _ -> flatten(n);
            case Op.FlattenBackward _ -> flattenBackward(n);
            case Op.Linear o -> linear(n, o);
            case Op.LinearBackwardData _ -> linearBackwardData(n);
            case Op.LinearBackwardWeights o -> linearBackwardWeights(n, o);
            case Op.PadShortcut o -> padShortcut(n, o);
            case Op.PadShortcutBackward o -> padShortcutBackward(n, o);
            case Op.Dropout o -> dropout(n, o);
            case Op.DropoutBackward o -> dropoutBackward(n, o);
            case Op.DropPath o -> dropPath(n, o);
            case Op.ChannelGate _ -> gates.channelGate(n);
            case Op.ChannelGateBackward _ -> gates.channelGateBackward(n);
            case Op.Gate _ -> gates.gate(n);
            case Op.GateBackward _ -> gates.gateBackward(n);
            case Op.Softmax _ -> softmax(n);
            case Op.SoftmaxBackward _ -> softmaxBackward(n);
            case Op.SoftmaxCrossEntropy o -> loss(n, HostKernels.crossEntropy(o, logits(n)));
            case Op.SoftmaxCrossEntropyBackward o -> loss(n, HostKernels.crossEntropyBackward(o.forward(), logits(n)));
            case Op.SigmoidCrossEntropy o -> loss(n, BinaryLoss.forward(o, logits(n)));
            case Op.SigmoidCrossEntropyBackward o -> loss(n, BinaryLoss.backward(o.forward(), logits(n)));
        }
    }

    private void conv(Node n, Op.Conv2d o, boolean sum, boolean relu) {
        // Not where a gradient goes through: one more ReLU in ten thousand would flip, which moves every gradient
        // behind it.
        boolean differentiated = lowering.training() && !(n.op() instanceof Op.Fused);
        if (!differentiated
                && winograd.suits(o, n.input(0).type(), n.input(1).type().shape())) {
            Tensor src = lowering.picture(n.input(0));
            Tensor bias = o.bias() ? lowering.plain(n.input(2)) : null;
            MemoryDesc layout = primitives.channelsLast(n.output().type());
            Tensor dst = sum ? sumInto(n, layout) : lowering.result(n.output(), layout);
            winograd.forward(n, src, bias, dst, sum, relu);
            return;
        }
        PrimitiveDesc pd = primitives.conv(n, o, differentiated, sum, relu);
        List<Operand> operands = new ArrayList<>();
        operands.add(operand(SRC, lowering.in(n.input(0), primitives.of(pd, Query.SRC))));
        operands.add(operand(WEIGHTS, lowering.in(n.input(1), primitives.of(pd, Query.WEIGHTS))));
        if (o.bias()) {
            operands.add(operand(BIAS, lowering.plain(n.input(2))));
        }
        MemoryDesc dst = primitives.of(pd, Query.DST);
        operands.add(operand(DST, sum ? sumInto(n, dst) : lowering.result(n.output(), dst)));
        lowering.primitive(n, "", pd, operands);
    }

    /**
     * The destination of a convolution that adds to what is there: the addend's memory, or a copy of it if it is still needed,
     * be it by the convolution itself as its source.
     */
    private Tensor sumInto(Node n, MemoryDesc dst) {
        Value addend = n.inputs().getLast();
        Tensor from = lowering.in(addend, dst);
        boolean alone = from == lowering.tensor(addend) && from != lowering.tensor(n.input(0));
        if (alone && lowering.diesHere(addend)) {
            return lowering.resultInPlace(n.output(), addend);
        }
        Tensor to = lowering.result(n.output(), dst);
        lowering.emit(primitives.reorder(n.name() + " copy addend", from, dst, to, dst));
        return to;
    }

    private void convBackwardData(Node n, Op.Conv2dBackwardData o) {
        TensorType src = n.output().type();
        if (winograd.suits(o.forward(), src, n.input(1).type().shape())) {
            Tensor diffDst = lowering.picture(n.input(0));
            winograd.backwardData(n, diffDst, lowering.result(n.output(), primitives.channelsLast(src)));
            return;
        }
        PrimitiveDesc pd = primitives.convBackwardData(n, o);
        lowering.primitive(
                n,
                "",
                pd,
                List.of(
                        operand(DIFF_DST, lowering.in(n.input(0), primitives.of(pd, Query.DIFF_DST))),
                        operand(WEIGHTS, lowering.in(n.input(1), primitives.of(pd, Query.WEIGHTS))),
                        operand(DIFF_SRC, lowering.result(n.output(), primitives.of(pd, Query.DIFF_SRC)))));
    }

    private void convBackwardWeights(Node n, Op.Conv2dBackwardWeights o) {
        PrimitiveDesc pd = primitives.convBackwardWeights(n, o);
        List<Operand> operands = new ArrayList<>();
        operands.add(operand(SRC, lowering.in(n.input(0), primitives.of(pd, Query.SRC))));
        operands.add(operand(DIFF_DST, lowering.in(n.input(1), primitives.of(pd, Query.DIFF_DST))));
        operands.add(operand(DIFF_WEIGHTS, lowering.result(n.output(0), primitives.of(pd, Query.DIFF_WEIGHTS))));
        if (o.forward().bias()) {
            operands.add(operand(
                    DIFF_BIAS,
                    lowering.result(n.output(1), primitives.plain(n.output(1).type()))));
        }
        lowering.primitive(n, "", pd, operands);
    }

    private void batchNorm(Node n, Op.BatchNorm o) {
        // Training with stored statistics, which the step before it has just made of this batch. Those of BF16 pictures
        // oneDNN
        // makes itself: its float sums are far better than what they add up.
        boolean ours = n.input(0).type().dtype() == DType.F32;
        PrimitiveDesc pd = primitives.batchNorm(n, o.epsilon(), o.relu(), ours, true);
        Tensor pictures = lowering.picture(n.input(0));
        Tensor mean = lowering.result(n.output(1), primitives.plain(n.output(1).type()));
        Tensor variance =
                lowering.result(n.output(2), primitives.plain(n.output(2).type()));
        Shape src = n.input(0).type().shape();
        long count = src.elements() / src.dim(1);
        if (ours) {
            lowering.host(
                    n,
                    " batch statistics",
                    BatchStatistics.kernel(
                            count, src.intDim(1), primitives.onednn().threads()),
                    List.of(pictures, mean, variance),
                    List.of(mean, variance));
        }
        List<Operand> operands = new ArrayList<>();
        operands.add(operand(SRC, pictures));
        operands.add(operand(SCALE, lowering.plain(n.input(1))));
        operands.add(operand(SHIFT, lowering.plain(n.input(2))));
        operands.add(operand(DST, lowering.result(n.output(0), primitives.of(pd, Query.DST))));
        operands.add(operand(MEAN, mean));
        operands.add(operand(VARIANCE, variance));
        if (o.relu()) {
            operands.add(operand(WORKSPACE, lowering.result(n.output(5), primitives.of(pd, Query.WORKSPACE))));
        }
        lowering.primitive(n, "", pd, operands);
        lowering.updateInPlace(n.input(3), n.output(3));
        lowering.updateInPlace(n.input(4), n.output(4));
        Tensor runningMean = lowering.tensor(n.input(3));
        Tensor runningVariance = lowering.tensor(n.input(4));
        lowering.host(
                n,
                " running statistics",
                HostKernels.runningStatistics(o.momentum(), src.dim(1), count),
                List.of(mean, variance, runningMean, runningVariance),
                List.of(runningMean, runningVariance));
    }

    private void batchNormInference(Node n, Op.BatchNormInference o) {
        PrimitiveDesc pd = primitives.batchNorm(n, o.epsilon(), false, true, lowering.training());
        Tensor src = lowering.picture(n.input(0));
        lowering.primitive(
                n,
                "",
                pd,
                List.of(
                        operand(SRC, src),
                        operand(SCALE, lowering.plain(n.input(1))),
                        operand(SHIFT, lowering.plain(n.input(2))),
                        operand(MEAN, lowering.plain(n.input(3))),
                        operand(VARIANCE, lowering.plain(n.input(4))),
                        operand(DST, lowering.result(n.output(), primitives.of(pd, Query.DST)))));
    }

    private void batchNormBackward(Node n, double epsilon, boolean relu, boolean frozen) {
        PrimitiveDesc pd = primitives.batchNormBackward(n, epsilon, relu, frozen);
        List<Operand> operands = new ArrayList<>();
        operands.add(operand(SRC, lowering.picture(n.input(0))));
        Tensor diffDst = lowering.picture(n.input(1));
        operands.add(operand(DIFF_DST, diffDst));
        operands.add(operand(SCALE, lowering.plain(n.input(2))));
        operands.add(operand(MEAN, lowering.plain(n.input(3))));
        operands.add(operand(VARIANCE, lowering.plain(n.input(4))));
        if (relu) {
            operands.add(operand(WORKSPACE, lowering.tensor(n.input(5))));
        }
        operands.add(operand(DIFF_SRC, lowering.over(n, diffDst, n.input(1))));
        operands.add(operand(
                DIFF_SCALE,
                lowering.result(n.output(1), primitives.plain(n.output(1).type()))));
        operands.add(operand(
                DIFF_SHIFT,
                lowering.result(n.output(2), primitives.plain(n.output(2).type()))));
        lowering.primitive(n, "", pd, operands);
    }

    private void foldBatchNorm(Node n, Op.FoldBatchNorm o) {
        List<Tensor> operands = new ArrayList<>();
        n.inputs().forEach(v -> operands.add(lowering.plain(v)));
        List<Tensor> results = List.of(
                lowering.result(n.output(0), primitives.plain(n.output(0).type())),
                lowering.result(n.output(1), primitives.plain(n.output(1).type())));
        operands.addAll(results);
        lowering.host(n, "", HostKernels.foldBatchNorm(o, n.input(0).type().shape()), operands, results);
    }

    private void relu(Node n) {
        Tensor src = lowering.tensor(n.input(0));
        PrimitiveDesc pd = primitives.eltwise(n, Algorithm.ELTWISE_RELU, src.layout, 0, 0);
        Tensor dst = lowering.resultInPlace(n.output(), n.input(0));
        lowering.primitive(n, "", pd, List.of(operand(SRC, src), operand(DST, dst)));
    }

    private void reluBackward(Node n) {
        Tensor dst = lowering.tensor(n.input(0));
        Tensor diffDst = lowering.in(n.input(1), dst.layout);
        PrimitiveDesc pd = primitives.reluBackward(n, dst.layout);
        lowering.primitive(
                n,
                "",
                pd,
                List.of(
                        operand(DST, dst),
                        operand(DIFF_DST, diffDst),
                        operand(DIFF_SRC, lowering.over(n, diffDst, n.input(1)))));
    }

    private void add(Node n, boolean relu) {
        // The memory of whichever operand is no longer needed takes the sum; addition does not mind the order.
        boolean second = !lowering.diesHere(n.input(0)) && lowering.diesHere(n.input(1));
        Value a = n.input(second ? 1 : 0);
        Value b = n.input(second ? 0 : 1);
        Tensor left = lowering.tensor(a);
        Tensor right = lowering.in(b, left.layout);
        PrimitiveDesc pd = primitives.binary(
                n, Algorithm.BINARY_ADD, left.layout, relu ? Attributes.none().relu() : Attributes.none());
        lowering.primitive(
                n,
                "",
                pd,
                List.of(
                        operand(SRC_0, left),
                        operand(SRC_1, right),
                        operand(DST, lowering.resultInPlace(n.output(), a))));
    }

    private void maxPool(Node n, Op.MaxPool o) {
        PrimitiveDesc pd =
                primitives.maxPool(n, o, n.input(0).type(), n.output().type());
        List<Operand> operands = new ArrayList<>();
        operands.add(operand(SRC, lowering.picture(n.input(0))));
        operands.add(operand(DST, lowering.result(n.output(), primitives.of(pd, Query.DST))));
        if (o.workspace()) {
            operands.add(operand(WORKSPACE, lowering.result(n.output(1), primitives.of(pd, Query.WORKSPACE))));
        }
        lowering.primitive(n, "", pd, operands);
    }

    private void avgPool(Node n, Op.AvgPool o) {
        PrimitiveDesc pd =
                primitives.avgPool(n, o, n.input(0).type(), n.output().type());
        lowering.primitive(
                n,
                "",
                pd,
                List.of(
                        operand(SRC, lowering.picture(n.input(0))),
                        operand(DST, lowering.result(n.output(), primitives.of(pd, Query.DST)))));
    }

    private void poolBackward(Node n, PrimitiveDesc pd, Value diffDst) {
        List<Operand> operands = new ArrayList<>();
        operands.add(operand(DIFF_DST, lowering.picture(diffDst)));
        if (n.op() instanceof Op.MaxPoolBackward) {
            operands.add(operand(WORKSPACE, lowering.tensor(n.input(0))));
        }
        operands.add(operand(DIFF_SRC, lowering.result(n.output(), primitives.of(pd, Query.DIFF_SRC))));
        lowering.primitive(n, "", pd, operands);
    }

    /** [N, C, 1, 1] channels-last is the same bytes as rows of [N, C]. */
    private void globalAvgPool(Node n) {
        PrimitiveDesc pd = primitives.globalAvgPool(n, n.input(0).type());
        Tensor rows = lowering.result(n.output(), primitives.plain(n.output().type()));
        lowering.primitive(
                n,
                "",
                pd,
                List.of(
                        operand(SRC, lowering.picture(n.input(0))),
                        new Operand(DST, rows, primitives.of(pd, Query.DST))));
    }

    private void globalAvgPoolBackward(Node n) {
        PrimitiveDesc pd = primitives.globalAvgPoolBackward(n);
        Tensor rows = lowering.plain(n.input(0));
        lowering.primitive(
                n,
                "",
                pd,
                List.of(
                        new Operand(DIFF_DST, rows, primitives.of(pd, Query.DIFF_DST)),
                        operand(DIFF_SRC, lowering.result(n.output(), primitives.of(pd, Query.DIFF_SRC)))));
    }

    /** A picture is laid out channels-last on the way, as all that reads it wants it. */
    private void cast(Node n) {
        TensorType type = n.output().type();
        Tensor src = lowering.tensor(n.input(0));
        MemoryDesc layout = type.shape().rank() == 4 ? primitives.channelsLast(type) : primitives.plain(type);
        lowering.emit(primitives.reorder(n.name(), src, src.layout, lowering.result(n.output(), layout), layout));
    }

    /** Rows are the picture's channels-first order, so channels-last is reordered on the way. */
    private void flatten(Node n) {
        Tensor picture = lowering.tensor(n.input(0));
        Tensor rows = lowering.result(n.output(), primitives.plain(n.output().type()));
        lowering.emit(primitives.reorder(
                n.name(),
                picture,
                picture.layout,
                rows,
                primitives.plain(n.input(0).type())));
    }

    private void flattenBackward(Node n) {
        Tensor rows = lowering.plain(n.input(0));
        MemoryDesc picture = primitives.channelsLast(n.output().type());
        Tensor diffSrc = lowering.result(n.output(), picture);
        lowering.emit(
                primitives.reorder(n.name(), rows, primitives.plain(n.output().type()), diffSrc, picture));
    }

    private void linear(Node n, Op.Linear o) {
        PrimitiveDesc pd = primitives.linear(n, o, lowering.training());
        List<Operand> operands = new ArrayList<>();
        operands.add(operand(SRC, lowering.plain(n.input(0))));
        operands.add(operand(WEIGHTS, lowering.in(n.input(1), primitives.of(pd, Query.WEIGHTS))));
        if (o.bias()) {
            operands.add(operand(BIAS, lowering.plain(n.input(2))));
        }
        operands.add(operand(DST, lowering.result(n.output(), primitives.of(pd, Query.DST))));
        lowering.primitive(n, "", pd, operands);
    }

    private void linearBackwardData(Node n) {
        PrimitiveDesc pd = primitives.linearBackwardData(n);
        lowering.primitive(
                n,
                "",
                pd,
                List.of(
                        operand(DIFF_DST, lowering.plain(n.input(0))),
                        operand(WEIGHTS, lowering.in(n.input(1), primitives.of(pd, Query.WEIGHTS))),
                        operand(DIFF_SRC, lowering.result(n.output(), primitives.of(pd, Query.DIFF_SRC)))));
    }

    private void linearBackwardWeights(Node n, Op.LinearBackwardWeights o) {
        PrimitiveDesc pd = primitives.linearBackwardWeights(n, o.forward());
        List<Operand> operands = new ArrayList<>();
        operands.add(operand(SRC, lowering.plain(n.input(0))));
        operands.add(operand(DIFF_DST, lowering.plain(n.input(1))));
        operands.add(operand(DIFF_WEIGHTS, lowering.result(n.output(0), primitives.of(pd, Query.DIFF_WEIGHTS))));
        if (o.forward().bias()) {
            operands.add(operand(
                    DIFF_BIAS,
                    lowering.result(n.output(1), primitives.plain(n.output(1).type()))));
        }
        lowering.primitive(n, "", pd, operands);
    }

    private void padShortcut(Node n, Op.PadShortcut o) {
        Tensor src = lowering.picture(n.input(0));
        Tensor dst =
                lowering.result(n.output(), primitives.channelsLast(n.output().type()));
        Step.HostKernel kernel =
                HostKernels.padShortcut(o, n.input(0).type(), n.output().type());
        lowering.host(n, "", kernel, List.of(src, dst), List.of(dst));
    }

    private void padShortcutBackward(Node n, Op.PadShortcutBackward o) {
        Tensor diffDst = lowering.picture(n.input(0));
        Tensor diffSrc =
                lowering.result(n.output(), primitives.channelsLast(n.output().type()));
        Step.HostKernel kernel = HostKernels.padShortcutBackward(
                o.forward(), n.output().type(), n.input(0).type());
        lowering.host(n, "", kernel, List.of(diffDst, diffSrc), List.of(diffSrc));
    }

    private void dropout(Node n, Op.Dropout o) {
        // The loop takes pictures channels-last; the network's input is none yet.
        Tensor src = n.input(0).type().shape().rank() == 4 ? lowering.picture(n.input(0)) : lowering.plain(n.input(0));
        Tensor dst = lowering.over(n, src, n.input(0));
        Tensor mask = lowering.result(
                n.output(1), primitives.bytes(n.output(1).type().shape().elements()));
        Step.HostKernel kernel = HostKernels.dropout(o, n.output().type().shape());
        lowering.host(n, "", kernel, List.of(src, lowering.tensor(n.input(1)), dst, mask), List.of(dst, mask));
    }

    private void dropoutBackward(Node n, Op.DropoutBackward o) {
        Tensor diffDst =
                n.input(1).type().shape().rank() == 4 ? lowering.picture(n.input(1)) : lowering.plain(n.input(1));
        Tensor diffSrc = lowering.over(n, diffDst, n.input(1));
        Step.HostKernel kernel = HostKernels.dropoutBackward(
                o.forward(), n.output().type().shape().elements());
        lowering.host(n, "", kernel, List.of(lowering.tensor(n.input(0)), diffDst, diffSrc), List.of(diffSrc));
    }

    /** A sample is contiguous in every layout that a value has here. */
    private void dropPath(Node n, Op.DropPath o) {
        Tensor src = lowering.tensor(n.input(0));
        Tensor dst = lowering.resultInPlace(n.output(), n.input(0));
        Step.HostKernel kernel = HostKernels.dropPath(o, n.output().type().shape());
        lowering.host(n, "", kernel, List.of(src, lowering.tensor(n.input(1)), dst), List.of(dst));
    }

    private void softmax(Node n) {
        Tensor src = lowering.plain(n.input(0));
        PrimitiveDesc pd = primitives.softmax(n, src.layout);
        lowering.primitive(
                n, "", pd, List.of(operand(SRC, src), operand(DST, lowering.result(n.output(), src.layout))));
    }

    private void softmaxBackward(Node n) {
        Tensor dst = lowering.plain(n.input(0));
        Tensor diffDst = lowering.plain(n.input(1));
        PrimitiveDesc pd = primitives.softmaxBackward(n, dst.layout);
        lowering.primitive(
                n,
                "",
                pd,
                List.of(
                        operand(DST, dst),
                        operand(DIFF_DST, diffDst),
                        operand(DIFF_SRC, lowering.result(n.output(), dst.layout))));
    }

    private static Shape logits(Node loss) {
        return loss.input(0).type().shape();
    }

    /** A loss or its gradient: logits, targets -> dst. */
    private void loss(Node n, Step.HostKernel kernel) {
        Tensor dst = lowering.result(n.output(), primitives.plain(n.output().type()));
        lowering.host(
                n, "", kernel, List.of(lowering.plain(n.input(0)), lowering.plain(n.input(1)), dst), List.of(dst));
    }
}
