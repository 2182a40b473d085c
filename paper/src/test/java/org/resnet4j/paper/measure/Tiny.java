package org.resnet4j.paper.measure;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.dataset.Part;
import org.resnet4j.dataset.Shapes;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.onednn.OnednnBackend;
import org.resnet4j.graph.Phase;
import org.resnet4j.infer.Pretrained;
import org.resnet4j.resnet.ResNetSpec;
import org.resnet4j.resnet.ResNetSpec.Shortcut;
import org.resnet4j.safetensors.Safetensors;
import org.resnet4j.testkit.GoldenNumbers;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.NetworkSpec;
import org.resnet4j.zoo.Networks;

/** Networks small enough for the oracle, with weights by name, and generated pictures. */
final class Tiny {
    private Tiny() {}

    static Backend onednn() {
        return OnednnBackend.open(Path.of("target", "natives"), 2);
    }

    /** Two stages of two basic blocks on pictures of 8x8. */
    static ResNetSpec network(Shortcut shortcut) {
        return network(shortcut, 2);
    }

    /** Two stages of so many basic blocks. */
    static ResNetSpec network(Shortcut shortcut, int blocks) {
        ResNetSpec twenty = Models.residual("cifar_resnet20");
        return new ResNetSpec(
                (shortcut == Shortcut.NONE ? "tiny_plain" : "tiny_" + shortcut) + blocks,
                twenty.stem(),
                twenty.block(),
                List.of(blocks, blocks),
                List.of(4, 8),
                shortcut,
                twenty.stride(),
                twenty.pad(),
                10,
                8,
                false);
    }

    static Dataset pictures(int n) {
        return Shapes.of(Part.TEST).first(n);
    }

    /** The network with numbers by name; running statistics are those of nothing that it was trained on. */
    static Pretrained open(NetworkSpec spec, Path folder) throws IOException {
        Path file = folder.resolve(spec.name() + ".safetensors");
        try (Arena arena = Arena.ofConfined()) {
            List<NamedTensor> tensors = new ArrayList<>();
            Networks.graph(spec, Phase.INFERENCE).parameters().forEach(p -> {
                long[] dims = p.value().type().shape().dims();
                tensors.add(NamedTensor.of(
                        p.name(), p.value().type(), GoldenNumbers.value(p.name(), dims, rule(p.name(), dims)), arena));
            });
            Safetensors.write(file, tensors, Map.of());
        }
        return Pretrained.open(file, Pretrained.Choice.of(spec));
    }

    private static String rule(String name, long[] dims) {
        if (dims.length > 1) {
            return dims.length == 4 ? "he_uniform" : "fc_uniform";
        }
        return name.endsWith("running_var") ? "variance" : name.endsWith("weight") ? "one" : "small";
    }
}
