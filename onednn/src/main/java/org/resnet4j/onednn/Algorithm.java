package org.resnet4j.onednn;

/** What a primitive computes; {@code dnnl_alg_kind_t}. */
public enum Algorithm {
    /** Convolution as defined. */
    CONVOLUTION_DIRECT(0x1),
    /** max(x, alpha * x). */
    ELTWISE_RELU(0x20),
    /** alpha * x + beta. */
    ELTWISE_LINEAR(38),
    /** 1 / (1 + exp(-x)). */
    ELTWISE_LOGISTIC(41),
    /** ReLU whose backward looks at the destination. */
    ELTWISE_RELU_USE_DST_FOR_BWD(0x100),
    /** Largest of a window. */
    POOLING_MAX(0x1ff),
    /** Mean of a window, padding counted. */
    POOLING_AVG_INCLUDE_PADDING(0x2ff),
    /** Mean of a window, padding not counted. */
    POOLING_AVG_EXCLUDE_PADDING(0x3ff),
    /** a + b. */
    BINARY_ADD(0x1fff0),
    /** a * b. */
    BINARY_MUL(0x1fff1),
    /** a - b. */
    BINARY_SUB(0x1fff5),
    /** Softmax. */
    SOFTMAX_ACCURATE(0x30000);

    final int code;

    Algorithm(int code) {
        this.code = code;
    }
}
