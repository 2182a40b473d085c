package org.resnet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImageFile;

/** The commands as a user meets them: help, exit codes, messages, and one small run from start to prediction. */
final class MainTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        Surroundings surroundings = new Surroundings(
                Map.of(
                        "RESNET4J_HOME",
                        Path.of("target", "home").toAbsolutePath().toString()),
                false);
        return Main.run(surroundings, new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo",
                "train",
                "evaluate",
                "predict",
                "summary",
                "draw",
                "inspect",
                "doctor",
                "data get",
                "data check",
                "data"
            })
    void everyCommandHelpsWithAnExample(String command) {
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        words.add("--help");
        assertThat(run(words.toArray(String[]::new))).isZero();
        assertThat(out.toString()).contains("Example").contains("resnet " + command);
    }

    @ParameterizedTest
    @CsvSource({
        "trian, 2, train",
        "train --epoks 3, 2, --epochs",
        "train --lr abc, 2, abc",
        "train --batch-size 0 --data shapes --out OUT, 3, at least 1",
        "train --epochs -1 --data shapes --out OUT, 3, at least 1",
        "train --batch-size 999999999 --data shapes --out OUT, 3, batch",
        "train --data shapes, 3, --out",
        "train resnet21 --data shapes --out OUT, 3, did you mean",
        "train --data /no/such --out OUT, 3, no such folder",
        "train --max-memory 1M --data shapes --limit 256 --out OUT, 3, memory",
        "train --resume OUT, 3, run.json",
        "train --resume OUT --lr 0.1, 3, takes no others",
        "evaluate OUT --data shapes, 3, run.json",
        "predict OUT x.png, 3, config.json",
        "summary nothing, 3, no model",
        "summary vgg16 --shortcut A, 3, no residual network",
        "summary resnet50 --stride v2, 3, v1.5",
        "summary resnet50 --drop-path 1, 3, stochastic depth",
        "draw, 3, --figure3",
        "draw --figure3 resnet18, 3, 1 names",
        "draw resnet19, 3, did you mean",
        "data get mnist, 3, cifar10",
    })
    void refusesInOneLine(String line, int code, String message) {
        assertThat(run(line.replace("OUT", folder.resolve("ein Lauf").toString())
                        .split(" (?!Lauf)")))
                .isEqualTo(code);
        assertThat(err.toString()).contains(message).doesNotContain("\tat ");
        assertThat(folder.resolve("ein Lauf/checkpoints")).doesNotExist();
    }

    @Test
    void summaryPrintsTheExactCount() {
        assertThat(run("summary", "cifar_resnet1202", "--shortcut", "A")).isZero();
        assertThat(out.toString()).contains("19,421,274 parameters");
    }

    @Test
    void summaryIsTable1() {
        assertThat(run("summary", "resnet50", "--stride", "v1")).isZero();
        assertThat(out.toString())
                .contains("conv3_x  28x28     [1x1, 128; 3x3, 128; 1x1, 512] x 4")
                .contains("3,857,973,248 multiply-adds")
                .contains("The paper prints 3.8e9 FLOPs.");
        assertThat(run("summary", "resnet50", "--json")).isZero();
        assertThat(out.toString()).contains("\"macs\":4089184256").contains("\"paper_flops\":\"3.8e9\"");
    }

    @Test
    void drawsToAFileOrToStandardOutput() throws IOException {
        Path file = folder.resolve("figure 3.svg");
        assertThat(run("draw", "--figure3", "--out", file.toString())).isZero();
        assertThat(Files.readString(file))
                .startsWith("<svg ")
                .contains("34-layer residual")
                .endsWith("</svg>\n");
        assertThat(run("draw", "cifar_highway19", "resnetv2_50")).isZero();
        assertThat(out.toString()).contains("3x3 highway, 80").contains("1x1 conv, 2048");
    }

    @Test
    void inspectPrintsThePlanAndItsBytes() {
        assertThat(run("inspect", "cifar_resnet8", "--batch", "4", "--train", "--threads", "1"))
                .isZero();
        assertThat(out.toString()).contains("layer1.0.conv1.backwardWeights").contains("bytes, together");
    }

    @Test
    void trainsEvaluatesPredictsAndRefusesToOverwrite() throws IOException {
        Path run = folder.resolve("ein Lauf \u263a");
        String[] train = {
            "train",
            "cifar_resnet8",
            "--data",
            "shapes",
            "--limit",
            "256",
            "--epochs",
            "1",
            "--batch-size",
            "32",
            "--threads",
            "1",
            "--out",
            run.toString(),
            "--json"
        };
        assertThat(run(train)).as(err.toString()).isZero();
        assertThat(out.toString()).contains("\"step\":8");
        assertThat(run(train)).isEqualTo(3);
        assertThat(err.toString()).contains("resume");
        assertThat(run("evaluate", run.toString(), "--data", "shapes", "--json"))
                .isZero();
        assertThat(run("evaluate", run.resolve("model").toString(), "--data", "shapes", "--json"))
                .isZero();
        assertThat(out.toString()).contains("\"samples\":2000");
        Path picture = Files.write(folder.resolve("ein Bild.png"), ImageFile.png(new Image(40, 30, new byte[3600])));
        assertThat(run("predict", run.toString(), picture.toString(), "--topk", "2"))
                .isZero();
        assertThat(out.toString()).contains("ein Bild.png");
        assertThat(run("predict", run.toString(), folder.resolve("missing.png").toString()))
                .isEqualTo(3);
        assertThat(run("train", "--resume", run.toString())).isZero();
    }
}
