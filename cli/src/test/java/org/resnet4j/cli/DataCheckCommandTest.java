package org.resnet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.dataset.Part;
import org.resnet4j.dataset.Shapes;
import org.resnet4j.image.ImageFile;
import org.resnet4j.json.Json;

/** The check as users see it: lines, JSON, page, exit code. */
final class DataCheckCommandTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int check(String... more) {
        out.getBuffer().setLength(0);
        String[] all = new String[3 + more.length];
        System.arraycopy(new String[] {"data", "check", folder.toString()}, 0, all, 0, 3);
        System.arraycopy(more, 0, all, 3, more.length);
        Surroundings here =
                new Surroundings(Map.of("RESNET4J_HOME", folder.resolve("home").toString()), false);
        return Main.run(here, new PrintWriter(out, true), new PrintWriter(err, true), all);
    }

    @BeforeEach
    void pictures() throws IOException {
        Dataset shapes = Shapes.of(Part.TRAIN);
        for (int i = 0; i < 8; i++) {
            String part = i < 6 ? "train" : "val";
            put(part + "/" + (i % 2 == 0 ? "a" : "b") + "/" + i + ".png", ImageFile.png(shapes.image(i)));
        }
    }

    private void put(String file, byte[] bytes) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.resolveSibling(""));
        Files.write(path, bytes);
    }

    @Test
    void nothingIsFoundWhereAllIsWell() {
        assertThat(check("--model", "cifar_resnet20")).as(err.toString()).isZero();
        assertThat(out.toString())
                .contains("train: pictures in ", "6 samples, 2 classes of 3, 32x32 pixels", "nothing was found");
    }

    @Test
    void findingsAreCountedShownAndPictured() throws IOException {
        put("train/a/0.jpg", new byte[10]);
        put("val/b/copy.png", Files.readAllBytes(folder.resolve("train/a/0.png")));
        Path page = folder.resolve("check.html");
        assertThat(check("--report", page.toString())).isEqualTo(Main.FAILED);
        assertThat(out.toString())
                .contains(
                        "cannot be read (unreadable): 1",
                        "in both parts (leak): 1",
                        "2 of the same bytes, in classes [a, b]: ")
                .containsPattern("all +2\n");
        assertThat(Files.readString(page))
                .contains("in both parts: 1", "data:image/png;base64,", "copy.png", "not a JPEG, PNG, GIF, BMP or WebP")
                .doesNotContain("src=\"http");
        assertThat(check("--json")).isEqualTo(Main.FAILED);
        Map<String, @Nullable Object> json = Json.parseObject(out.toString());
        assertThat(json).containsEntry("findings", 2L).containsEntry("counts", Map.of("unreadable", 1L, "leak", 1L));
        assertThat(check("--ignore", "leak,unreadable")).isZero();
        assertThat(check("--ignore", "leek")).isEqualTo(Main.BAD_INPUT);
        assertThat(err.toString()).contains("--ignore must be one of [unreadable, leak,");
    }

    @Test
    void picturesThatAreSmallForANetwork() {
        assertThat(check("--model", "resnet50")).isEqualTo(Main.FAILED);
        assertThat(out.toString())
                .contains(
                        "smaller than the network's input (small): 8", "32x32, the network sees 224x224", "and 3 more");
        assertThat(check("--model", "resnet51")).isEqualTo(Main.BAD_INPUT);
    }
}
