package org.resnet4j.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.infer.Pretrained;
import org.resnet4j.resnet.ResNetSpec.Stride;
import org.resnet4j.resnet.ResNetSpec.ZeroPad;
import org.resnet4j.zoo.NetworkSpec;
import picocli.CommandLine.Option;

/** What names and shapes of weights leave open about their network. */
final class StructureOptions {
    @Option(names = "--stride", paramLabel = "v1|v1.5", description = "Where names and shapes do not tell.")
    private @Nullable String stride;

    @Option(names = "--pad", paramLabel = "append|split", description = "Where names and shapes do not tell.")
    private @Nullable String pad;

    @Option(names = "--plain", description = "The file's network has no shortcuts.")
    private boolean plain;

    /** True if any was given. */
    boolean given() {
        return stride != null || pad != null || plain;
    }

    /** What was given, with the network that was named, or null. */
    Pretrained.Choice choice(@Nullable NetworkSpec network) {
        return new Pretrained.Choice(
                network,
                stride == null ? null : ModelOptions.constant("--stride", stride, List.of(Stride.values())),
                pad == null ? null : ModelOptions.constant("--pad", pad, List.of(ZeroPad.values())),
                plain);
    }
}
