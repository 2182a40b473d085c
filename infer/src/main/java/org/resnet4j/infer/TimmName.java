package org.resnet4j.infer;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.resnet4j.resnet.ResNetSpec;
import org.resnet4j.resnet.ResNetSpec.Block;
import org.resnet4j.resnet.ResNetSpec.Shortcut;
import org.resnet4j.resnet.ResNetSpec.Stem;
import org.resnet4j.resnet.ResNetSpec.Stride;
import org.resnet4j.resnet.Variant;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.NetworkSpec;

/**
 * How timm calls a residual network, so that {@code timm.create_model(architecture, **arguments)} builds one with the same names and
 * shapes that computes the same. Tried with timm 1.0.31.
 *
 * @param architecture a name that timm knows
 * @param arguments what differs from what that name stands for; JSON values
 */
record TimmName(String architecture, Map<String, @Nullable Object> arguments) {
    /** PyTorch's epsilon; timm takes another as a function only, which no file can say. */
    static final double EPSILON = 1e-5;

    /** Channels of a stem of one convolution, which timm has fixed. */
    private static final int STEM = 64;

    /** timm's squeeze-and-excitation. */
    private static final int SQUEEZE = 16;

    /** Empty for a network that timm has not: of CIFAR, plain, options A and C, stride v1, another epsilon, VGG's names, highway. */
    static Optional<TimmName> of(NetworkSpec network) {
        if (!(network instanceof ResNetSpec spec)) {
            return Optional.empty();
        }
        Optional<String> named = named(spec);
        if (named.isPresent()) {
            return named.map(n -> new TimmName(n, Map.of()));
        }
        Variant v = spec.variant();
        boolean stem = spec.stem() == Stem.IMAGENET ? spec.stemWidth() == STEM : spec.stemWidth() % 2 == 0;
        boolean known = spec.stem() != Stem.CIFAR
                && stem
                && spec.shortcut() == Shortcut.B
                && (spec.block() == Block.BASIC || spec.stride() == Stride.V1_5)
                && v.order() == Variant.Order.POST
                && (v.squeeze() == 0 || v.squeeze() == SQUEEZE)
                && v.epsilon() == EPSILON
                && !v.bias();
        if (!known) {
            return Optional.empty();
        }
        Map<String, @Nullable Object> arguments = new LinkedHashMap<>();
        arguments.put("layers", spec.depths());
        arguments.put("channels", spec.widths());
        if (v.groups() != 1 || v.groupWidth() != 64) {
            arguments.put("cardinality", (long) v.groups());
            arguments.put("base_width", (long) v.groupWidth());
        }
        if (v.averageDown()) {
            arguments.put("avg_down", true);
        }
        if (spec.stem() == Stem.DEEP) {
            arguments.put("stem_type", "deep");
            arguments.put("stem_width", spec.stemWidth() / 2L);
        }
        String architecture = (v.squeeze() > 0 ? "seresnet" : "resnet") + (spec.block() == Block.BASIC ? "18" : "50");
        return Optional.of(new TimmName(architecture, arguments));
    }

    /** The name of ours, which is timm's too, of the network that differs in nothing but what no weights depend on. */
    private static Optional<String> named(ResNetSpec spec) {
        ResNetSpec plain = bare(spec);
        return Models.names().stream()
                .filter(n -> !n.startsWith("cifar_") && !n.startsWith("plain"))
                .filter(n -> Models.byName(n) instanceof ResNetSpec known
                        && bare(known).equals(plain))
                .findFirst();
    }

    private static ResNetSpec bare(ResNetSpec spec) {
        return spec.withName("")
                .withClasses(1)
                .withInputSize(224)
                .withZeroInitLastGamma(false)
                .withStride(spec.block() == Block.BASIC ? Stride.V1_5 : spec.stride())
                .withVariant(v -> v.withStochasticDepth(0)
                        .withStemWidth(v.stemWidth() == spec.widths().getFirst() ? 0 : v.stemWidth()));
    }
}
