package org.resnet4j.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.resnet.ResNetSpec;
import org.resnet4j.resnet.ResNetSpec.Shortcut;
import org.resnet4j.resnet.ResNetSpec.Stride;
import org.resnet4j.resnet.ResNetSpec.ZeroPad;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.NetworkSpec;
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

    @Option(
            names = "--drop-path",
            paramLabel = "P",
            description = "Stochastic depth: how probably the last block is skipped in training; earlier ones less.")
    @Nullable
    Double dropPath;

    @Option(
            names = "--zero-init-last-gamma",
            description = "Start the last batch norm of each block at zero, so that it begins as an identity.")
    boolean zeroGamma;

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

    /** The named network with its switches; the default one where none is named. */
    NetworkSpec spec(String otherwise) {
        NetworkSpec spec = Models.byName(name(otherwise));
        spec = residualSwitches() ? switched(Models.residual(spec.name())) : spec;
        return classes == null ? spec : spec.withClasses(classes);
    }

    /** The named network with its switches. */
    NetworkSpec spec() {
        if (name("").isEmpty()) {
            throw new IllegalArgumentException("name a model; there are " + String.join(", ", Models.names()));
        }
        return spec("");
    }

    /** True if any option here was given. */
    boolean given() {
        return !name("").isEmpty() || residualSwitches() || classes != null;
    }

    private boolean residualSwitches() {
        return shortcut != null || stride != null || pad != null || dropPath != null || zeroGamma;
    }

    private ResNetSpec switched(ResNetSpec named) {
        ResNetSpec spec = named;
        if (shortcut != null) {
            spec = spec.withShortcut(constant("--shortcut", shortcut, List.of(Shortcut.A, Shortcut.B, Shortcut.C)));
        }
        spec = stride == null ? spec : spec.withStride(constant("--stride", stride, List.of(Stride.values())));
        spec = pad == null ? spec : spec.withPad(constant("--pad", pad, List.of(ZeroPad.values())));
        Double rate = dropPath;
        spec = rate == null ? spec : spec.withVariant(v -> v.withStochasticDepth(rate));
        return zeroGamma ? spec.withZeroInitLastGamma(true) : spec;
    }

    static <E extends Enum<E>> E constant(String option, String found, List<E> constants) {
        for (E c : constants) {
            if (c.toString().equalsIgnoreCase(found)) {
                return c;
            }
        }
        throw new IllegalArgumentException(option + " must be one of " + constants + ", found " + found);
    }
}
