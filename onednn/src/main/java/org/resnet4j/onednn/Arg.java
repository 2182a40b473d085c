package org.resnet4j.onednn;

/**
 * Roles of a primitive's memory arguments; {@code DNNL_ARG_*}.
 *
 * @param code oneDNN's number
 * @param name as printed
 */
public record Arg(int code, String name) {
    /** Source. */
    public static final Arg SRC = new Arg(1, "src");
    /** First source of a binary primitive. */
    public static final Arg SRC_0 = SRC;
    /** Second source of a binary primitive. */
    public static final Arg SRC_1 = new Arg(2, "src1");
    /** Destination. */
    public static final Arg DST = new Arg(17, "dst");
    /** Weights. */
    public static final Arg WEIGHTS = new Arg(33, "weights");
    /** Bias. */
    public static final Arg BIAS = new Arg(41, "bias");
    /** Mean of batch normalisation. */
    public static final Arg MEAN = new Arg(49, "mean");
    /** Variance of batch normalisation. */
    public static final Arg VARIANCE = new Arg(50, "variance");
    /** Gamma of batch normalisation. */
    public static final Arg SCALE = new Arg(51, "scale");
    /** Beta of batch normalisation. */
    public static final Arg SHIFT = new Arg(52, "shift");
    /** What forward remembers for backward. */
    public static final Arg WORKSPACE = new Arg(64, "workspace");
    /** Memory that is only used during the call. */
    public static final Arg SCRATCHPAD = new Arg(80, "scratchpad");
    /** Gradient of the source. */
    public static final Arg DIFF_SRC = new Arg(129, "diffSrc");
    /** Gradient of the destination. */
    public static final Arg DIFF_DST = new Arg(145, "diffDst");
    /** Gradient of the weights. */
    public static final Arg DIFF_WEIGHTS = new Arg(161, "diffWeights");
    /** Gradient of the bias. */
    public static final Arg DIFF_BIAS = new Arg(169, "diffBias");
    /** Gradient of gamma. */
    public static final Arg DIFF_SCALE = new Arg(255, "diffScale");
    /** Gradient of beta. */
    public static final Arg DIFF_SHIFT = new Arg(256, "diffShift");

    /** The scales of {@code arg}. */
    public static Arg scales(Arg arg) {
        return new Arg(4096 | arg.code, arg.name + "Scales");
    }

    /** The second operand of the binary post-op at {@code index}. */
    public static Arg postOp(int index) {
        return new Arg(32768 * (index + 1) | SRC_1.code, "postOp" + index);
    }
}
