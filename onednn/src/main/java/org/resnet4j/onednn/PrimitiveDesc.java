package org.resnet4j.onednn;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.ffi.Function;
import org.resnet4j.onednn.ffi.Library;

/**
 * A primitive that oneDNN has agreed to, with the implementation and the layouts that it chose where it was left the choice;
 * {@code dnnl_primitive_desc_t}. Owns a native object; close it. Creation throws {@link DnnlException}, whose
 * {@code isUnimplemented} says that nothing fits.
 */
public final class PrimitiveDesc implements AutoCloseable {
    /** Whose description is asked for. */
    public enum Query {
        /** Source. */
        SRC(129),
        /** Gradient of the source. */
        DIFF_SRC(130),
        /** Weights. */
        WEIGHTS(131),
        /** Gradient of the weights. */
        DIFF_WEIGHTS(132),
        /** Destination. */
        DST(133),
        /** Gradient of the destination. */
        DIFF_DST(134),
        /** What forward keeps for backward. */
        WORKSPACE(135),
        /** Temporary memory. */
        SCRATCHPAD(136);

        private final int code;

        Query(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }
    }

    /** Use the given statistics instead of the batch's. */
    public static final int USE_GLOBAL_STATS = 1;

    /** Multiply by gamma. */
    public static final int USE_SCALE = 2;

    /** Add beta. */
    public static final int USE_SHIFT = 4;

    /** Apply ReLU and, in training, keep its mask in the workspace. */
    public static final int FUSE_NORM_RELU = 8;

    static final int IMPL_INFO_STR = 8;
    static final int BACKWARD = 128;

    private final Library library;
    private final Handle handle;

    private PrimitiveDesc(Library library, MemorySegment address) {
        this.library = library;
        this.handle = new Handle(library, Function.PRIMITIVE_DESC_DESTROY, address);
    }

    /** Convolution; {@code bias} may be null. */
    public static PrimitiveDesc convolution(
            Onednn onednn, Direction direction, ConvolutionDescs descs, SlidingWindow window, Attributes attributes) {
        return create(
                onednn,
                attributes,
                (engine, attr, t) -> onednn.library()
                        .create(
                                Function.CONVOLUTION_FORWARD,
                                engine,
                                direction.code,
                                Algorithm.CONVOLUTION_DIRECT.code,
                                descs.src().address(),
                                descs.weights().address(),
                                orNull(descs.bias()),
                                descs.dst().address(),
                                pair(t, window.strides()),
                                zeros(t),
                                pair(t, window.paddingBefore()),
                                pair(t, window.paddingAfter()),
                                attr));
    }

    /** Gradient of a convolution's source; {@code src} and {@code dst} are those of the gradients. */
    public static PrimitiveDesc convolutionBackwardData(
            Onednn onednn, ConvolutionDescs descs, SlidingWindow window, PrimitiveDesc forward) {
        return create(
                onednn,
                Attributes.none(),
                (engine, attr, t) -> onednn.library()
                        .create(
                                Function.CONVOLUTION_BACKWARD_DATA,
                                engine,
                                Algorithm.CONVOLUTION_DIRECT.code,
                                descs.src().address(),
                                descs.weights().address(),
                                descs.dst().address(),
                                pair(t, window.strides()),
                                zeros(t),
                                pair(t, window.paddingBefore()),
                                pair(t, window.paddingAfter()),
                                forward.address(),
                                attr));
    }

    /** Gradient of a convolution's weights and bias. */
    public static PrimitiveDesc convolutionBackwardWeights(
            Onednn onednn, ConvolutionDescs descs, SlidingWindow window, PrimitiveDesc forward) {
        return create(
                onednn,
                Attributes.none(),
                (engine, attr, t) -> onednn.library()
                        .create(
                                Function.CONVOLUTION_BACKWARD_WEIGHTS,
                                engine,
                                Algorithm.CONVOLUTION_DIRECT.code,
                                descs.src().address(),
                                descs.weights().address(),
                                orNull(descs.bias()),
                                descs.dst().address(),
                                pair(t, window.strides()),
                                zeros(t),
                                pair(t, window.paddingBefore()),
                                pair(t, window.paddingAfter()),
                                forward.address(),
                                attr));
    }

    /**
     * The tensors of a convolution or an inner product, each of at most 2^31 - 1 elements: oneDNN 3.11 chooses implementations with
     * 32-bit products of dimensions, and divides by zero where one wraps, which would end the process.
     *
     * @param src source, or its gradient
     * @param weights weights, or their gradient
     * @param bias bias, its gradient, or none
     * @param dst destination, or its gradient
     */
    public record ConvolutionDescs(
            MemoryDesc src, MemoryDesc weights, @Nullable MemoryDesc bias, MemoryDesc dst) {
        /** Checks the counts before any native code sees them. */
        public ConvolutionDescs {
            for (MemoryDesc d : List.of(src, weights, dst)) {
                long n = LongStream.of(d.dims()).reduce(1, Math::multiplyExact);
                if (n > Integer.MAX_VALUE) {
                    throw new IllegalArgumentException("a convolution or inner product takes tensors of at most "
                            + Integer.MAX_VALUE + " elements, found " + d.describeDims());
                }
            }
        }
    }

    /** Fully connected layer. */
    public static PrimitiveDesc innerProduct(
            Onednn onednn, Direction direction, ConvolutionDescs descs, Attributes attributes) {
        return create(
                onednn,
                attributes,
                (engine, attr, t) -> onednn.library()
                        .create(
                                Function.INNER_PRODUCT_FORWARD,
                                engine,
                                direction.code,
                                descs.src().address(),
                                descs.weights().address(),
                                orNull(descs.bias()),
                                descs.dst().address(),
                                attr));
    }

    /** Gradient of a fully connected layer's source. */
    public static PrimitiveDesc innerProductBackwardData(Onednn onednn, ConvolutionDescs descs, PrimitiveDesc forward) {
        return create(
                onednn,
                Attributes.none(),
                (engine, attr, t) -> onednn.library()
                        .create(
                                Function.INNER_PRODUCT_BACKWARD_DATA,
                                engine,
                                descs.src().address(),
                                descs.weights().address(),
                                descs.dst().address(),
                                forward.address(),
                                attr));
    }

    /** Gradient of a fully connected layer's weights and bias. */
    public static PrimitiveDesc innerProductBackwardWeights(
            Onednn onednn, ConvolutionDescs descs, PrimitiveDesc forward) {
        return create(
                onednn,
                Attributes.none(),
                (engine, attr, t) -> onednn.library()
                        .create(
                                Function.INNER_PRODUCT_BACKWARD_WEIGHTS,
                                engine,
                                descs.src().address(),
                                descs.weights().address(),
                                orNull(descs.bias()),
                                descs.dst().address(),
                                forward.address(),
                                attr));
    }

    /** Batch normalisation with the given flags; source and destination lie alike. */
    public static PrimitiveDesc batchNormalization(
            Onednn onednn, Direction direction, MemoryDesc src, double epsilon, int flags) {
        return create(
                onednn,
                Attributes.none(),
                (engine, attr, t) -> onednn.library()
                        .create(
                                Function.BATCH_NORMALIZATION_FORWARD,
                                engine,
                                direction.code,
                                src.address(),
                                src.address(),
                                (float) epsilon,
                                flags,
                                attr));
    }

    /** Gradients of batch normalisation; all tensors lie like the source. */
    public static PrimitiveDesc batchNormalizationBackward(
            Onednn onednn, MemoryDesc src, double epsilon, int flags, PrimitiveDesc forward) {
        return create(
                onednn,
                Attributes.none(),
                (engine, attr, t) -> onednn.library()
                        .create(
                                Function.BATCH_NORMALIZATION_BACKWARD,
                                engine,
                                BACKWARD,
                                src.address(),
                                src.address(),
                                src.address(),
                                (float) epsilon,
                                flags,
                                forward.address(),
                                attr));
    }

    /** Pooling. */
    public static PrimitiveDesc pooling(
            Onednn onednn, Direction direction, Algorithm algorithm, List<MemoryDesc> srcAndDst, SlidingWindow window) {
        return create(
                onednn,
                Attributes.none(),
                (engine, attr, t) -> onednn.library()
                        .create(
                                Function.POOLING_FORWARD,
                                engine,
                                direction.code,
                                algorithm.code,
                                srcAndDst.get(0).address(),
                                srcAndDst.get(1).address(),
                                pair(t, window.strides()),
                                pair(t, window.kernel()),
                                zeros(t),
                                pair(t, window.paddingBefore()),
                                pair(t, window.paddingAfter()),
                                attr));
    }

    /** Gradient of pooling. */
    public static PrimitiveDesc poolingBackward(
            Onednn onednn,
            Algorithm algorithm,
            List<MemoryDesc> diffSrcAndDst,
            SlidingWindow window,
            PrimitiveDesc forward) {
        return create(
                onednn,
                Attributes.none(),
                (engine, attr, t) -> onednn.library()
                        .create(
                                Function.POOLING_BACKWARD,
                                engine,
                                algorithm.code,
                                diffSrcAndDst.get(0).address(),
                                diffSrcAndDst.get(1).address(),
                                pair(t, window.strides()),
                                pair(t, window.kernel()),
                                zeros(t),
                                pair(t, window.paddingBefore()),
                                pair(t, window.paddingAfter()),
                                forward.address(),
                                attr));
    }

    /** One function of each element. */
    public static PrimitiveDesc eltwise(
            Onednn onednn, Direction direction, Algorithm algorithm, MemoryDesc src, float... alphaAndBeta) {
        return create(
                onednn,
                Attributes.none(),
                (engine, attr, t) -> onednn.library()
                        .create(
                                Function.ELTWISE_FORWARD,
                                engine,
                                direction.code,
                                algorithm.code,
                                src.address(),
                                src.address(),
                                alphaAndBeta[0],
                                alphaAndBeta[1],
                                attr));
    }

    /** Gradient of one function of each element. */
    public static PrimitiveDesc eltwiseBackward(
            Onednn onednn, Algorithm algorithm, MemoryDesc data, PrimitiveDesc forward, float... alphaAndBeta) {
        return create(
                onednn,
                Attributes.none(),
                (engine, attr, t) -> onednn.library()
                        .create(
                                Function.ELTWISE_BACKWARD,
                                engine,
                                algorithm.code,
                                data.address(),
                                data.address(),
                                data.address(),
                                alphaAndBeta[0],
                                alphaAndBeta[1],
                                forward.address(),
                                attr));
    }

    /** One function of two tensors, element by element; all lie alike. */
    public static PrimitiveDesc binary(Onednn onednn, Algorithm algorithm, MemoryDesc layout, Attributes attributes) {
        return binary(onednn, algorithm, layout, layout, attributes);
    }

    /** The same with a second operand that is repeated along its dimensions of size 1; dst is laid out as the first. */
    public static PrimitiveDesc binary(
            Onednn onednn, Algorithm algorithm, MemoryDesc layout, MemoryDesc second, Attributes attributes) {
        return create(
                onednn,
                attributes,
                (engine, attr, t) -> onednn.library()
                        .create(
                                Function.BINARY,
                                engine,
                                algorithm.code,
                                layout.address(),
                                second.address(),
                                layout.address(),
                                attr));
    }

    /** Products of matrices, one for each entry of the first dimension: src [B, M, K], weights [B, K, N], dst [B, M, N]. */
    public static PrimitiveDesc matmul(Onednn onednn, MemoryDesc src, MemoryDesc weights, MemoryDesc dst) {
        return create(
                onednn,
                Attributes.none(),
                (engine, attr, t) -> onednn.library()
                        .create(
                                Function.MATMUL,
                                engine,
                                src.address(),
                                weights.address(),
                                MemorySegment.NULL,
                                dst.address(),
                                attr));
    }

    /** Softmax over dimension {@code axis}. */
    public static PrimitiveDesc softmax(Onednn onednn, Direction direction, MemoryDesc src, int axis) {
        return create(
                onednn,
                Attributes.none(),
                (engine, attr, t) -> onednn.library()
                        .create(
                                Function.SOFTMAX_FORWARD,
                                engine,
                                direction.code,
                                Algorithm.SOFTMAX_ACCURATE.code,
                                src.address(),
                                src.address(),
                                axis,
                                attr));
    }

    /** Gradient of softmax. */
    public static PrimitiveDesc softmaxBackward(Onednn onednn, MemoryDesc dst, int axis, PrimitiveDesc forward) {
        return create(
                onednn,
                Attributes.none(),
                (engine, attr, t) -> onednn.library()
                        .create(
                                Function.SOFTMAX_BACKWARD,
                                engine,
                                Algorithm.SOFTMAX_ACCURATE.code,
                                dst.address(),
                                dst.address(),
                                dst.address(),
                                axis,
                                forward.address(),
                                attr));
    }

    /** A change of layout or type. */
    public static PrimitiveDesc reorder(Onednn onednn, MemoryDesc src, MemoryDesc dst) {
        return reorder(onednn, src, dst, Attributes.none());
    }

    /** A change of layout or type that takes scales. */
    public static PrimitiveDesc reorder(Onednn onednn, MemoryDesc src, MemoryDesc dst, Attributes attributes) {
        return create(
                onednn,
                attributes,
                (engine, attr, t) ->
                        onednn.library().create(Function.REORDER, src.address(), engine, dst.address(), engine, attr));
    }

    private interface Creation {
        MemorySegment create(MemorySegment engine, MemorySegment attr, Arena temporary);
    }

    private static PrimitiveDesc create(Onednn onednn, Attributes attributes, Creation creation) {
        Library library = onednn.library();
        try (Arena temporary = Arena.ofConfined();
                Handle attr = attributes.create(library)) {
            return new PrimitiveDesc(library, creation.create(onednn.engine(), attr.address(), temporary));
        }
    }

    private static MemorySegment orNull(@Nullable MemoryDesc desc) {
        return desc == null ? MemorySegment.NULL : desc.address();
    }

    private static MemorySegment pair(Arena arena, List<Long> values) {
        return arena.allocateFrom(ValueLayout.JAVA_LONG, values.get(0), values.get(1));
    }

    private static MemorySegment zeros(Arena arena) {
        return arena.allocateFrom(ValueLayout.JAVA_LONG, 0, 0);
    }

    MemorySegment address() {
        return handle.address();
    }

    Library library() {
        return library;
    }

    /** A copy of the description that this primitive wants or gives; the caller closes it. */
    public MemoryDesc memoryDesc(Query query) {
        return find(query)
                .orElseThrow(() -> new IllegalArgumentException(implementation() + " has no " + query + " of its own"));
    }

    private Optional<MemoryDesc> find(Query query) {
        MemorySegment owned = (MemorySegment) library.call(Function.PRIMITIVE_DESC_QUERY_MD, address(), query.code, 0);
        return owned.equals(MemorySegment.NULL) ? Optional.empty() : Optional.of(MemoryDesc.cloneOf(library, owned));
    }

    private long size(Query query) {
        MemorySegment owned =
                (MemorySegment) library.call(Function.PRIMITIVE_DESC_QUERY_MD, handle.address(), query.code, 0);
        return owned.equals(MemorySegment.NULL) ? 0 : (long) library.call(Function.MEMORY_DESC_GET_SIZE, owned);
    }

    /** Bytes of temporary memory that a run needs; 0 for none. */
    public long scratchpadBytes() {
        return size(Query.SCRATCHPAD);
    }

    /**
     * Goes on to the next implementation that can do the same, in oneDNN's order of preference; layouts that were left open may
     * change.
     *
     * @return false if there is none, and this one stays
     */
    public boolean next() {
        return (int) library.call(Function.PRIMITIVE_DESC_NEXT_IMPL, address()) == 0;
    }

    /** oneDNN's name of the chosen implementation: {@code brgconv:avx512_core}. */
    public String implementation() {
        try (Arena temporary = Arena.ofConfined()) {
            MemorySegment out = temporary.allocate(ValueLayout.ADDRESS);
            library.check(Function.PRIMITIVE_DESC_QUERY, address(), IMPL_INFO_STR, 0, out);
            return Library.string(out.get(ValueLayout.ADDRESS, 0));
        }
    }

    @Override
    public void close() {
        handle.close();
    }
}
