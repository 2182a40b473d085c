package org.resnet4j.cli;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.resnet4j.infer.Pretrained;
import org.resnet4j.pass.Precision;
import picocli.CommandLine.Option;

/** What a trained network is computed in. */
final class PrecisionOption {
    @Option(
            names = "--precision",
            paramLabel = "fp32|bf16|int8",
            description = "Of the network; default: int8 where the model was quantized, else fp32.")
    private @Nullable String precision;

    /** What was asked for. */
    Optional<Precision> asked() {
        return Optional.ofNullable(precision).map(Precision::of);
    }

    /** What was asked for, else what the model was made for. */
    Precision of(Pretrained model) {
        return asked().orElse(model.usualPrecision());
    }
}
