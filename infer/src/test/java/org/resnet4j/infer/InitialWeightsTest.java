package org.resnet4j.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.engine.Layout;
import org.resnet4j.engine.Parameters;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Phase;
import org.resnet4j.safetensors.Safetensors;
import org.resnet4j.trainer.Network;
import org.resnet4j.trainer.Start;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.WeightsException;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.NetworkSpec;
import org.resnet4j.zoo.Networks;

class InitialWeightsTest {
    private static final NetworkSpec SPEC = Models.byName("cifar_resnet8");

    @TempDir
    Path folder;

    private static Parameters allocate(Graph g) {
        List<Parameters.Request> requests = g.parameters().stream()
                .map(p -> new Parameters.Request(
                        p.name(), p.value().type(), true, p.value().type().bytes(), Layout.PLAIN))
                .toList();
        return Parameters.allocate(requests, false);
    }

    /** Weights of ten classes with the seed 1. */
    private Path file() throws IOException {
        Graph g = Networks.graph(SPEC, Phase.TRAINING);
        Path file = folder.resolve("ten.safetensors");
        try (Parameters p = allocate(g);
                Arena arena = Arena.ofConfined()) {
            Start.RANDOM.fill(g, p, 1);
            List<NamedTensor> all = p.slots().stream()
                    .map(s -> new NamedTensor(s.name(), s.type(), p.plain(s.name(), arena)))
                    .toList();
            Map<String, String> about = Network.of(SPEC).metadata();
            Safetensors.write(file, all, about);
        }
        return file;
    }

    @Test
    void aLastLayerForOtherClassesStartsAnewAndAllElseIsTheFiles() throws IOException {
        for (int classes : new int[] {10, 4, -10}) {
            boolean others = classes < 0; // as many, but not the same
            NetworkSpec spec = SPEC.withClasses(Math.abs(classes));
            Graph g = Networks.graph(spec, Phase.TRAINING);
            try (Parameters found = allocate(g);
                    Parameters theirs = allocate(Networks.graph(SPEC, Phase.TRAINING));
                    Parameters fresh = allocate(g)) {
                Start.RANDOM.fill(Networks.graph(SPEC, Phase.TRAINING), theirs, 1);
                Start.RANDOM.fill(g, fresh, 2);
                new InitialWeights(file(), spec, others).fill(g, found, 2);
                for (Parameters.Slot slot : found.slots()) {
                    boolean anew = classes != 10 && slot.name().startsWith("fc.");
                    assertThat(found.doubles(slot.name()))
                            .as("%s of %d classes", slot.name(), classes)
                            .isEqualTo((anew ? fresh : theirs).doubles(slot.name()));
                }
            }
        }
    }

    @Test
    void weightsOfAnotherNetworkAreRefusedByName() throws IOException {
        NetworkSpec deeper = Models.byName("cifar_resnet14");
        Graph g = Networks.graph(deeper, Phase.TRAINING);
        Path file = file();
        try (Parameters p = allocate(g)) {
            assertThatThrownBy(() -> new InitialWeights(file, deeper).fill(g, p, 1))
                    .isInstanceOf(WeightsException.class)
                    .hasMessageContaining("layer1.1.conv1.weight: cifar_resnet14 needs");
        }
    }
}
