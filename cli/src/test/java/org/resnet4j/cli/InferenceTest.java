package org.resnet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.dataset.Part;
import org.resnet4j.dataset.Shapes;
import org.resnet4j.graph.Phase;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImageFile;
import org.resnet4j.npy.Npy;
import org.resnet4j.safetensors.Safetensors;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.trainer.Initializer;
import org.resnet4j.weights.Limits;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.StateDict;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.NetworkSpec;
import org.resnet4j.zoo.Networks;

/** forward, embed and explain as a user runs them: generated weights, and files of other programs where they are. */
final class InferenceTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        String home = Path.of("target", "home").toAbsolutePath().toString();
        return Main.run(
                new Surroundings(Map.of("RESNET4J_HOME", home), false),
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                arguments);
    }

    private String at(String name) {
        return folder.resolve(name).toString();
    }

    @BeforeEach
    void weightsAndPictures() throws IOException {
        NetworkSpec spec = Models.byName("cifar_resnet8");
        try (Arena arena = Arena.ofConfined()) {
            List<NamedTensor> tensors = new ArrayList<>();
            Networks.graph(spec, Phase.INFERENCE)
                    .parameters()
                    .forEach(p ->
                            tensors.add(NamedTensor.of(p.name(), p.value().type(), Initializer.draw(p, 1), arena)));
            Safetensors.write(folder.resolve("w.safetensors"), tensors, Map.of());
            float[] pixels = new float[2 * 3 * 40 * 28];
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] = (float) Math.sin(i);
            }
            NamedTensor input = NamedTensor.of("input", TensorType.f32(2, 3, 40, 28), pixels, arena);
            Safetensors.write(folder.resolve("x.safetensors"), List.of(input), Map.of());
            Safetensors.write(folder.resolve("other.safetensors"), List.of(input.renamed("images")), Map.of());
            Npy.write(folder.resolve("x.npy"), input);
        }
        for (int i = 0; i < 3; i++) {
            Files.write(
                    folder.resolve("p" + i + ".png"),
                    ImageFile.png(Shapes.of(Part.TEST).image(i)));
        }
        Files.writeString(folder.resolve("bad.png"), "no picture");
    }

    @Test
    void aTensorOfAnySizeAndTheAssumptionsSaid() throws IOException {
        assertThat(run(
                        "forward",
                        "--weights",
                        at("w.safetensors"),
                        "--input",
                        at("x.safetensors"),
                        "--output",
                        at("y.safetensors"),
                        "--feature",
                        "layer2",
                        "--feature",
                        "avgpool"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString())
                .contains("assumed residual with option A")
                .contains("cifar_resnet8: logits f32[2, 10], layer2 f32[2, 32, 20, 14], avgpool f32[2, 64, 1, 1]");
        assertThat(run("forward", at("w.safetensors"), "--input", at("x.npy"), "--output", at("y.npy")))
                .isZero();
        try (StateDict tensors = Safetensors.read(folder.resolve("y.safetensors"));
                StateDict npy = Npy.read(folder.resolve("y.npy"), Limits.DEFAULT)) {
            float[] logits = tensors.get("logits").toFloats();
            float[] again = npy.tensors().getFirst().toFloats();
            assertThat(again).hasSize(20);
            for (int i = 0; i < 20; i++) {
                assertThat(Math.abs(again[i] - logits[i])).isLessThan(1e-5f);
            }
            float[] maps = tensors.get("layer2").toFloats();
            assertThat(maps[0] != maps[maps.length - 1] || maps[5] != maps[7]).isTrue();
        }
    }

    @Test
    void whatIsWrongIsSaidInOneLine() {
        String w = at("w.safetensors");
        assertThat(run("forward", w, "--input", at("other.safetensors"), "--output", at("y.npy")))
                .isEqualTo(3);
        assertThat(err.toString()).contains("a tensor named input is needed, found [images]");
        assertThat(run("forward", w, "--input", at("x.npy"), "--output", at("y.safetensors"), "--feature", "layer4"))
                .isEqualTo(3);
        assertThat(err.toString())
                .contains("no module named layer4; there are conv1, bn1, relu, layer1, layer2, layer3");
        assertThat(run("forward", "resnet18", "--weights", w, "--input", at("x.npy"), "--output", at("y.npy")))
                .isEqualTo(3);
        assertThat(err.toString()).contains("resnet18").contains("missing");
        assertThat(folder.resolve("y.npy")).doesNotExist();
    }

    /** PyTorch's logits, through the command. */
    @ParameterizedTest
    @CsvSource({
        "resnet8.safetensors, resnet8, , 1e-5",
        "data_parallel_legacy.th, resnet8_before_step, , 1e-5",
        "state_dict_f16.pth, resnet8, , 1e-4",
        "state_dict_bf16.pth, resnet8, , 1e-3",
        "tv_basic.pth, tv_basic, , 1e-5",
        "tv_bottleneck.pth, tv_bottleneck, , 1e-5",
        "tv_bottleneck_v1.pth, tv_bottleneck_v1, --stride=v1, 1e-5",
        "timm_resnet50d, timm_resnet50d, , 1e-5",
        "timm_seresnet50, timm_seresnet50, , 1e-5",
        "transformers_bottleneck_v1, transformers_bottleneck_v1, , 1e-5",
    })
    void filesOfOtherProgramsGiveTheirLogits(String weights, String expected, String option, double bound)
            throws IOException {
        String named = System.getenv("RESNET4J_DATA");
        Path data = named != null ? Path.of(named) : Path.of("..", "..", "shared", "data");
        Path golden = data.resolve("golden").resolve("foreign");
        if (!Files.isDirectory(golden)) {
            System.out.println("SKIPPED: foreign weights are not there; set RESNET4J_DATA to the folder that has them");
        }
        assumeTrue(Files.isDirectory(golden), "foreign weights are not at " + golden);
        Path truth = golden.resolve(expected + ".expect.safetensors");
        List<String> words = new ArrayList<>(List.of(
                "forward",
                golden.resolve(weights).toString(),
                "--input",
                truth.toString(),
                "--output",
                at("y.safetensors")));
        if (option != null) {
            words.add(option);
        }
        assertThat(run(words.toArray(String[]::new))).as(err.toString()).isZero();
        try (StateDict wanted = Safetensors.read(truth);
                StateDict found = Safetensors.read(folder.resolve("y.safetensors"))) {
            double[] a = wanted.get("logits").toDoubles();
            double[] b = found.get("logits").toDoubles();
            double largest = Arrays.stream(a).map(Math::abs).max().orElseThrow();
            assertThat(b).hasSameSizeAs(a);
            for (int i = 0; i < a.length; i++) {
                assertThat(Math.abs(a[i] - b[i])).as("logit " + i).isLessThan(bound * Math.max(1, largest));
            }
        }
    }

    /** The same rows in every format, with the names beside; a bad picture in the middle has none. */
    @Test
    void embeddingsInEveryFormat() throws IOException {
        List<String> csv = List.of();
        for (String file : List.of("e.csv", "e.jsonl", "e.npy", "e.safetensors")) {
            assertThat(run(
                            "embed",
                            at("w.safetensors"),
                            at("p0.png"),
                            at("bad.png"),
                            at("p1.png"),
                            at("p2.png"),
                            "--out",
                            at(file)))
                    .as(err.toString())
                    .isEqualTo(1);
            assertThat(err.toString()).contains("bad.png: not a JPEG");
            csv = file.equals("e.csv") ? Files.readAllLines(folder.resolve(file)) : csv;
        }
        assertThat(csv).hasSize(4);
        assertThat(csv.getFirst()).startsWith("filename,0,1,").endsWith(",63");
        float[] third = floats(csv.get(3).substring(csv.get(3).indexOf(',') + 1));
        List<String> json = Files.readAllLines(folder.resolve("e.jsonl"));
        assertThat(json).hasSize(3);
        assertThat(json.get(2)).startsWith("{\"filename\":\"" + at("p2.png") + "\",\"embedding\":[");
        String numbers =
                json.get(2).substring(json.get(2).indexOf('[') + 1, json.get(2).indexOf(']'));
        assertThat(floats(numbers)).containsExactly(third);
        List<String> names = List.of(at("p0.png"), at("p1.png"), at("p2.png"));
        assertThat(Files.readAllLines(folder.resolve("e.npy.txt"))).isEqualTo(names);
        assertThat(Files.readAllLines(folder.resolve("e.safetensors.txt"))).isEqualTo(names);
        try (StateDict npy = Npy.read(folder.resolve("e.npy"), Limits.DEFAULT);
                StateDict tensors = Safetensors.read(folder.resolve("e.safetensors"))) {
            NamedTensor rows = npy.tensors().getFirst();
            assertThat(rows.type()).hasToString("f32[3, 64]");
            assertThat(Arrays.copyOfRange(rows.toFloats(), 128, 192)).containsExactly(third);
            assertThat(tensors.get("embeddings").toFloats()).containsExactly(rows.toFloats());
        }
    }

    private static float[] floats(String commas) {
        String[] words = commas.split(",");
        float[] out = new float[words.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = Float.parseFloat(words[i]);
        }
        return out;
    }

    @Test
    void aPictureIsExplainedAsPngAndAsAPage() throws IOException {
        assertThat(run("explain", at("w.safetensors"), at("p0.png"), "--out", at("a.png"), "--class", "3"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("p0.png: ").contains("  3").contains("a.png");
        Image picture = ImageFile.read(folder.resolve("a.png"));
        assertThat(picture.width()).isEqualTo(224);
        assertThat(run(
                        "explain",
                        "--layer",
                        "layer2",
                        "--weights",
                        at("w.safetensors"),
                        at("p0.png"),
                        "--out",
                        at("a.html")))
                .as(err.toString())
                .isZero();
        assertThat(Files.readString(folder.resolve("a.html")))
                .contains("Grad-CAM, 16x16 places")
                .contains("data:image/png;base64,");
        assertThat(run("explain", at("w.safetensors"), at("p0.png"), "--out", at("b.png"), "--class", "cat"))
                .isEqualTo(3);
        assertThat(err.toString()).contains("--class cat: one class is needed, found none of that name");
        assertThat(run("explain", at("w.safetensors"), at("p0.png"), "--out", at("b.png"), "--class", "10"))
                .isEqualTo(3);
        assertThat(err.toString()).contains("--class must be 0 to 9");
        assertThat(folder.resolve("b.png")).doesNotExist();
    }
}
