package org.resnet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.dataset.Part;
import org.resnet4j.dataset.Shapes;
import org.resnet4j.graph.Phase;
import org.resnet4j.image.ImageFile;
import org.resnet4j.json.Json;
import org.resnet4j.json.JsonException;
import org.resnet4j.safetensors.Safetensors;
import org.resnet4j.trainer.Initializer;
import org.resnet4j.trainer.Network;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.StateDict;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.NetworkSpec;
import org.resnet4j.zoo.Networks;

/** Fine-tuning from one end to the other, on 48 generated pictures of three classes and weights that nobody trained. */
final class FinetuneTest {
    private static final NetworkSpec SPEC = Models.byName("cifar_resnet8");
    private static final List<String> CLASSES = List.of("circle", "cross", "square");

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        Surroundings here = new Surroundings(
                Map.of(
                        "RESNET4J_HOME",
                        Path.of("target", "home").toAbsolutePath().toString()),
                false);
        return Main.run(here, new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }

    /** What is printed as the last line of JSON. */
    private Map<String, @Nullable Object> result() throws JsonException {
        return Json.parseObject(out.toString().lines().reduce((_, b) -> b).orElse(""));
    }

    @BeforeEach
    void picturesAndWeights() throws IOException {
        Dataset shapes = Shapes.of(Part.TRAIN);
        for (int i = 0; i < 48; i++) {
            Path file = folder.resolve("pictures").resolve(CLASSES.get(i % 3)).resolve(i + ".png");
            Files.createDirectories(file.resolveSibling(""));
            Files.write(file, ImageFile.png(shapes.image(i)));
        }
        try (Arena arena = Arena.ofConfined()) {
            List<NamedTensor> tensors = Networks.graph(SPEC, Phase.TRAINING).parameters().stream()
                    .map(p -> NamedTensor.of(p.name(), p.value().type(), Initializer.draw(p, 3), arena))
                    .toList();
            Safetensors.write(weights(), tensors, Network.of(SPEC).metadata());
        }
    }

    private Path weights() {
        return folder.resolve("ten.safetensors");
    }

    private String pictures() {
        return folder.resolve("pictures").toString();
    }

    private List<String> tuning(Path run, String... more) {
        List<String> all = new ArrayList<>(List.of("finetune", pictures(), "--out", run.toString(), "--json"));
        all.addAll(List.of("--epochs", "2", "--batch-size", "8", "--threads", "1", "--workers", "0"));
        all.addAll(List.of(more));
        return all;
    }

    private int finetune(Path run, String... more) {
        List<String> all = tuning(run, more);
        if (!all.contains("--from")) {
            all.addAll(List.of("--from", weights().toString()));
        }
        return run(all.toArray(String[]::new));
    }

    @Test
    void aSplitIsDrawnWrittenAndSeenByWhoeverComesLater() throws IOException {
        Path run = folder.resolve("run");
        assertThat(finetune(run)).as(err.toString()).isZero();
        Object top1 = result().get("top1");
        List<String> split = Files.readAllLines(run.resolve("split.csv"));
        assertThat(split).hasSize(49).first().isEqualTo("file,class,part");
        assertThat(split).filteredOn(l -> l.endsWith(",val")).hasSize(9); // three of sixteen, each class
        assertThat(Files.readAllLines(run.resolve("model/labels.txt"))).isEqualTo(CLASSES);
        assertThat(Files.readString(run.resolve("report.html")))
                .contains("batch norm: stored statistics were used and not moved, scale and shift");
        assertThat(err.toString())
                .contains("a new last layer for 3 classes", "frozen: stages; batch norms of trained layers: frozen");
        // A picture that is added afterwards belongs to neither part of this run.
        Files.copy(Path.of(pictures(), "cross", "1.png"), Path.of(pictures(), "cross", "later.png"));
        assertThat(run("finetune", "--resume", run.toString(), "--json"))
                .as(err.toString())
                .isZero();
        assertThat(result()).containsEntry("top1", top1);
        assertThat(run(
                        "evaluate",
                        run.toString(),
                        "--data",
                        pictures(),
                        "--labels",
                        run.resolve("split.csv").toString(),
                        "--json"))
                .as(err.toString())
                .isZero();
        assertThat(result()).containsEntry("top1", top1).containsEntry("samples", 9L);
    }

    @Test
    void onlyTheHeadIsTrainedAndTheRestKeepsItsBits() throws IOException {
        Path run = folder.resolve("run");
        assertThat(finetune(run, "--freeze", "backbone", "--bn", "train"))
                .as(err.toString())
                .isZero();
        assertThat(result()).doesNotContainKey("train_mode_top1"); // no norm is left that could differ
        try (StateDict before = Safetensors.read(weights());
                StateDict after = Safetensors.read(run.resolve("model/model.safetensors"))) {
            for (NamedTensor t : before.tensors()) {
                float[] found = after.get(t.name()).toFloats();
                if (t.name().startsWith("fc.")) {
                    assertThat(found.length).as(t.name()).isLessThan(t.toFloats().length);
                } else {
                    assertThat(found).as(t.name()).isEqualTo(t.toFloats());
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"train", "precise"})
    void bothModesOfBatchNormAreReported(String mode) throws IOException {
        Path run = folder.resolve("run");
        assertThat(finetune(run, "--freeze", "none", "--bn", mode, "--layer-decay", "0.7"))
                .as(err.toString())
                .isZero();
        assertThat(result()).containsKeys("eval_mode_top1", "train_mode_top1", "batch_norm");
        assertThat(Files.readString(run.resolve("report.html"))).contains("in evaluation mode (stored statistics)");
        assertThat(Files.readString(run.resolve("args.yaml")))
                .contains("layer-decay: 0.7", "head-lr-scale: 1", "precise-bn: " + (mode.equals("train") ? 0 : 4));
    }

    @Test
    void aRunIsTakenFurtherWithItsHead() {
        Path first = folder.resolve("first");
        assertThat(finetune(first)).as(err.toString()).isZero();
        assertThat(finetune(folder.resolve("second"), "--from", first.toString(), "--freeze", "none"))
                .as(err.toString())
                .isZero();
        assertThat(err.toString()).contains("the last layer is kept: the model has these classes already");
        assertThat(finetune(folder.resolve("third"), "--from", first.toString(), "--new-head"))
                .as(err.toString())
                .isZero();
        assertThat(err.toString()).contains("a new last layer for 3 classes");
    }

    /** What the weights were trained with, at another size: the share that is cut off stays. */
    @Test
    void thePreprocessingIsTheModels() throws IOException {
        Path run = folder.resolve("run");
        // Steps instead of the recipe's epochs.
        List<String> words = new ArrayList<>(
                List.of("finetune", pictures(), "--from", weights().toString()));
        words.addAll(List.of("--out", run.toString(), "--json", "--img-size", "24", "--steps", "4"));
        words.addAll(List.of("--batch-size", "8", "--threads", "1", "--workers", "0"));
        assertThat(run(words.toArray(String[]::new))).as(err.toString()).isZero();
        assertThat(result()).containsEntry("step", 4L);
        assertThat(Files.readString(run.resolve("model/config.json")))
                .contains("\"input_size\":[3,24,24]", "\"mean\":[0.4914,0.4822,0.4465]", "\"crop_pct\":1.0");
        assertThat(Files.readString(run.resolve("args.yaml"))).contains("preprocessing: ");
    }

    @ParameterizedTest
    @CsvSource({
        "finetune PICTURES, --from MODEL",
        "finetune --from WEIGHTS, a folder of pictures",
        "finetune PICTURES --data PICTURES --from WEIGHTS, DIR and --data are the same",
        "finetune PICTURES --from resnet50.keras_in1k, resnet model get resnet50.keras_in1k",
        "finetune PICTURES --from WEIGHTS --freeze layer9, no layer is named layer9",
        "finetune PICTURES --from WEIGHTS --freeze fc, nothing is left to train",
        "finetune PICTURES --from WEIGHTS --bn off, --bn must be",
        "finetune PICTURES --from WEIGHTS --layer-decay 2, layer decay must be",
        "finetune PICTURES --from WEIGHTS --val-share 1, must be in (0",
        "finetune PICTURES --from WEIGHTS --scale 0.5, --scale must be",
        "finetune PICTURES --from WEIGHTS --limit 5, --limit and --val-split are not",
        "finetune /no/such --from WEIGHTS, no such folder",
    })
    void refusesInOneLine(String line, String message) {
        String[] words = (line + " --out " + folder.resolve("run"))
                .replace("PICTURES", pictures())
                .split(" ");
        for (int i = 0; i < words.length; i++) {
            words[i] = words[i].equals("WEIGHTS") ? weights().toString() : words[i];
        }
        assertThat(run(words)).isEqualTo(Main.BAD_INPUT);
        assertThat(err.toString()).contains(message).doesNotContain("\tat ");
        assertThat(folder.resolve("run/run.json")).doesNotExist();
    }
}
