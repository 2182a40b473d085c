package org.resnet4j.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.onednn.OnednnBackend;
import org.resnet4j.engine.reference.ReferenceBackend;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Parameter;
import org.resnet4j.graph.Phase;
import org.resnet4j.lrschedule.Schedule;
import org.resnet4j.optim.AdamWOptions;
import org.resnet4j.optim.Clipping;
import org.resnet4j.optim.LayerRates;
import org.resnet4j.optim.SgdOptions;
import org.resnet4j.optim.WeightDecay;
import org.resnet4j.safetensors.Safetensors;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.StateDict;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.NetworkSpec;
import org.resnet4j.zoo.Networks;

/** Layers that stay as they are, rates that differ from layer to layer, and that a run with both goes on with its bits. */
class FreezingTest {
    private static final NetworkSpec SPEC =
            Models.byName("cifar_resnet8").withClasses(4).withInputSize(8);

    @TempDir
    Path folder;

    private static TrainJob job(Backend backend, Phase phase, String upTo) {
        TrainJob plain = Tiny.job(backend, Tiny.data());
        return new TrainJob(
                Network.of(SPEC, phase).frozen(new Freezing(upTo)),
                plain.data(),
                backend,
                plain.provenance(),
                Start.RANDOM,
                Long.MAX_VALUE,
                Map.of("split.csv", "file,class,part\n"));
    }

    private static TrainOptions options(long steps) {
        return Tiny.options(steps)
                .withDescent(new Descent(
                        AdamWOptions.of(WeightDecay.exceptVectors(0.02)),
                        new Clipping.Norm(1),
                        new Schedule.Constant(0.01),
                        new LayerRates(0.8, 3)))
                .withAveraging(new Averaging(0.9, 1, 2));
    }

    private static Map<String, float[]> weights(Path file) throws IOException {
        Map<String, float[]> all = new LinkedHashMap<>();
        try (StateDict s = Safetensors.read(file)) {
            for (NamedTensor t : s.tensors()) {
                if (!t.name().endsWith("num_batches_tracked")) {
                    all.put(t.name(), t.toFloats());
                }
            }
        }
        return all;
    }

    @ParameterizedTest
    @CsvSource({
        "none,TRAINING",
        "conv1,TRAINING",
        "layer2,TRAINING",
        "layer2.0,TRAINING_FROZEN_NORM",
        "backbone,TRAINING"
    })
    void whatIsFrozenKeepsItsBitsAndAllElseMoves(String upTo, Phase phase) throws IOException {
        Path run = folder.resolve("run");
        Tiny.train(run, options(9).withAveraging(Averaging.NONE), job(ReferenceBackend.create(), phase, upTo));
        Map<String, float[]> after = weights(run.resolve("last.safetensors"));
        List<String> front = List.of("conv1", "bn1", "layer1", "layer2", "layer3", "fc");
        int frozen = switch (upTo) {
            case "none" -> 0;
            case "conv1" -> 1;
            case "backbone" -> 5;
            default -> 4;
        };
        for (Parameter p : Networks.graph(SPEC, Phase.TRAINING).parameters()) {
            float[] start = Initializer.draw(p, 7);
            boolean still = front.indexOf(p.name().substring(0, p.name().indexOf('.'))) < frozen;
            boolean statistic = !p.trainable();
            boolean same = still || (statistic && phase == Phase.TRAINING_FROZEN_NORM);
            float[] found = after.get(p.name());
            if (same) {
                assertThat(found).as(p.name()).isEqualTo(start);
            } else {
                assertThat(found).as(p.name()).isNotEqualTo(start);
            }
        }
        assertThat(Files.readString(run.resolve("split.csv"))).isEqualTo("file,class,part\n");
    }

    /** Only the head's gradients are computed where only the head is trained. */
    @Test
    void nothingIsComputedBackwardsForWhatIsFrozen() {
        TrainJob job = job(ReferenceBackend.create(), Phase.TRAINING, "backbone");
        Graph step = TrainPlans.compile(options(1), job).training().graph();
        assertThat(step.gradients()).extracting(b -> b.parameter().name()).containsExactly("fc.weight", "fc.bias");
        assertThat(step.nodes())
                .extracting(n -> n.op())
                .filteredOn(o -> o instanceof Op.Backward)
                .hasSize(2)
                .noneMatch(o -> o instanceof Op.LinearBackwardData);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "layer1", "backbone"})
    void aRunThatWasStoppedGoesOnWithItsBits(String upTo) throws IOException {
        Backend backend = OnednnBackend.open(Path.of("target", "natives"), 2);
        String whole = Tiny.train(folder.resolve("whole"), options(20), job(backend, Phase.TRAINING, upTo));
        Path run = folder.resolve("parts");
        for (long stop : new long[] {3, 8, 13}) {
            Tiny.Watcher watcher = new Tiny.Watcher(stop);
            TrainJob job = job(backend, Phase.TRAINING, upTo);
            try (Trainer trainer = Files.exists(run)
                    ? Trainer.resume(run, RunRecord.read(run).options(), job, watcher)
                    : Trainer.start(run, options(20), job, watcher)) {
                watcher.trainer = trainer;
                assertThat(trainer.train()).isEqualTo(TrainOutcome.INTERRUPTED);
            }
        }
        try (Trainer trainer =
                Trainer.resume(run, RunRecord.read(run).options(), job(backend, Phase.TRAINING, upTo), _ -> {})) {
            assertThat(trainer.train()).isEqualTo(TrainOutcome.FINISHED);
        }
        assertThat(Tiny.last(run)).isEqualTo(whole);
    }

    @Test
    void anotherFreezingIsAnotherRun() throws IOException {
        Path run = folder.resolve("run");
        Backend backend = ReferenceBackend.create();
        Tiny.train(run, options(2), job(backend, Phase.TRAINING, "layer1"));
        assertThatThrownBy(() -> Trainer.resume(run, options(2), job(backend, Phase.TRAINING, "layer2"), _ -> {}))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("the structure of");
    }

    @Test
    void modulesThatAreNotThereAndNothingToTrainAreRefused() {
        TrainJob other = job(ReferenceBackend.create(), Phase.TRAINING, "layer9");
        assertThatThrownBy(() -> TrainPlans.compile(options(1), other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no layer is named layer9")
                .hasMessageContaining("[bn1, conv1, fc, layer1, layer2, layer3]");
        TrainJob all = job(ReferenceBackend.create(), Phase.TRAINING, "fc");
        assertThatThrownBy(() -> TrainPlans.compile(options(1), all))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nothing is left to train");
    }

    /** What a word means for every kind of network. */
    @ParameterizedTest
    @CsvSource({
        "resnet50, stages, layer4.0.conv1.weight",
        "resnet50, backbone, fc.weight",
        "resnet50, layer4.0, layer4.1.conv1.weight",
        "resnet50, none, conv1.weight",
        "resnetv2_50, stages, stages.3.blocks.0.norm1.weight",
        "vgg16_bn, stages, classifier.0.weight",
        "vgg16, backbone, classifier.6.weight",
        "cifar_highway19, stages, layer3.0.conv.weight"
    })
    void theFirstParameterThatIsTrained(String network, String upTo, String first) {
        NetworkSpec spec = Models.byName(network);
        Graph graph = Network.of(spec).frozen(new Freezing(upTo)).training(Objective.PLAIN.loss());
        assertThat(graph.parameters().stream().filter(Parameter::trainable).findFirst())
                .map(Parameter::name)
                .contains(first);
    }

    /** One step of SGD without momentum and decay: each parameter moves by its own rate times its gradient. */
    @Test
    void eachLayerMovesByItsRate() throws IOException {
        Map<String, float[]> same = oneStep(LayerRates.SAME);
        Map<String, float[]> different = oneStep(new LayerRates(0.5, 4));
        Graph graph = Networks.graph(SPEC, Phase.TRAINING);
        Map<String, Double> factors = new LayerRates(0.5, 4).factors(graph, "fc");
        assertThat(new TreeSet<>(factors.values())).containsExactly(0.0625, 0.125, 0.25, 0.5, 4.0);
        assertThat(factors)
                .containsEntry("conv1.weight", 0.0625)
                .containsEntry("bn1.bias", 0.0625)
                .containsEntry("layer1.0.conv2.weight", 0.125)
                .containsEntry("layer3.0.bn1.weight", 0.5)
                .containsEntry("fc.weight", 4.0);
        for (Parameter p : graph.parameters()) {
            if (p.trainable()) {
                float[] start = Initializer.draw(p, 7);
                float[] plain = Objects.requireNonNull(same.get(p.name()));
                float[] found = Objects.requireNonNull(different.get(p.name()));
                double factor = Objects.requireNonNull(factors.get(p.name()));
                for (int i = 0; i < start.length; i++) {
                    double expected = ((double) plain[i] - start[i]) * factor;
                    assertThat((double) found[i] - start[i]).as(p.name()).isCloseTo(expected, within(1e-6));
                }
            }
        }
    }

    private Map<String, float[]> oneStep(LayerRates rates) throws IOException {
        Path run = folder.resolve("rates " + rates.decay());
        SgdOptions sgd = SgdOptions.PAPER;
        TrainOptions options = Tiny.options(1)
                .withDescent(new Descent(
                        new SgdOptions(0, sgd.convention(), false, false, WeightDecay.everywhere(0)),
                        new Clipping.None(),
                        new Schedule.Constant(0.01),
                        rates));
        Tiny.train(run, options, job(ReferenceBackend.create(), Phase.TRAINING, "none"));
        return weights(run.resolve("last.safetensors"));
    }

    /** timm's layers of a bottleneck network: stem, 16 blocks, head. */
    @Test
    void layersAreTimms() {
        Graph graph = Networks.graph(Models.byName("resnet50"), Phase.TRAINING);
        Map<String, Double> factors = new LayerRates(0.9, 1).factors(graph, "fc");
        assertThat(new TreeSet<>(factors.values())).hasSize(18);
        assertThat(factors.get("conv1.weight")).isCloseTo(Math.pow(0.9, 17), within(1e-12));
        assertThat(factors.get("layer4.2.conv3.weight")).isCloseTo(0.9, within(1e-12));
    }

    @Test
    void ratesOutOfRangeAreRefused() {
        for (double[] wrong : new double[][] {{0, 1}, {1.1, 1}, {Double.NaN, 1}, {1, 0}, {1, -1}, {1, Double.NaN}}) {
            assertThatThrownBy(() -> new LayerRates(wrong[0], wrong[1])).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
