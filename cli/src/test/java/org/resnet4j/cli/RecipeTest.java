package org.resnet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class RecipeTest {
    private static final List<String> NAMES = Recipe.NAMES;
    private static final String HEAD = "# command: c\n# expected: e\n# time: t\n# machine: m\n";

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        Surroundings here = new Surroundings(
                Map.of(
                        "RESNET4J_HOME",
                        Path.of("target", "home").toAbsolutePath().toString()),
                false);
        return Main.run(here, new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }

    @Test
    void theFolderHasTheRecipesThatAreNamed() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("..", "recipes"))) {
            assertThat(files.map(f -> f.getFileName().toString()).sorted())
                    .containsExactlyElementsOf(
                            NAMES.stream().map(n -> n + ".yaml").sorted().toList());
        }
    }

    /** Each is read, checked and tried on a network and pictures that are small enough for a test. */
    @ParameterizedTest
    @FieldSource("NAMES")
    void everyRecipeTrains(String name) throws IOException {
        assertThat(Recipe.of(name).header().get("command")).contains("--recipe " + name);
        List<String> dry = new ArrayList<>(List.of("train", "cifar_resnet8", "--recipe", name, "--data", "shapes"));
        dry.addAll(List.of("--limit", "200", "--val-split", "60", "--batch-size", "4", "--dry-run", "--threads", "1"));
        dry.addAll(List.of("--img-size", "32", "--eval-size", "32", "--eval-resize", "36", "--scale-jitter", "34,40"));
        if (name.startsWith("paper-imagenet") || name.startsWith("torchvision") || name.startsWith("rsb")) {
            dry.addAll(List.of("--stride", "v1.5"));
        }
        assertThat(run(dry.toArray(String[]::new))).as(err.toString()).isZero();
        assertThat(out.toString())
                .contains("model: \"cifar_resnet8\"", "batch-size: 4", "dry run: ", "nothing was written");
    }

    @Test
    void flagsGoBeforeTheRecipe() throws IOException {
        Path file = folder.resolve("own.yaml");
        Files.writeString(
                file,
                HEAD + "\n# more words\nmodel: cifar_resnet8\nlr: 0.25\nbatch-size: 16\nnesterov: true\nepochs: 3\n"
                        + "sched: step\ndecay-epochs: 2\n");
        int code = run(
                "train", "--recipe", file.toString(), "--lr", "0.5", "--limit", "64", "--dry-run", "--threads", "1");
        assertThat(code).as(err.toString()).isZero();
        assertThat(out.toString())
                .contains(
                        "model: \"cifar_resnet8\"",
                        "epochs: 3",
                        "batch-size: 16",
                        "nesterov: true",
                        "kind: \"step\"\n  lr: 0.5\n  factor: 0.1\n  every: 8\n");
    }

    @ParameterizedTest
    @CsvSource({
        "colour: red, a recipe has options of training",
        "out: there, a recipe has options of training",
        "lr: fast, fast",
        "lr: [0.1], line 5",
        "'  lr: 0.1', line 5",
        "lr: 0.1|lr: 0.1, there twice",
        "nesterov: false, its value is true",
        "sched: sometimes, --sched must be"
    })
    void anythingElseIsRefused(String setting, String message) throws IOException {
        Path file = folder.resolve("own.yaml");
        String text = setting.replace('|', '\n');
        Files.writeString(file, HEAD + text + "\n");
        assertThat(run("train", "--recipe", file.toString(), "--limit", "200", "--dry-run"))
                .isEqualTo(3);
        assertThat(err.toString()).contains(message);
    }

    @Test
    void aHeaderIsNeeded() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Recipe.parse("r", "lr: 0.1\n"))
                .withMessage("r, line 1: a recipe begins with lines like '# command: ...', found 'lr: 0.1'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Recipe.parse("r", "# command: c\n"))
                .withMessageContaining("found [command]");
        assertThat(run("train", "--recipe", "secret", "--dry-run")).isEqualTo(3);
        assertThat(err.toString()).contains("one of fast-cifar, finetune");
    }

    @Test
    void aRateIsFound() {
        int code = run("train", "cifar_resnet8", "--find-lr", "--limit", "128", "--batch-size", "8", "--threads", "1");
        assertThat(code).as(err.toString()).isZero();
        assertThat(out.toString()).contains("lr 1.00e-05  loss ", "the loss falls fastest at a learning rate of ");
    }

    /** Trained on 28 pixels, evaluated on the middle 32 of 40: the run and its model folder remember. */
    @Test
    void whatWasEvaluatedIsEvaluatedAgain() {
        Path run = folder.resolve("run");
        List<String> train =
                new ArrayList<>(List.of("train", "cifar_resnet8", "--data", "shapes", "--out", run.toString()));
        train.addAll(List.of("--limit", "256", "--epochs", "1", "--batch-size", "32", "--threads", "1", "--json"));
        train.addAll(List.of("--img-size", "28", "--eval-size", "32", "--eval-resize", "40"));
        assertThat(run(train.toArray(String[]::new))).as(err.toString()).isZero();
        for (Path weights : List.of(run, run.resolve("model"))) {
            assertThat(run("evaluate", weights.toString(), "--data", "shapes", "--json"))
                    .as(err.toString())
                    .isZero();
        }
        List<String> top1 = Pattern.compile("\"top1\":([0-9.]+)")
                .matcher(out.toString())
                .results()
                .map(m -> m.group(1))
                .toList();
        assertThat(top1).hasSize(3);
        assertThat(top1.subList(1, 3)).containsOnly(top1.getFirst());
    }
}
