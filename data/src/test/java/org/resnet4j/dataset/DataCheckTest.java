package org.resnet4j.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImageFile;

/** A check finds what was put there, counts it, and finds nothing where nothing is. */
final class DataCheckTest {
    @TempDir
    Path folder;

    /** Two classes with two pictures each to train on and one each to test with, all different. */
    @BeforeEach
    void wellKeptFolder() throws IOException {
        int colour = 0;
        for (String file : new String[] {
            "train/cat/1.png", "train/cat/2.png", "train/dog/1.png", "train/dog/2.png", "val/cat/3.png", "val/dog/3.png"
        }) {
            put(file, picture(++colour));
        }
    }

    private static byte[] picture(int colour) {
        byte[] rgb = new byte[4 * 4 * 3];
        Arrays.fill(rgb, (byte) colour);
        return ImageFile.png(new Image(4, 4, rgb));
    }

    private Path put(String file, byte[] bytes) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.resolveSibling(""));
        return Files.write(path, bytes);
    }

    private DataCheck check() throws IOException {
        return DataCheck.of(Datasets.open(folder.toString(), Part.TRAIN), Datasets.open(folder.toString(), Part.TEST));
    }

    @Test
    void nothingWhereAllIsWell() throws IOException {
        assertThat(check().findings()).isZero();
        assertThat(check().lines())
                .contains("no damaged sample, no duplicate, no leak")
                .contains("  sizes {4x4=4}");
    }

    @Test
    void aDamagedFileByName() throws IOException {
        byte[] whole = picture(1);
        Path cut = put("train/dog/1.png", Arrays.copyOf(whole, whole.length / 2));
        put("train/dog/0.jpg", new byte[0]);
        DataCheck check = check();
        assertThat(check.findings()).isEqualTo(2);
        assertThat(check.lines())
                .contains("  damaged: 2")
                .anyMatch(l -> l.contains(cut.toString()))
                .anyMatch(l -> l.contains("0.jpg"))
                .noneMatch(l -> l.contains("no damaged sample"));
    }

    @Test
    void aCopyWithinAPartAndALeakBetweenThem() throws IOException {
        put("train/cat/9.png", picture(1));
        put("val/dog/9.png", picture(4));
        DataCheck check = check();
        assertThat(check.findings()).isEqualTo(2);
        assertThat(check.lines())
                .contains("    training sample 2 is training sample 0")
                .contains("    test sample 2 is training sample 4: a leak between the parts");
    }

    @Test
    void aClassWithoutSamplesAndPartsWithOtherClasses() throws IOException {
        Files.createDirectories(folder.resolve("val/emu"));
        DataCheck check = check();
        assertThat(check.findings()).isEqualTo(2);
        assertThat(check.lines())
                .contains("  class emu has no sample")
                .contains("the classes of the parts differ: [cat, dog] and [cat, dog, emu]");
    }
}
