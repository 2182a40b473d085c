package org.resnet4j.infer;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.resnet4j.augment.Normalization;
import org.resnet4j.graph.Phase;
import org.resnet4j.image.Image;
import org.resnet4j.random.Rng;
import org.resnet4j.resnet.ResNetSpec;
import org.resnet4j.safetensors.Safetensors;
import org.resnet4j.trainer.Initializer;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.zoo.Networks;

/** A residual network of four classes and random weights, and pictures of noise. Stateless. */
final class TinyModel {
    static final ResNetSpec SPEC = new ResNetSpec(
            "tiny",
            ResNetSpec.Stem.CIFAR,
            ResNetSpec.Block.BASIC,
            List.of(1, 1),
            List.of(8, 16),
            ResNetSpec.Shortcut.B,
            ResNetSpec.Stride.V1_5,
            ResNetSpec.ZeroPad.APPEND,
            4,
            16,
            false);

    private TinyModel() {}

    /** Writes its weights, and says what they are. */
    static ModelFolder in(Path folder) throws IOException {
        Path weights = folder.resolve("weights.safetensors");
        try (Arena arena = Arena.ofConfined()) {
            List<NamedTensor> tensors = new ArrayList<>();
            Networks.graph(SPEC, Phase.INFERENCE)
                    .parameters()
                    .forEach(p ->
                            tensors.add(NamedTensor.of(p.name(), p.value().type(), Initializer.draw(p, 1), arena)));
            Safetensors.write(weights, tensors, Map.of());
        }
        return new ModelFolder(SPEC, List.of("a", "b", "c", "d"), Normalization.CIFAR10, weights);
    }

    static Image noise(int width, int height, long seed) {
        Rng rng = Rng.of(seed);
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) rng.nextInt(256);
        }
        return new Image(width, height, rgb);
    }
}
