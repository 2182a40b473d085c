package org.resnet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
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
import org.resnet4j.checkpoint.CheckpointStore;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.dataset.Part;
import org.resnet4j.dataset.Shapes;
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
                "finetune",
                "evaluate",
                "predict",
                "forward",
                "embed",
                "explain",
                "quantize",
                "bench",
                "summary",
                "draw",
                "inspect",
                "doctor",
                "reproduce",
                "data get",
                "data check",
                "model",
                "model get",
                "model import",
                "model export",
                "model list",
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
        "train --batch-size 0 --data shapes --out OUT, 2, a batch has at least 1 picture",
        "train --epochs -1 --data shapes --out OUT, 3, at least 1",
        "train --batch-size 999999999 --data shapes --out OUT, 3, batch",
        "train --batch 0 --data shapes --out OUT, 2, a batch has at least 1 picture",
        "train -b many --data shapes --out OUT, 2, a whole number of pictures",
        "evaluate OUT --data shapes --batch 0, 2, a batch has at least 1 picture",
        "inspect resnet18 --batch 0, 2, a batch has at least 1 picture",
        "bench resnet18 --batch 0, 2, a batch has at least 1 picture",
        "train --epochs 99999999999 --data shapes --out OUT, 2, --epochs",
        "train --lr NaN --data shapes --out OUT, 3, rate",
        "train --lr -0.1 --data shapes --out OUT, 3, rate",
        "train --limit -5 --data shapes --out OUT, 3, --limit",
        "train --val-split 20000 --data shapes --out OUT, 3, validation",
        "train --threads -1 --data shapes --limit 256 --out OUT, 3, at least 1 thread",
        "train --workers -1 --data shapes --limit 256 --out OUT, 3, workers",
        "train --shortcut D --data shapes --out OUT, 3, --shortcut must be one of",
        "train --stride v2 --data shapes --out OUT, 3, --stride must be one of",
        "train --momentum-convention nesterov --data shapes --out OUT, 3, --momentum-convention must be",
        "train --checkpoint-interval soon --data shapes --out OUT, 3, --checkpoint-interval",
        "train --data shapes, 3, --out",
        "train resnet21 --data shapes --out OUT, 3, did you mean",
        "train --data /no/such --out OUT, 3, no such folder",
        "train --max-memory 1M --data shapes --limit 256 --out OUT, 3, memory",
        "train --resume OUT, 3, run.json",
        "train --resume OUT --lr 0.1, 3, takes no others",
        "evaluate OUT --data shapes, 3, run.json",
        "evaluate OUT --dta shapes, 2, --data",
        "predict OUT x.png, 3, a file of weights is expected",
        "predict resnet50 x.png, 3, a network without weights",
        "predict resnet51 x.png, 3, did you mean resnet50",
        "predict resnet50.keras_in1k x.png, 3, resnet model get resnet50.keras_in1k",
        "forward --output y.npy, 2, --input",
        "forward --input x.npy --output y.npy, 3, no such file",
        "forward resnet50 --input x.png --output y.npy, 3, --input must end in",
        "forward resnet50 --input x.npy --output y.bin, 3, --output must end in",
        "forward OUT --input x.npy --output y.npy --feature fc, 3, a .npy file holds the logits alone",
        "embed OUT, 2, PICTURE",
        "embed OUT x.png --out y.xml, 3, --out must end in",
        "explain OUT x.png, 2, --out",
        "explain OUT x.png --out y.jpg, 3, --out must end in",
        "explain OUT a.png b.png --out y.png, 3, one picture is explained at a time",
        "explain OUT a.png --out y.png, 3, a.png",
        "predict OUT x.png --topk 0, 3, --topk must be at least 1",
        "predict OUT x.png --topk many, 2, many",
        "predict OUT x.png --results-format xml, 2, TEXT",
        "predict OUT, 2, PICTURE",
        "predict OUT x.png --precision int4, 3, a precision is one of",
        "summary --pad middle cifar_resnet20, 3, --pad must be one of",
        "data check /no/such, 3, no such folder",
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

    /** A name of 255 bytes, with a space and an emoji, as long as file systems allow. */
    static String longName(String end) {
        String start = "ein Lauf \u263a \ud83d\ude00 ";
        int bytes = (start + end).getBytes(StandardCharsets.UTF_8).length;
        return start + "n".repeat(255 - bytes) + end;
    }

    @Test
    void trainsEvaluatesAndRefusesToOverwrite() throws IOException {
        Path run = folder.resolve(longName(""));
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
        assertThat(out.toString()).contains("\"step\":8").doesNotContain("data wait");
        assertThat(err.toString()).containsPattern("data wait \\d+\\.\\d\\d %");
        assertThat(run.resolve("model").resolve("provenance.json"))
                .content()
                .contains(
                        "\"network\":\"cifar_resnet8\"",
                        "\"program\":\"resnet4j ",
                        "\"train-data\":\"",
                        "\"limit\":\"256\"")
                .contains(
                        "\"sha256\":{\"last.safetensors\":\"" + CheckpointStore.sha256(run.resolve("last.safetensors")))
                .doesNotContain(folder.toString(), "\"data\":");
        assertThat(run(train)).isEqualTo(3);
        assertThat(err.toString()).contains("resume");
        assertThat(run("evaluate", run.toString(), "--data", "shapes", "--json"))
                .isZero();
        assertThat(run("evaluate", run.resolve("model").toString(), "--data", "shapes", "--json"))
                .isZero();
        assertThat(out.toString()).contains("\"samples\":2000");
        assertThat(run("train", "--resume", run.toString())).isZero();
    }

    @Test
    void aRunWhereNothingCanBeWritten() throws IOException {
        Path file = Files.writeString(folder.resolve("a file"), "");
        assertThat(run("train", "cifar_resnet8", "--data", "shapes", "--limit", "128", "--out", file + "/run"))
                .isEqualTo(3);
        assertThat(err.toString()).contains(file.toString()).doesNotContain("\tat ");
        Path closed = Files.createDirectory(folder.resolve("closed"));
        assumeTrue(closed.toFile().setWritable(false) && !Files.isWritable(closed), "root may write anywhere");
        assertThat(run("train", "cifar_resnet8", "--data", "shapes", "--limit", "128", "--out", closed + "/run"))
                .isEqualTo(3);
        assertThat(err.toString()).contains("no permission");
    }

    @Test
    void dataCheckSaysByItsExitCodeWhatItFound() throws IOException {
        for (String file : List.of("train/a/1.png", "train/b/2.png", "val/a/3.png", "val/b/4.png")) {
            Path path = folder.resolve(file);
            Files.createDirectories(path.resolveSibling(""));
            byte[] rgb = {(byte) file.charAt(file.length() - 5), 0, 0};
            Files.write(path, ImageFile.png(new Image(1, 1, rgb)));
        }
        assertThat(run("data", "check", folder.toString())).isZero();
        assertThat(out.toString()).contains("no damaged sample");
        Files.writeString(folder.resolve("train/b/2.png"), "not a picture");
        assertThat(run("data", "check", folder.toString())).isEqualTo(1);
        assertThat(out.toString()).contains("cannot be read (unreadable): 1").contains("2.png");
    }

    /** On a handful of pictures, so that the whole story takes seconds. */
    @Test
    void demoPrintsItsResultAsOneLineOfJson() throws IOException {
        Dataset shapes = Shapes.of(Part.TEST);
        for (int i = 0; i < 160; i++) {
            Path dir = folder.resolve(i < 130 ? "train" : "val").resolve("c" + shapes.label(i));
            Files.createDirectories(dir);
            Files.write(dir.resolve(i + ".png"), ImageFile.png(shapes.image(i)));
        }
        Path run = folder.resolve("run");
        assertThat(run("demo", "--quick", "--data", folder.toString(), "--json", "--out", run.toString()))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).startsWith("{").endsWith("}\n").hasLineCount(1);
        assertThat(out.toString())
                .contains("\"model\":\"cifar_resnet8\"", "\"step\":8", "\"samples\":30", "\"top1\":", "\"report\":");
        assertThat(err.toString()).contains("training cifar_resnet8");
        assertThat(run.resolve("report.html")).isNotEmptyFile();
    }

    private int printTo(OutputStream to) {
        Surroundings surroundings = new Surroundings(Map.of(), false);
        return Main.run(
                surroundings, StandardOutput.writer(to), new PrintWriter(err, true), "summary", "cifar_resnet20");
    }

    private static OutputStream failing(String message) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(message);
            }
        };
    }

    @Test
    void aReaderThatLeftEndsTheProgramQuietly() {
        assertThat(printTo(OutputStream.nullOutputStream())).isZero();
        assertThat(printTo(failing("Broken pipe"))).isEqualTo(1);
        assertThat(err.toString()).isEmpty();
        assertThat(Main.run(
                        new Surroundings(Map.of(), false),
                        StandardOutput.writer(failing("Broken pipe")),
                        new PrintWriter(err, true),
                        "--help"))
                .isEqualTo(1);
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void aFullDiskIsNoQuietMatter() {
        assertThat(printTo(failing("No space left on device"))).isEqualTo(1);
        assertThat(err.toString()).isEqualToIgnoringNewLines("resnet: standard output: No space left on device");
    }
}
