package org.resnet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.dataset.Part;
import org.resnet4j.dataset.Shapes;
import org.resnet4j.image.ImageFile;
import org.resnet4j.json.Json;
import org.resnet4j.json.JsonException;

/** What evaluate prints, writes and refuses, on generated pictures. */
final class EvaluateTest {
    private static final int PICTURES = 40;

    @TempDir
    static Path shared;

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private static int run(StringWriter out, StringWriter err, List<String> arguments) {
        String home = Path.of("target", "home").toAbsolutePath().toString();
        return Main.run(
                new Surroundings(Map.of("RESNET4J_HOME", home), false),
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                arguments.toArray(String[]::new));
    }

    @BeforeAll
    static void aModelAndPictures() throws IOException {
        StringWriter printed = new StringWriter();
        List<String> train = new ArrayList<>(List.of(
                "train cifar_resnet8 --data shapes --limit 512 --val-split 32 --epochs 1 --batch 32 --threads 1 --out"
                        .split(" ")));
        train.add(shared.resolve("run").toString());
        assertThat(run(printed, printed, train)).as(printed.toString()).isZero();
        Dataset set = Shapes.of(Part.TEST);
        for (String name : set.classNames()) {
            Files.createDirectories(shared.resolve("data").resolve(name));
        }
        for (int i = 0; i < PICTURES; i++) {
            Files.write(
                    shared.resolve("data")
                            .resolve(set.classNames().get(set.label(i)))
                            .resolve(i + ".png"),
                    ImageFile.png(set.image(i)));
        }
    }

    private int evaluate(String data, String... more) {
        List<String> all = new ArrayList<>(
                List.of("evaluate", shared.resolve("run/model").toString(), "--data", data, "--threads", "1"));
        all.addAll(List.of(more));
        return run(out, err, all);
    }

    private Map<String, Object> json(String data, String... more) throws JsonException {
        List<String> all = new ArrayList<>(List.of(more));
        all.add("--json");
        assertThat(evaluate(data, all.toArray(String[]::new)))
                .as(err.toString())
                .isZero();
        Map<String, Object> row = Map.copyOf(Json.parseObject(out.toString()));
        out.getBuffer().setLength(0);
        return row;
    }

    private static double loss(Map<String, Object> row) {
        return row.get("loss") instanceof Double loss ? loss : Double.NaN;
    }

    private static String data() {
        return shared.resolve("data").toString();
    }

    /** Labels as numbers of the model's outputs, whatever the order of folders is. */
    private String sameOrder() throws IOException {
        List<String> names = Shapes.of(Part.TEST).classNames();
        StringBuilder list = new StringBuilder();
        Dataset set = Shapes.of(Part.TEST);
        for (int i = 0; i < PICTURES; i++) {
            list.append(names.get(set.label(i)))
                    .append('/')
                    .append(i)
                    .append(".png,")
                    .append(set.label(i))
                    .append('\n');
        }
        return Files.writeString(folder.resolve("labels.csv"), list).toString();
    }

    @Test
    void aFolderInAnotherOrderIsRefusedAndNumbersAreNot() throws IOException {
        List<String> names = Shapes.of(Part.TEST).classNames();
        boolean sorted = names.stream().sorted().toList().equals(names);
        assertThat(evaluate(data())).isEqualTo(sorted ? 0 : 3);
        assertThat(err.toString().contains("the order is not")).isEqualTo(!sorted);
        Map<String, Object> all = json(data(), "--labels", sameOrder());
        assertThat(all)
                .containsEntry("samples", (long) PICTURES)
                .containsKeys("top1", "top5_err", "ece", "param_count");
        assertThat(evaluate("shapes")).isZero();
    }

    @Test
    void viewsAndEnsemblesAverage() throws IOException {
        String labels = sameOrder();
        Map<String, Object> one = json(data(), "--labels", labels);
        // Nothing is cropped of pictures of the network's size: the ten crops are two, five times each.
        Map<String, Object> flip = json(data(), "--labels", labels, "--tta", "flip");
        Map<String, Object> ten = json(data(), "--labels", labels, "--tta", "10crop");
        assertThat(loss(ten)).isCloseTo(loss(flip), within(1e-5));
        assertThat(loss(flip)).isNotEqualTo(loss(one));
        Map<String, Object> twice = json(data(), "--labels", labels, "--scales", "32,32");
        assertThat(loss(twice)).isCloseTo(loss(one), within(1e-5));
        Map<String, Object> scales = json(data(), "--labels", labels, "--scales", "32,40");
        assertThat(loss(scales)).isNotEqualTo(loss(one));
        String model = shared.resolve("run/model").toString();
        assertThat(run(out, err, List.of("evaluate", model, model, "--data", "shapes", "--json")))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("cifar_resnet8+cifar_resnet8");
    }

    @Test
    void aBrokenPictureIsOneLineAndWrong() throws IOException {
        Path broken = shared.resolve("data").resolve("broken.png");
        Files.writeString(broken, "no picture");
        String labels = Files.writeString(
                        folder.resolve("l.csv"), Files.readString(Path.of(sameOrder())) + "broken.png,0\n")
                .toString();
        Path report = folder.resolve("r.html");
        Path csv = folder.resolve("r.csv");
        assertThat(evaluate(
                        data(), "--labels", labels, "--report", report.toString(), "--results-file", csv.toString()))
                .isEqualTo(3);
        Files.delete(broken);
        assertThat(err.toString().lines().filter(l -> l.contains("broken.png")))
                .hasSize(1)
                .first()
                .asString()
                .contains("counted as wrong");
        assertThat(out.toString()).contains((PICTURES + 1) + " samples").contains("1 pictures could not be read");
        assertThat(Files.readAllLines(csv)).hasSize(2).first().asString().startsWith("model,samples,top1,top1_err,");
        assertThat(Files.readString(report))
                .contains("<svg", "prefers-color-scheme", "worst mistakes", "Accuracy by confidence")
                .doesNotContain("src=\"http", "href=", "<script", "url(");
    }

    @Test
    void whatCannotBeMeantIsRefused() throws IOException {
        assertThat(evaluate("shapes", "--tta", "spin")).isEqualTo(3);
        assertThat(evaluate("shapes", "--crop-pct", "0")).isEqualTo(3);
        assertThat(evaluate("shapes", "--scales", "32", "--img-size", "40")).isEqualTo(3);
        assertThat(evaluate("shapes", "--input-size", "1", "32", "32")).isEqualTo(3);
        assertThat(evaluate("shapes", "--class-order", "random")).isEqualTo(3);
        assertThat(evaluate(
                        data(),
                        "--labels",
                        Files.writeString(folder.resolve("x.csv"), "broken\n").toString()))
                .isEqualTo(3);
        assertThat(err.toString().lines()).hasSize(6).allMatch(l -> l.startsWith("resnet: "));
    }

    @Test
    void progressSaysPaceAndTimeLeft() {
        assertThat(EvaluationProgress.line(50, 200, 2))
                .contains("50/200  25.0 img/s  ETA 0:06")
                .startsWith("[======   ");
    }
}
