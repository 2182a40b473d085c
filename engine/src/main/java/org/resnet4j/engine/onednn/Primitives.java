package org.resnet4j.engine.onednn;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.resnet4j.engine.PlanException;
import org.resnet4j.engine.onednn.Step.Operand;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Window;
import org.resnet4j.onednn.Algorithm;
import org.resnet4j.onednn.Arg;
import org.resnet4j.onednn.Attributes;
import org.resnet4j.onednn.DataType;
import org.resnet4j.onednn.Direction;
import org.resnet4j.onednn.DnnlException;
import org.resnet4j.onednn.Execution;
import org.resnet4j.onednn.FormatTag;
import org.resnet4j.onednn.MemoryDesc;
import org.resnet4j.onednn.Onednn;
import org.resnet4j.onednn.PrimitiveDesc;
import org.resnet4j.onednn.PrimitiveDesc.ConvolutionDescs;
import org.resnet4j.onednn.PrimitiveDesc.Query;
import org.resnet4j.onednn.SlidingWindow;
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.Shape;
import org.resnet4j.tensor.TensorType;

/**
 * Makes the primitives and layouts of one lowering and owns them: closing this closes all.
 *
 * <p>Pictures are channels-last everywhere; weights are left to oneDNN to lay out. Not thread-safe.
 */
final class Primitives implements AutoCloseable {
    private static final int NORM = PrimitiveDesc.USE_SCALE | PrimitiveDesc.USE_SHIFT;

    private final Onednn onednn;
    private final List<AutoCloseable> owned = new ArrayList<>();

    Primitives(Onednn onednn) {
        this.onednn = onednn;
    }

    Onednn onednn() {
        return onednn;
    }

    // ------------------------------------------------------------------ layouts

    /** Row-major; a scalar is a vector of one, since oneDNN has none. */
    MemoryDesc plain(TensorType type) {
        Shape s = type.shape();
        long[] dims = s.rank() == 0 ? new long[] {1} : s.dims();
        if (type.dtype() == DType.S64) {
            return bytes(type.bytes());
        }
        return own(MemoryDesc.of(onednn, dataType(type), FormatTag.plain(dims.length), dims));
    }

    /** Pictures [N, C, H, W] with the channels of a pixel together. */
    MemoryDesc channelsLast(TensorType type) {
        return own(MemoryDesc.of(
                onednn, dataType(type), FormatTag.ACDB, type.shape().dims()));
    }

    /** Opaque bytes. */
    MemoryDesc bytes(long count) {
        return own(MemoryDesc.of(onednn, DataType.U8, FormatTag.A, count));
    }

    /** {@code own}, or where {@code other} has a dimension more the same row-major bytes as it counts them: weights in groups. */
    MemoryDesc as(MemoryDesc own, MemoryDesc other) {
        long[] dims = other.dims();
        return own.dims().length == dims.length
                ? own
                : own(MemoryDesc.of(onednn, own.dataType(), FormatTag.plain(dims.length), dims));
    }

    MemoryDesc of(PrimitiveDesc desc, Query query) {
        return own(desc.memoryDesc(query));
    }

    private MemoryDesc any(DataType type, long... dims) {
        return own(MemoryDesc.of(onednn, type, FormatTag.ANY, dims));
    }

    private static DataType dataType(TensorType type) {
        return switch (type.dtype()) {
            case F32 -> DataType.F32;
            case BF16 -> DataType.BF16;
            case S32 -> DataType.S32;
            case S8 -> DataType.S8;
            case U8 -> DataType.U8;
            case F64, F16, S64 -> throw new PlanException("the onednn backend has no layout for " + type);
        };
    }

    // ------------------------------------------------------------------ convolution and linear

    PrimitiveDesc conv(Node n, Op.Conv2d o, boolean training, boolean sum, boolean relu) {
        Attributes attributes = Attributes.none();
        attributes = sum ? attributes.sum() : attributes;
        attributes = relu ? attributes.relu() : attributes;
        Direction direction = training ? Direction.FORWARD_TRAINING : Direction.FORWARD_INFERENCE;
        return convForward(
                n,
                direction,
                convDescs(
                        o,
                        n.input(0).type(),
                        n.input(1).type().shape(),
                        n.output().type()),
                o,
                attributes);
    }

    /** With one scale for each output channel, and results in units of dst. */
    PrimitiveDesc quantizedConv(Node n, Op.QuantizedConv2d o) {
        Op.FusedConv2d fused = o.forward();
        Op.Conv2d conv = fused.forward();
        Shape weights = n.input(1).type().shape();
        ConvolutionDescs descs = new ConvolutionDescs(
                channelsLast(n.input(0).type()),
                weights(conv, DataType.S8, weights),
                bias(true, weights),
                channelsLast(n.output().type()));
        // Weights in groups have two dimensions of output channels: groups, and those of a group.
        Attributes attributes = Attributes.none().scales(Arg.WEIGHTS, conv.groups() == 1 ? 1 : 3);
        if (fused.sum()) {
            float scale = (float) (o.addendScale() / o.dstScale());
            attributes = attributes.sum(scale, dataType(n.input(3).type()));
        }
        attributes = fused.relu() ? attributes.relu() : attributes;
        return convForward(n, Direction.FORWARD_INFERENCE, descs, conv, attributes);
    }

    private PrimitiveDesc convForward(
            Node n, Direction direction, ConvolutionDescs descs, Op.Conv2d o, Attributes attributes) {
        SlidingWindow window = window(o.window(), descs.src(), descs.dst());
        Creation creation = () -> PrimitiveDesc.convolution(onednn, direction, descs, window, attributes);
        Optional<String> implementation = direction == Direction.FORWARD_INFERENCE
                ? Implementations.forward(
                        o, descs.src().dataType(), n.input(1).type().shape().dims())
                : Optional.empty();
        return make(n, () -> preferred(creation, implementation));
    }

    PrimitiveDesc convBackwardData(Node n, Op.Conv2dBackwardData o) {
        ConvolutionDescs descs = convDescs(
                o.forward(),
                n.output().type(),
                n.input(1).type().shape(),
                n.input(0).type());
        PrimitiveDesc forward = convForward(n, Direction.FORWARD_TRAINING, descs, o.forward(), Attributes.none());
        ConvolutionDescs noBias = new ConvolutionDescs(descs.src(), descs.weights(), null, descs.dst());
        SlidingWindow window = window(o.forward().window(), descs.src(), descs.dst());
        Creation creation = () -> PrimitiveDesc.convolutionBackwardData(onednn, noBias, window, forward);
        Optional<String> implementation =
                Implementations.backwardData(o.forward(), descs.weights().dims());
        return make(n, () -> preferred(creation, implementation));
    }

    /** The first implementation of this name if one is given and there is one, else oneDNN's own choice. */
    private static PrimitiveDesc preferred(Creation creation, Optional<String> name) {
        PrimitiveDesc desc = creation.create();
        if (name.isEmpty()) {
            return desc;
        }
        do {
            if (desc.implementation().equals(name.get())) {
                return desc;
            }
        } while (desc.next());
        desc.close();
        return creation.create();
    }

    PrimitiveDesc convBackwardWeights(Node n, Op.Conv2dBackwardWeights o) {
        ConvolutionDescs descs = convDescs(
                o.forward(), n.input(0).type(), o.weights(), n.input(1).type());
        PrimitiveDesc forward = convForward(n, Direction.FORWARD_TRAINING, descs, o.forward(), Attributes.none());
        // The sums are F32 whatever the pictures are, and so is what they become.
        MemoryDesc diffWeights = weights(o.forward(), DataType.F32, o.weights());
        ConvolutionDescs diffs = new ConvolutionDescs(descs.src(), diffWeights, descs.bias(), descs.dst());
        SlidingWindow window = window(o.forward().window(), descs.src(), descs.dst());
        return make(n, () -> PrimitiveDesc.convolutionBackwardWeights(onednn, diffs, window, forward));
    }

    private ConvolutionDescs convDescs(Op.Conv2d o, TensorType src, Shape weights, TensorType dst) {
        MemoryDesc w = weights(o, dataType(src), weights);
        return new ConvolutionDescs(channelsLast(src), w, bias(o.bias(), weights), channelsLast(dst));
    }

    private MemoryDesc weights(Op.Conv2d o, DataType type, Shape weights) {
        long g = o.groups();
        return g == 1
                ? any(type, weights.dims())
                : any(type, g, weights.dim(0) / g, weights.dim(1), weights.dim(2), weights.dim(3));
    }

    private @Nullable MemoryDesc bias(boolean has, Shape weights) {
        return has ? plain(TensorType.f32(weights.dim(0))) : null;
    }

    private static SlidingWindow window(Window w, MemoryDesc src, MemoryDesc dst) {
        long[] s = src.dims();
        long[] d = dst.dims();
        // oneDNN wants the output size to follow exactly, so what a stride leaves over is negative padding at the end.
        long bottom = (d[2] - 1) * w.sh() + w.kh() - s[2] - w.ph();
        long right = (d[3] - 1) * w.sw() + w.kw() - s[3] - w.pw();
        return new SlidingWindow(
                List.of((long) w.kh(), (long) w.kw()),
                List.of((long) w.sh(), (long) w.sw()),
                List.of((long) w.ph(), (long) w.pw()),
                List.of(bottom, right));
    }

    PrimitiveDesc linear(Node n, Op.Linear o, boolean training) {
        return linear(
                n,
                training,
                linearDescs(
                        o.bias(),
                        n.input(0).type(),
                        n.input(1).type().shape(),
                        n.output().type()));
    }

    private PrimitiveDesc linear(Node n, boolean training, ConvolutionDescs descs) {
        Direction direction = training ? Direction.FORWARD_TRAINING : Direction.FORWARD_INFERENCE;
        return make(n, () -> PrimitiveDesc.innerProduct(onednn, direction, descs, Attributes.none()));
    }

    PrimitiveDesc linearBackwardData(Node n) {
        ConvolutionDescs descs = linearDescs(
                false, n.output().type(), n.input(1).type().shape(), n.input(0).type());
        PrimitiveDesc forward = linear(n, true, descs);
        return make(n, () -> PrimitiveDesc.innerProductBackwardData(onednn, descs, forward));
    }

    PrimitiveDesc linearBackwardWeights(Node n, Op.Linear o) {
        ConvolutionDescs descs = linearDescs(
                o.bias(),
                n.input(0).type(),
                n.output().type().shape(),
                n.input(1).type());
        PrimitiveDesc forward = linear(n, true, descs);
        MemoryDesc diffWeights = any(DataType.F32, n.output().type().shape().dims());
        ConvolutionDescs diffs = new ConvolutionDescs(descs.src(), diffWeights, descs.bias(), descs.dst());
        return make(n, () -> PrimitiveDesc.innerProductBackwardWeights(onednn, diffs, forward));
    }

    private ConvolutionDescs linearDescs(boolean bias, TensorType src, Shape weights, TensorType dst) {
        return new ConvolutionDescs(plain(src), any(dataType(src), weights.dims()), bias(bias, weights), plain(dst));
    }

    // ------------------------------------------------------------------ normalisation, pooling, elements

    PrimitiveDesc batchNorm(Node n, double epsilon, boolean relu, boolean stored, boolean training) {
        MemoryDesc src = channelsLast(n.input(0).type());
        return batchNorm(
                n,
                src,
                epsilon,
                flags(relu, stored),
                training ? Direction.FORWARD_TRAINING : Direction.FORWARD_INFERENCE);
    }

    private PrimitiveDesc batchNorm(Node n, MemoryDesc src, double epsilon, int flags, Direction direction) {
        return make(n, () -> PrimitiveDesc.batchNormalization(onednn, direction, src, epsilon, flags));
    }

    PrimitiveDesc batchNormBackward(Node n, double epsilon, boolean relu, boolean stored) {
        MemoryDesc src = channelsLast(n.input(0).type());
        int flags = flags(relu, stored);
        PrimitiveDesc forward = batchNorm(n, src, epsilon, flags, Direction.FORWARD_TRAINING);
        return make(n, () -> PrimitiveDesc.batchNormalizationBackward(onednn, src, epsilon, flags, forward));
    }

    private static int flags(boolean relu, boolean stored) {
        return NORM | (relu ? PrimitiveDesc.FUSE_NORM_RELU : 0) | (stored ? PrimitiveDesc.USE_GLOBAL_STATS : 0);
    }

    PrimitiveDesc maxPool(Node n, Op.MaxPool o, TensorType src, TensorType dst) {
        return pool(n, o.workspace(), Algorithm.POOLING_MAX, o.window(), List.of(channelsLast(src), channelsLast(dst)));
    }

    PrimitiveDesc maxPoolBackward(Node n, Op.MaxPool o) {
        PrimitiveDesc forward = maxPool(n, o, n.output().type(), n.input(1).type());
        return poolBackward(
                n, Algorithm.POOLING_MAX, o.window(), forward, n.input(1).type());
    }

    PrimitiveDesc avgPool(Node n, Op.AvgPool o, TensorType src, TensorType dst) {
        return pool(n, true, algorithm(o), o.window(), List.of(channelsLast(src), channelsLast(dst)));
    }

    PrimitiveDesc avgPoolBackward(Node n, Op.AvgPool o) {
        PrimitiveDesc forward = avgPool(n, o, n.output().type(), n.input(0).type());
        return poolBackward(n, algorithm(o), o.window(), forward, n.input(0).type());
    }

    PrimitiveDesc globalAvgPool(Node n, TensorType src) {
        return pool(
                n, true, Algorithm.POOLING_AVG_EXCLUDE_PADDING, whole(src), List.of(channelsLast(src), onePixel(src)));
    }

    PrimitiveDesc globalAvgPoolBackward(Node n) {
        TensorType src = n.output().type();
        PrimitiveDesc forward = globalAvgPool(n, src);
        MemoryDesc diffSrc = channelsLast(src);
        MemoryDesc diffDst = onePixel(src);
        SlidingWindow window = window(whole(src), diffSrc, diffDst);
        return make(
                n,
                () -> PrimitiveDesc.poolingBackward(
                        onednn, Algorithm.POOLING_AVG_EXCLUDE_PADDING, List.of(diffSrc, diffDst), window, forward));
    }

    private static Window whole(TensorType src) {
        return new Window(src.shape().intDim(2), src.shape().intDim(3), 1, 1, 0, 0);
    }

    private MemoryDesc onePixel(TensorType src) {
        return channelsLast(
                TensorType.of(src.dtype(), src.shape().dim(0), src.shape().dim(1), 1, 1));
    }

    private static Algorithm algorithm(Op.AvgPool o) {
        return o.includePadding() ? Algorithm.POOLING_AVG_INCLUDE_PADDING : Algorithm.POOLING_AVG_EXCLUDE_PADDING;
    }

    private PrimitiveDesc pool(Node n, boolean training, Algorithm algorithm, Window w, List<MemoryDesc> srcAndDst) {
        Direction direction = training ? Direction.FORWARD_TRAINING : Direction.FORWARD_INFERENCE;
        SlidingWindow window = window(w, srcAndDst.get(0), srcAndDst.get(1));
        return make(n, () -> PrimitiveDesc.pooling(onednn, direction, algorithm, srcAndDst, window));
    }

    private PrimitiveDesc poolBackward(Node n, Algorithm algorithm, Window w, PrimitiveDesc forward, TensorType dst) {
        MemoryDesc diffSrc = channelsLast(n.output().type());
        MemoryDesc diffDst = channelsLast(dst);
        SlidingWindow window = window(w, diffSrc, diffDst);
        return make(
                n, () -> PrimitiveDesc.poolingBackward(onednn, algorithm, List.of(diffSrc, diffDst), window, forward));
    }

    PrimitiveDesc eltwise(Node n, Algorithm algorithm, MemoryDesc layout, float alpha, float beta) {
        return make(n, () -> PrimitiveDesc.eltwise(onednn, Direction.FORWARD_TRAINING, algorithm, layout, alpha, beta));
    }

    /** Looks at the destination, so that the source need not be kept. */
    PrimitiveDesc reluBackward(Node n, MemoryDesc layout) {
        Algorithm algorithm = Algorithm.ELTWISE_RELU_USE_DST_FOR_BWD;
        PrimitiveDesc forward = eltwise(n, algorithm, layout, 0, 0);
        return make(n, () -> PrimitiveDesc.eltwiseBackward(onednn, algorithm, layout, forward, 0, 0));
    }

    PrimitiveDesc binary(Node n, Algorithm algorithm, MemoryDesc layout, Attributes attributes) {
        return make(n, () -> PrimitiveDesc.binary(onednn, algorithm, layout, attributes));
    }

    /** Products of one thread: src [B, M, K], weights [B, K, N] as {@code weights} lays them out, dst [B, M, N]. */
    PrimitiveDesc productsAlone(Node n, long[] src, MemoryDesc weights) {
        MemoryDesc s = own(MemoryDesc.of(onednn, DataType.F32, FormatTag.ABC, src));
        MemoryDesc d = own(MemoryDesc.of(onednn, DataType.F32, FormatTag.ABC, src[0], src[1], weights.dims()[2]));
        int threads = onednn.threads();
        onednn.setThreads(1);
        try {
            return make(n, () -> PrimitiveDesc.matmul(onednn, s, weights, d));
        } finally {
            onednn.setThreads(threads);
        }
    }

    /** F32 in this order. */
    MemoryDesc f32(FormatTag tag, long... dims) {
        return own(MemoryDesc.of(onednn, DataType.F32, tag, dims));
    }

    /** {@code second} is repeated along its dimensions of size 1. */
    PrimitiveDesc broadcast(Node n, Algorithm algorithm, MemoryDesc layout, MemoryDesc second) {
        return make(n, () -> PrimitiveDesc.binary(onednn, algorithm, layout, second, Attributes.none()));
    }

    PrimitiveDesc softmax(Node n, MemoryDesc layout) {
        return make(n, () -> PrimitiveDesc.softmax(onednn, Direction.FORWARD_TRAINING, layout, 1));
    }

    PrimitiveDesc softmaxBackward(Node n, MemoryDesc layout) {
        PrimitiveDesc forward = softmax(n, layout);
        return make(n, () -> PrimitiveDesc.softmaxBackward(onednn, layout, 1, forward));
    }

    /** A change of layout or type that takes scales. */
    PrimitiveDesc reorder(MemoryDesc from, MemoryDesc to, Attributes attributes) {
        return own(PrimitiveDesc.reorder(onednn, from, to, attributes));
    }

    // ------------------------------------------------------------------ steps

    /** A step that copies {@code from}, seen as {@code fromLayout}, to {@code to}, seen as {@code toLayout}. */
    Step reorder(String name, Tensor from, MemoryDesc fromLayout, Tensor to, MemoryDesc toLayout) {
        PrimitiveDesc desc = own(PrimitiveDesc.reorder(onednn, fromLayout, toLayout));
        List<Operand> operands = List.of(new Operand(Arg.SRC, from, fromLayout), new Operand(Arg.DST, to, toLayout));
        return new Step.PrimitiveStep(name, "reorder", desc, operands, List.of(to));
    }

    /** A primitive with its memory, owned by this. */
    Execution execution(PrimitiveDesc desc, List<Execution.Argument> arguments, MemorySegment scratchpad) {
        return own(new Execution(onednn, desc, arguments, scratchpad));
    }

    private interface Creation {
        PrimitiveDesc create();
    }

    private PrimitiveDesc make(Node n, Creation creation) {
        try {
            return own(creation.create());
        } catch (DnnlException e) {
            PlanException named = new PlanException(n.name() + ": " + n.op() + " on "
                    + n.inputs().stream().map(v -> v.type().toString()).toList() + ": " + e.getMessage());
            named.initCause(e);
            throw named;
        }
    }

    private <T extends AutoCloseable> T own(T resource) {
        owned.add(resource);
        return resource;
    }

    @Override
    public void close() {
        for (AutoCloseable resource : owned.reversed()) {
            switch (resource) {
                case MemoryDesc d -> d.close();
                case PrimitiveDesc d -> d.close();
                case Execution e -> e.close();
                default -> throw new IllegalStateException("nothing else is owned: " + resource);
            }
        }
        owned.clear();
    }
}
