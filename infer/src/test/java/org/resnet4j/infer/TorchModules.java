package org.resnet4j.infer;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.resnet4j.graph.Phase;
import org.resnet4j.resnet.ResNetSpec;
import org.resnet4j.safetensors.Safetensors;
import org.resnet4j.testkit.GoldenNumbers;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.StateDict;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.Networks;

/** The network of {@code tools/make_features.py}, and what torchvision's modules give for it. */
public final class TorchModules {
    private static final ResNetSpec FIFTY = Models.residual("resnet50");

    /** One bottleneck a stage. */
    public static final ResNetSpec SPEC = new ResNetSpec(
            "bottlenecks",
            FIFTY.stem(),
            FIFTY.block(),
            List.of(1, 1, 1, 1),
            FIFTY.widths(),
            FIFTY.shortcut(),
            FIFTY.stride(),
            FIFTY.pad(),
            5,
            64,
            false);

    private TorchModules() {}

    /** Writes the weights and opens them. */
    public static Pretrained open(Path folder) throws IOException {
        Path file = folder.resolve("bottlenecks.safetensors");
        try (Arena arena = Arena.ofConfined()) {
            List<NamedTensor> tensors = new ArrayList<>();
            Networks.graph(SPEC, Phase.INFERENCE).parameters().forEach(p -> {
                long[] dims = p.value().type().shape().dims();
                float[] values = GoldenNumbers.value(p.name(), dims, rule(p.name(), dims));
                tensors.add(NamedTensor.of(p.name(), p.value().type(), values, arena));
            });
            Safetensors.write(file, tensors, Map.of());
        }
        return Pretrained.open(file, Pretrained.Choice.of(SPEC));
    }

    private static String rule(String name, long[] dims) {
        if (dims.length == 4) {
            return "he_uniform";
        }
        if (name.equals("fc.weight")) {
            return "fc_uniform";
        }
        return name.endsWith("running_var") ? "variance" : name.endsWith("weight") ? "one" : "small";
    }

    /** Pictures by name, f32. */
    public static float[] pictures(String name, int n) {
        float[] out = GoldenNumbers.u(name, n);
        for (int i = 0; i < n; i++) {
            out[i] = 1.7f * out[i];
        }
        return out;
    }

    /** What the script wrote. */
    public static StateDict truth(Path folder) throws IOException {
        Path file = folder.resolve("truth.safetensors");
        try (InputStream in = TorchModules.class.getResourceAsStream("/golden/features.safetensors")) {
            Files.copy(Objects.requireNonNull(in), file);
        }
        return Safetensors.read(file);
    }
}
