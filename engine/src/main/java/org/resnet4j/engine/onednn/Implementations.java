package org.resnet4j.engine.onednn;

import java.util.Optional;
import org.resnet4j.graph.Op;
import org.resnet4j.onednn.DataType;

/**
 * Where oneDNN's own choice of an implementation is not the fastest: a fixed table over shapes, so that two fresh runs give the
 * same bits. Measured on AVX-512 processors with two threads, pictures channels-last; what a processor lacks is passed over.
 */
final class Implementations {
    /** The direct kernel for AVX-512, older than the batched-reduce ones that oneDNN tries first. */
    private static final String DIRECT = "jit:avx512_core";

    private static final long NARROW = 64;

    /** Channels of a picture. */
    private static final long PICTURE = 4;

    private Implementations() {}

    /**
     * A convolution forward without gradients to follow. Where one input channel's products are few, kernels that keep the sums
     * in registers beat those that multiply blocks of matrices: 1x1 by 1 to 3 %, more where it strides, and the first layer by 5 %.
     *
     * @param weights [O, I, KH, KW]
     */
    static Optional<String> forward(Op.Conv2d conv, DataType src, long[] weights) {
        boolean pointwise = weights[2] == 1 && weights[3] == 1;
        if (conv.groups() != 1 || !(pointwise || weights[1] <= PICTURE)) {
            return Optional.empty();
        }
        return switch (src) {
            case BF16 -> Optional.of(pointwise ? "jit_bf16_1x1:avx512_core_bf16" : "jit_bf16:avx512_core_bf16");
            case U8, S8 -> Optional.of(pointwise ? "jit_int8_1x1:avx512_core_vnni" : "jit_int8:avx512_core_vnni");
            default -> Optional.empty();
        };
    }

    /**
     * The gradient of a convolution's source. With few channels the batched-reduce kernels have little to reduce: the direct one
     * takes 0.6 of their time where the stride is 2, and 0.85 of it at 16 channels.
     *
     * @param weights [O, I, KH, KW]
     */
    static Optional<String> backwardData(Op.Conv2d conv, long[] weights) {
        boolean narrow = conv.groups() == 1 && weights[0] <= NARROW && weights[1] <= NARROW;
        boolean strided = conv.window().sh() > 1;
        return narrow && (strided || weights[1] <= 16) ? Optional.of(DIRECT) : Optional.empty();
    }
}
