package org.resnet4j.datacheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.datacheck.Finding.Kind;
import org.resnet4j.dataset.Datasets;
import org.resnet4j.dataset.FolderOptions;
import org.resnet4j.image.Filter;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImageFile;
import org.resnet4j.image.Resize;
import org.resnet4j.random.Rng;

/** A check finds what was put there, counts it, and finds nothing where nothing is. */
final class DataCheckTest {
    @TempDir
    Path folder;

    /** Two classes with two pictures each to train on and one each to test with, all different. */
    @BeforeEach
    void wellKeptFolder() throws IOException {
        int number = 0;
        for (String file : new String[] {
            "train/cat/1.png", "train/cat/2.png", "train/dog/1.png", "train/dog/2.png", "val/cat/3.png", "val/dog/3.png"
        }) {
            put(file, ImageFile.png(picture(++number, 40, 30)));
        }
    }

    /** Smooth spots: a picture that keeps its look when it is resized. */
    private static Image picture(int number, int width, int height) {
        Rng rng = Rng.of(number);
        double[] spots = new double[24];
        for (int i = 0; i < spots.length; i++) {
            spots[i] = rng.nextDouble();
        }
        byte[] rgb = new byte[3 * width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double light = 0.1;
                for (int s = 0; s < spots.length; s += 3) {
                    double dx = (double) x / width - spots[s];
                    double dy = (double) y / height - spots[s + 1];
                    light += spots[s + 2] * Math.exp(-30 * (dx * dx + dy * dy));
                }
                Arrays.fill(rgb, 3 * (y * width + x), 3 * (y * width + x) + 3, (byte) Math.min(255, 150 * light));
            }
        }
        return new Image(width, height, rgb);
    }

    private Path put(String file, byte[] bytes) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.resolveSibling(""));
        return Files.write(path, bytes);
    }

    private DataCheck check() throws IOException {
        return check(2, 0);
    }

    private DataCheck check(int workers, int inputSize) throws IOException {
        return DataCheck.of(
                Datasets.parts(folder.toString(), FolderOptions.DEFAULT),
                new DataCheck.Options(workers, inputSize),
                (_, _) -> {});
    }

    private static List<String> places(Finding finding) {
        return finding.places().stream()
                .map(p -> p.part() + "/" + p.className() + "/"
                        + p.file().orElseThrow().getFileName())
                .toList();
    }

    @Test
    void nothingWhereAllIsWell() throws IOException {
        DataCheck check = check(1, 30);
        assertThat(check.findings()).isEmpty();
        assertThat(check.parts()).extracting(DataCheck.Part::samples).containsExactly(4, 2);
        assertThat(check.parts().getFirst().perClass()).isEqualTo(Map.of("cat", 2, "dog", 2));
        assertThat(check.parts().getFirst().sizes()).isEqualTo(Map.of("40x30", 4));
    }

    @Test
    void aDamagedFileByName() throws IOException {
        byte[] whole = ImageFile.png(picture(1, 40, 30));
        Path cut = put("train/dog/1.png", Arrays.copyOf(whole, whole.length / 2));
        put("train/dog/0.jpg", new byte[0]);
        put("train/dog/9.jpg", "<html>no such picture</html>".getBytes(StandardCharsets.UTF_8));
        DataCheck check = check();
        assertThat(check.counts()).isEqualTo(Map.of(Kind.UNREADABLE, 3));
        assertThat(check.findings())
                .extracting(Finding::detail)
                .anyMatch(d -> d.contains("empty file"))
                .anyMatch(d -> d.contains(cut.toString()))
                .anyMatch(d -> d.contains("HTML"));
    }

    @Test
    void copiesAndLeaksByBytesAndByPixels() throws IOException {
        byte[] first = ImageFile.png(picture(1, 40, 30));
        put("train/cat/9.png", first);
        put("val/dog/9.png", ImageFile.png(picture(4, 40, 30)));
        put("train/dog/8.png", ImageFile.png(picture(7, 40, 30)));
        put("train/cat/8.bmp", bmp(picture(7, 40, 30))); // the same pixels in another format
        DataCheck check = check();
        assertThat(check.counts()).isEqualTo(Map.of(Kind.LEAK, 1, Kind.CONFLICT, 1, Kind.DUPLICATE, 1));
        assertThat(check.findings().get(0)).satisfies(f -> {
            assertThat(places(f)).containsExactly("train/dog/2.png", "val/dog/9.png");
            assertThat(f.detail()).isEqualTo("2 of the same bytes");
        });
        assertThat(check.findings().get(1)).satisfies(f -> {
            assertThat(places(f)).containsExactly("train/cat/8.bmp", "train/dog/8.png");
            assertThat(f.detail()).isEqualTo("2 of the same pixels, in classes [cat, dog]");
        });
        assertThat(places(check.findings().get(2))).containsExactly("train/cat/1.png", "train/cat/9.png");
    }

    @Test
    void picturesThatLookAlike() throws IOException {
        put("val/cat/8.jpg", jpeg(picture(1, 40, 30), BufferedImage.TYPE_3BYTE_BGR));
        put("train/dog/8.png", ImageFile.png(Resize.resize(picture(3, 40, 30), 80, 60, Filter.BICUBIC)));
        DataCheck check = check();
        assertThat(check.counts()).isEqualTo(Map.of(Kind.NEAR_LEAK, 1, Kind.NEAR_DUPLICATE, 1));
        assertThat(places(check.findings().get(0))).containsExactly("train/cat/1.png", "val/cat/8.jpg");
        assertThat(places(check.findings().get(1))).containsExactly("train/dog/1.png", "train/dog/8.png");
    }

    /** The limits: a mirror image, a part of the picture, and pictures without contrast are no findings. */
    @Test
    void whatIsNotTakenForAlike() throws IOException {
        Image whole = picture(1, 40, 30);
        byte[] mirrored = new byte[whole.rgb().length];
        for (int y = 0; y < 30; y++) {
            for (int x = 0; x < 40; x++) {
                System.arraycopy(whole.rgb(), (y * 40 + x) * 3, mirrored, (y * 40 + 39 - x) * 3, 3);
            }
        }
        put("train/cat/7.png", ImageFile.png(new Image(40, 30, mirrored)));
        put("train/cat/8.png", ImageFile.png(whole.crop(12, 8, 24, 18)));
        for (int level = 100; level < 103; level++) {
            byte[] flat = new byte[3 * 40 * 30];
            Arrays.fill(flat, (byte) level);
            put("train/dog/flat" + level + ".png", ImageFile.png(new Image(40, 30, flat)));
        }
        assertThat(check().findings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "grey.jpg, 10, grey",
        "grey16.png, 11, '16-bit, grey'",
        "alpha.png, 6, alpha",
        "palette.png, 13, palette",
        "palette.gif, 13, palette"
    })
    void coloursThatAreNotRgb(String name, int type, String traits) throws IOException {
        BufferedImage picture = new BufferedImage(16, 16, type);
        picture.setRGB(3, 3, 0xff_80_c0_40);
        put("train/cat/" + name, encoded(picture, name.substring(name.indexOf('.') + 1)));
        DataCheck check = check();
        assertThat(check.counts()).isEqualTo(Map.of(Kind.COLOURS, 1));
        assertThat(Set.of(check.findings().getFirst().detail().split(", "))).isEqualTo(Set.of(traits.split(", ")));
    }

    @Test
    void picturesSmallerThanTheNetworksInput() throws IOException {
        put("val/dog/8.png", ImageFile.png(picture(9, 64, 29)));
        DataCheck check = check(2, 30);
        assertThat(check.counts()).isEqualTo(Map.of(Kind.SMALL, 1));
        assertThat(check.findings().getFirst().detail()).isEqualTo("64x29");
        assertThat(check(2, 0).findings()).isEmpty();
        assertThat(check(2, 31).counts()).isEqualTo(Map.of(Kind.SMALL, 7));
    }

    @Test
    void aClassWithoutSamplesAndPartsWithOtherClasses() throws IOException {
        Files.createDirectories(folder.resolve("val/emu"));
        put("train/Dog/1.png", ImageFile.png(picture(20, 40, 30)));
        DataCheck check = check();
        assertThat(check.counts()).isEqualTo(Map.of(Kind.EMPTY_CLASS, 1, Kind.MISSING_CLASS, 2, Kind.SIMILAR_NAMES, 1));
        assertThat(check.findings())
                .extracting(Finding::detail)
                .containsExactly(
                        "class emu has no sample in val",
                        "class emu is not in train",
                        "class Dog is not in val",
                        "Dog, dog");
    }

    @Test
    void classesOfVeryDifferentSizes() throws IOException {
        for (int i = 0; i < 8; i++) {
            put("train/cat/more" + i + ".png", ImageFile.png(picture(30 + i, 40, 30)));
        }
        DataCheck check = check();
        assertThat(check.counts()).isEqualTo(Map.of(Kind.IMBALANCE, 1));
        assertThat(check.findings().getFirst().detail())
                .isEqualTo("train: 2 samples of dog, 10 of cat, 5.0 times as many");
    }

    @Test
    void filesThatTrainingDoesNotSee() throws IOException {
        put("train/readme.txt", new byte[3]);
        put("train/cat/Thumbs.db", new byte[3]);
        put("train/cat/.hidden.png", ImageFile.png(picture(40, 40, 30)));
        put("train/dog/deeper/4.png", ImageFile.png(picture(41, 40, 30)));
        put("train/dog/5.png", jpeg(picture(42, 40, 30), BufferedImage.TYPE_3BYTE_BGR));
        Files.createSymbolicLink(folder.resolve("val/cat/link.png"), folder.resolve("nowhere.png"));
        DataCheck check = check();
        assertThat(check.counts()).isEqualTo(Map.of(Kind.UNUSUAL_FILE, 6));
        assertThat(check.findings())
                .extracting(f -> f.detail().replace(folder + "/", ""))
                .containsExactlyInAnyOrder(
                        "train/dog/5.png holds a JPEG picture",
                        "train/cat/.hidden.png is a hidden file, and a picture to training",
                        "train/cat/Thumbs.db is no picture by its name",
                        "train/dog/deeper is a folder inside of a class; what is in it belongs to the class",
                        "train/readme.txt is no picture by its name",
                        "val/cat/link.png is a symbolic link to nothing");
    }

    /** The same findings whatever the number of threads; progress counts to the end. */
    @Test
    void threadsHaveNoInfluence() throws IOException {
        for (int i = 0; i < 40; i++) {
            put("train/cat/x" + i + ".png", ImageFile.png(picture(50 + i % 30, 40, 30)));
        }
        List<Integer> seen = new ArrayList<>();
        DataCheck four = DataCheck.of(
                Datasets.parts(folder.toString(), FolderOptions.DEFAULT), new DataCheck.Options(4, 0), (done, all) -> {
                    assertThat(all).isEqualTo(46);
                    seen.add(done);
                });
        assertThat(seen).hasSize(46).isSorted().endsWith(46);
        assertThat(four).isEqualTo(check(1, 0));
        assertThat(four.counts()).containsEntry(Kind.DUPLICATE, 10);
        assertThat(four.without(Set.of(Kind.DUPLICATE)).counts()).doesNotContainKey(Kind.DUPLICATE);
    }

    /** Class folders that are not divided are one part, and no leak into themselves. */
    @Test
    void aFolderWithoutParts() throws IOException {
        Path undivided = folder.resolve("train");
        DataCheck check = DataCheck.of(
                Datasets.parts(undivided.toString(), FolderOptions.DEFAULT), new DataCheck.Options(1, 0), (_, _) -> {});
        assertThat(check.parts()).extracting(DataCheck.Part::name).containsExactly("all");
        assertThat(check.findings()).isEmpty();
    }

    @Test
    void recordsOfCifar() throws IOException {
        byte[] train = new byte[20 * 3073];
        Rng rng = Rng.of(3);
        for (int i = 0; i < train.length; i++) {
            train[i] = (byte) (i % 3073 == 0 ? i / 3073 % 10 : rng.nextInt(256));
        }
        byte[] test = Arrays.copyOfRange(train, 3 * 3073, 13 * 3073);
        for (int i = 3073; i < test.length; i++) {
            test[i] = (byte) (i % 3073 == 0 ? i / 3073 % 10 : rng.nextInt(256));
        }
        put("cifar/data_batch_1.bin", train);
        put("cifar/test_batch.bin", test);
        DataCheck check = DataCheck.of(
                Datasets.parts(folder.resolve("cifar").toString(), FolderOptions.DEFAULT),
                new DataCheck.Options(2, 0),
                (_, _) -> {});
        assertThat(check.counts()).containsEntry(Kind.LEAK, 1);
        assertThat(check.findings().getFirst().places())
                .extracting(Object::toString)
                .containsExactly("train sample 3", "val sample 0");
    }

    @Test
    void optionsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new DataCheck.Options(0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new DataCheck.Options(1, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    private static byte[] bmp(Image image) throws IOException {
        return encoded(buffered(image, BufferedImage.TYPE_3BYTE_BGR), "bmp");
    }

    private static byte[] jpeg(Image image, int type) throws IOException {
        return encoded(buffered(image, type), "jpg");
    }

    private static byte[] encoded(BufferedImage picture, String format) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(ImageIO.write(picture, format, out)).isTrue();
        return out.toByteArray();
    }

    private static BufferedImage buffered(Image image, int type) {
        BufferedImage picture = new BufferedImage(image.width(), image.height(), type);
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++) {
                picture.setRGB(x, y, image.at(x, y, 0) << 16 | image.at(x, y, 1) << 8 | image.at(x, y, 2));
            }
        }
        return picture;
    }
}
