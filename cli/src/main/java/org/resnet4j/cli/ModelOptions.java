package org.resnet4j.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.resnet4j.resnet.Models;
import org.resnet4j.resnet.ResNetSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which network, and its switches. */
final class ModelOptions {
    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "MODEL",
            description = "Network, such as cifar_resnet20 or resnet50.")
    @Nullable
    String positional;

    @Option(
            names = {"--model", "-a", "--arch"},
            paramLabel = "MODEL",
            description = "The same as an option.")
    @Nullable
    String named;

    @Option(names = "--shortcut", paramLabel = "A|B|C", description = "Option of section 3.3; default: the model's.")
    @Nullable
    String shortcut;

    @Option(
            names = "--stride",
            paramLabel = "v1|v1.5",
            description = "Stride of a bottleneck in its first 1x1 (paper) or its 3x3.")
    @Nullable
    String stride;

    @Option(names = "--pad", paramLabel = "append|split", description = "Where option A puts its zero channels.")
    @Nullable
    String pad;

    @Option(names = "--num-classes", paramLabel = "N", description = "Outputs of the last layer; default: the model's.")
    @Nullable
    Integer classes;

    /** The name that was given, or the default one. */
    String name(String otherwise) {
        if (positional != null && named != null && !positional.equals(named)) {
            throw new IllegalArgumentException("two models are named: " + positional + " and " + named);
        }
        return positional != null ? positional : named != null ? named : otherwise;
    }

    ResNetSpec spec() {
        String name = name("");
        if (name.isEmpty()) {
            throw new IllegalArgumentException("name a model; there are " + String.join(", ", Models.names()));
        }
        ResNetSpec spec = Models.byName(name);
        spec = shortcut == null
                ? spec
                : spec.withShortcut(ResNetSpec.Shortcut.valueOf(shortcut.toUpperCase(Locale.ROOT)));
        spec = stride == null
                ? spec
                : spec.withStride(stride.equals("v1") ? ResNetSpec.Stride.V1 : ResNetSpec.Stride.V1_5);
        spec = pad == null ? spec : spec.withPad(ResNetSpec.ZeroPad.valueOf(pad.toUpperCase(Locale.ROOT)));
        return classes == null ? spec : spec.withClasses(classes);
    }
}
