package org.resnet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.dataset.Part;
import org.resnet4j.dataset.Shapes;
import org.resnet4j.image.ImageFile;

/** What can be named to be classified, and how the answers are printed. */
final class PredictTest {
    @TempDir
    static Path shared;

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private static int run(StringWriter out, StringWriter err, byte[] input, List<String> arguments) {
        String home = Path.of("target", "home").toAbsolutePath().toString();
        Surroundings surroundings =
                new Surroundings(Map.of("RESNET4J_HOME", home), false, new ByteArrayInputStream(input));
        return Main.run(
                surroundings, new PrintWriter(out, true), new PrintWriter(err, true), arguments.toArray(String[]::new));
    }

    @BeforeAll
    static void aModel() {
        StringWriter printed = new StringWriter();
        String run = shared.resolve("run").toString();
        List<String> train = List.of(
                "train cifar_resnet8 --data shapes --limit 96 --val-split 32 --epochs 1 --batch 32 --threads 1 --out"
                        .split(" "));
        List<String> arguments = new ArrayList<>(train);
        arguments.add(run);
        assertThat(run(printed, printed, new byte[0], arguments))
                .as(printed.toString())
                .isZero();
    }

    @BeforeEach
    void pictures() throws IOException {
        int i = 0;
        for (String name : List.of("a.png", "b.jpg", "sub/c.PNG", "sub/deep/d.gif", MainTest.longName(".png"))) {
            Path file = folder.resolve(name);
            Files.createDirectories(file.resolveSibling(""));
            Files.write(file, ImageFile.png(Shapes.of(Part.TEST).image(i++)));
        }
        Files.writeString(folder.resolve("notes.txt"), "no picture, not asked for");
    }

    /** Relative names are meant from the folder of the pictures. */
    private int predict(byte[] input, String... arguments) {
        List<String> all =
                new ArrayList<>(List.of("predict", shared.resolve("run").toString()));
        for (String argument : arguments) {
            all.add(argument.startsWith("@") ? folder + argument.substring(1) : argument);
        }
        return run(out, err, input, all);
    }

    private List<String> csvNames(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--results-format", "csv", "--topk", "1"));
        assertThat(predict(new byte[0], all.toArray(String[]::new)))
                .as(err.toString())
                .isZero();
        return out.toString()
                .lines()
                .skip(1)
                .map(l -> l.substring(folder.toString().length() + 1, l.indexOf(",1,")))
                .toList();
    }

    @Test
    void aFolderWithAllBelow() {
        assertThat(csvNames("@"))
                .containsExactly("a.png", "b.jpg", MainTest.longName(".png"), "sub/c.PNG", "sub/deep/d.gif");
    }

    @Test
    void aGlobWithinOneFolder() {
        assertThat(csvNames("@/*.{png,jpg}")).containsExactly("a.png", "b.jpg", MainTest.longName(".png"));
    }

    @Test
    void globsOverFoldersAndFilesInTheOrderOfTheCommandLine() {
        assertThat(csvNames("@/**/d.*", "@/s?b/*.PNG", "@/a.png"))
                .containsExactly("sub/deep/d.gif", "sub/c.PNG", "a.png");
    }

    /** A file may be called what a glob would mean. */
    @Test
    void aFileNamedLikeAGlobIsTheFile() throws IOException {
        Files.copy(folder.resolve("a.png"), folder.resolve("[1].png"));
        assertThat(csvNames("@/[1].png")).containsExactly("[1].png");
    }

    @Test
    void nothingFoundIsSaidBeforeTheModelIsOpened() throws IOException {
        Files.createDirectory(folder.resolve("empty"));
        for (String argument : List.of("@/*.tif", "@/empty", "@/none/*.png", "@/[.png")) {
            assertThat(predict(new byte[0], argument)).as(argument).isEqualTo(3);
        }
        assertThat(err.toString().lines()).hasSize(4).allMatch(l -> l.contains(folder.toString()));
        assertThat(err.toString()).contains("found none").contains("not a glob");
    }

    @Test
    void onePictureOnStandardInput() throws IOException {
        byte[] picture = Files.readAllBytes(folder.resolve("a.png"));
        assertThat(predict(picture, "-", "--json")).as(err.toString()).isZero();
        String piped = out.toString();
        assertThat(piped).startsWith("{\"filename\":\"-\",\"top\":[{\"index\":").hasLineCount(1);
        out.getBuffer().setLength(0);
        assertThat(predict(new byte[0], "@/a.png", "--json")).isZero();
        assertThat(out.toString().substring(out.toString().indexOf("\"top\"")))
                .isEqualTo(piped.substring(piped.indexOf("\"top\"")));
    }

    @Test
    void nothingOnStandardInput() {
        assertThat(predict(new byte[0], "-")).isEqualTo(3);
        assertThat(err.toString()).contains("standard input").contains("an empty file");
    }

    @Test
    void jsonHasALineAPictureAndKAnswersEach() {
        assertThat(predict(new byte[0], "@/a.png", "@/b.jpg", "--topk", "3", "--results-format", "json"))
                .isZero();
        assertThat(out.toString().lines()).hasSize(2).allMatch(l -> l.split("\"prob\":", -1).length == 4);
    }

    @Test
    void csvHasARowAnAnswerAndQuotesWhatNeedsIt() throws IOException {
        Path odd = Files.copy(folder.resolve("a.png"), folder.resolve("a \"b\", c.png"));
        assertThat(predict(new byte[0], odd.toString(), "--topk", "10", "--results-format", "CSV"))
                .isZero();
        List<String> lines = out.toString().lines().toList();
        assertThat(lines).hasSize(11).startsWith("filename,rank,index,label,prob");
        String quoted = "\"" + odd.toString().replace("\"", "\"\"") + "\"";
        assertThat(lines.subList(1, 11)).allMatch(l -> l.startsWith(quoted + ","));
        double sum = lines.stream()
                .skip(1)
                .mapToDouble(l -> Double.parseDouble(l.substring(l.lastIndexOf(',') + 1)))
                .sum();
        assertThat(sum).isBetween(0.9999, 1.0001);
    }

    @Test
    void aPictureThatCannotBeReadDoesNotStopTheOthers() throws IOException {
        Files.writeString(folder.resolve("a.png"), "<html>");
        assertThat(predict(new byte[0], "@/missing.png", "@/a.png", "@/b.jpg", "--topk", "2"))
                .isEqualTo(1);
        assertThat(err.toString().lines()).hasSize(2);
        assertThat(err.toString()).contains("missing.png").contains("a.png: not a JPEG, PNG");
        assertThat(out.toString().lines()).hasSize(3).first().asString().endsWith("b.jpg");
    }

    @Test
    void ifNoneCanBeReadTheInputIsBad() {
        assertThat(predict(new byte[0], "@/missing.png", "@/gone.png")).isEqualTo(3);
        assertThat(err.toString().lines()).hasSize(2);
    }

    @Test
    void listsOfNamesFromAFileOrStandardInput() throws IOException {
        String names = folder.resolve("b.jpg") + "\n\n" + folder.resolve("a.png") + "\n";
        Path list = Files.writeString(folder.resolve("list.txt"), names);
        List<String> all = List.of("predict", shared.resolve("run").toString(), "@" + list, "--json", "--top", "1");
        assertThat(run(out, err, new byte[0], all)).as(err.toString()).isZero();
        String listed = out.toString();
        assertThat(listed.lines()).hasSize(2).first().asString().contains("b.jpg");
        out.getBuffer().setLength(0);
        all = List.of("predict", shared.resolve("run").toString(), "@-", "--json", "--top", "1");
        assertThat(run(out, err, names.getBytes(StandardCharsets.UTF_8), all)).isZero();
        assertThat(out.toString()).isEqualTo(listed);
        assertThat(run(out, err, new byte[0], all)).isEqualTo(3);
        assertThat(err.toString()).contains("standard input: names of pictures, one a line, are expected, found none");
    }

    /** The order of the list, more pictures than a batch, and a bad one in the middle; each answer is that of the picture alone. */
    @Test
    void manyPicturesAnswerAsEachAlone() throws IOException {
        List<String> list = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            Path file = folder.resolve("many-" + i + ".png");
            if (i == 70) {
                Files.writeString(file, "no picture");
            } else {
                Files.write(file, ImageFile.png(Shapes.of(Part.TEST).image(i)));
            }
            list.add(file.toString());
        }
        Path names = Files.write(folder.resolve("many.txt"), list);
        Path answers = folder.resolve("answers.csv");
        assertThat(predict(
                        new byte[0],
                        "@/../" + folder.getFileName() + "/many-0.png",
                        "--topk",
                        "1",
                        "--results-format",
                        "csv"))
                .isZero();
        String alone = out.toString().lines().toList().get(1);
        out.getBuffer().setLength(0);
        List<String> all = List.of(
                "predict",
                shared.resolve("run").toString(),
                "@" + names,
                "--results-format",
                "csv",
                "--topk",
                "1",
                "--out",
                answers.toString());
        assertThat(run(out, err, new byte[0], all)).isEqualTo(1);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString().lines()).singleElement().asString().contains("many-70.png");
        List<String> lines = Files.readAllLines(answers);
        list.remove(70);
        assertThat(lines.stream().skip(1).map(l -> l.substring(0, l.indexOf(",1,"))))
                .containsExactlyElementsOf(list);
        assertThat(lines.get(1)).startsWith(list.getFirst());
        assertThat(lines.get(1).split(",")[2]).isEqualTo(alone.split(",")[2]);
    }

    /** Sideways by its EXIF data: obeyed it is the upright picture's answer. */
    @Test
    void exifIsObeyedUnlessToldOtherwise() throws IOException {
        Path jpeg = Path.of("..", "..", "shared", "data", "awkward");
        String named = System.getenv("RESNET4J_DATA");
        jpeg = named == null ? jpeg : Path.of(named, "awkward");
        assumeTrue(Files.isDirectory(jpeg), "SKIPPED: no pictures at " + jpeg);
        List<Path> files;
        try (Stream<Path> walk = Files.walk(jpeg)) {
            files = walk.filter(f -> f.getFileName().toString().equals("Landscape_6.jpg"))
                    .toList();
        }
        assumeFalse(files.isEmpty(), "SKIPPED: no Landscape_6.jpg");
        String file = files.getFirst().toString();
        assertThat(predict(new byte[0], file, "--topk", "10")).isZero();
        String obeyed = out.toString();
        out.getBuffer().setLength(0);
        assertThat(predict(new byte[0], file, "--topk", "10", "--exif", "ignore"))
                .isZero();
        assertThat(out.toString()).isNotEqualTo(obeyed);
    }

    /** A quantised folder answers in bytes: as evaluate does, and not as in full precision. */
    @Test
    void aQuantisedFolderIsRunInBytes() throws IOException {
        String model = folder.resolve("bytes").toString();
        assertThat(run(
                        out,
                        err,
                        new byte[0],
                        List.of(
                                "quantize",
                                shared.resolve("run/model").toString(),
                                "--data",
                                "shapes",
                                "--samples",
                                "64",
                                "--out",
                                model)))
                .as(err.toString())
                .isZero();
        Dataset set = Shapes.of(Part.TEST);
        StringBuilder labels = new StringBuilder();
        Path pictures = Files.createDirectory(folder.resolve("pictures"));
        for (int i = 0; i < 60; i++) {
            Files.write(pictures.resolve(100 + i + ".png"), ImageFile.png(set.image(i)));
            labels.append(100 + i).append(".png,").append(set.label(i)).append('\n');
        }
        Path csv = Files.writeString(folder.resolve("labels.csv"), labels);
        String usual = answers(model, pictures);
        assertThat(answers(model, pictures, "--precision", "int8")).isEqualTo(usual);
        assertThat(answers(model, pictures, "--precision", "fp32")).isNotEqualTo(usual);
        List<String> lines = usual.lines().skip(1).toList();
        long right = IntStream.range(0, 60)
                .filter(i -> lines.get(i).split(",")[2].equals("" + set.label(i)))
                .count();
        assertThat(run(
                        out,
                        err,
                        new byte[0],
                        List.of(
                                "evaluate",
                                model,
                                "--data",
                                pictures.toString(),
                                "--labels",
                                csv.toString(),
                                "--precision",
                                "int8",
                                "--json")))
                .as(err.toString())
                .isZero();
        assertThat(out.toString())
                .contains(String.format(Locale.ROOT, "\"top1\":%s", Double.parseDouble(Main.two(100.0 * right / 60))));
        assertThat(predict(new byte[0], "@/a.png", "--precision", "int8")).isEqualTo(3);
        assertThat(err.toString()).contains("int8 needs the ranges of a calibration");
    }

    private String answers(String model, Path pictures, String... more) {
        List<String> all = new ArrayList<>(List.of("predict", model, pictures.toString()));
        all.addAll(List.of("--results-format", "csv", "--topk", "1"));
        all.addAll(List.of(more));
        out.getBuffer().setLength(0);
        assertThat(run(out, err, new byte[0], all)).as(err.toString()).isZero();
        String answers = out.toString();
        out.getBuffer().setLength(0);
        return answers;
    }
}
