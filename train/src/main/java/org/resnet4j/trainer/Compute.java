package org.resnet4j.trainer;

import java.util.Objects;
import org.resnet4j.pass.Precision;

/**
 * In what numbers a step is computed, and what of it is kept for its gradients.
 *
 * @param precision FP32, or BF16 with F32 weights, statistics and gradients of weights
 * @param recompute true to make pictures again where their gradients need them: the same bits in less memory and more time
 */
public record Compute(Precision precision, boolean recompute) {
    /** FP32, everything kept. */
    public static final Compute PLAIN = new Compute(Precision.FP32, false);

    /** Checks that training can be done so. */
    public Compute {
        Objects.requireNonNull(precision);
        if (precision == Precision.INT8) {
            throw new IllegalArgumentException(
                    "training is done in fp32 or bf16, found int8; quantize what was trained");
        }
    }
}
