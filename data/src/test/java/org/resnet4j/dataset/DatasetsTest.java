package org.resnet4j.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImageFile;

/** Every layout is found and read; ARC-13 and ARC-14 are refused with one message. */
final class DatasetsTest {
    @TempDir
    Path folder;

    private static byte[] cifar(int records) {
        byte[] bytes = new byte[records * 3073];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i % 3073 == 0 ? i / 3073 % 10 : i);
        }
        return bytes;
    }

    private Dataset open(Part part) throws IOException {
        return Datasets.open(folder.toString(), part);
    }

    @Test
    void cifar10InAnySubsetOfBatches() throws IOException {
        Files.write(folder.resolve("data_batch_2.bin"), cifar(7));
        Files.write(folder.resolve("data_batch_4.bin"), cifar(7));
        Files.write(folder.resolve("test_batch.bin"), cifar(3));
        Dataset train = open(Part.TRAIN);
        assertThat(train.size()).isEqualTo(14);
        assertThat(train.description()).contains("without data_batch_1.bin, data_batch_3.bin, data_batch_5.bin");
        assertThat(train.label(9)).isEqualTo(2);
        // Byte 3073 * 2 + 1 + plane * 1024 + pixel of the file, whose bytes count up.
        assertThat(train.image(9).at(5, 1, 2)).isEqualTo((2 * 3073 + 1 + 2 * 1024 + 32 + 5) & 0xff);
        assertThat(open(Part.TEST).size()).isEqualTo(3);
        assertThat(train.classNames()).hasSize(10).contains("frog");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3072, 3074, 6145})
    void cifarOfAnotherLength(int length) throws IOException {
        Files.write(folder.resolve("data_batch_1.bin"), new byte[length]);
        assertThatThrownBy(() -> open(Part.TRAIN))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("data_batch_1.bin")
                .hasMessageContaining("3073");
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 255})
    void cifarLabelOutOfRange(int label) throws IOException {
        byte[] bytes = cifar(3);
        bytes[3073] = (byte) label;
        Files.write(folder.resolve("data_batch_1.bin"), bytes);
        assertThatThrownBy(() -> open(Part.TRAIN))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("record 1 has label " + label);
    }

    private static byte[] idx(int magic, byte[] content, int... dims) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (DataOutputStream data = new DataOutputStream(out)) {
            data.writeInt(magic);
            for (int d : dims) {
                data.writeInt(d);
            }
            data.write(content);
        }
        return out.toByteArray();
    }

    private void gz(String name, byte[] bytes) throws IOException {
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(folder.resolve(name)))) {
            out.write(bytes);
        }
    }

    @Test
    void idxPlainAndGzipped() throws IOException {
        byte[] pixels = new byte[2 * 4 * 5];
        Arrays.fill(pixels, 20, 40, (byte) 200);
        gz("train-images-idx3-ubyte.gz", idx(0x803, pixels, 2, 4, 5));
        Files.write(folder.resolve("train-labels-idx1-ubyte"), idx(0x801, new byte[] {3, 9}, 2));
        Dataset train = open(Part.TRAIN);
        assertThat(train.image(1)).hasToString("5x4 pixels");
        assertThat(train.image(1).at(4, 3, 1)).isEqualTo(200);
        assertThat(train.label(1)).isEqualTo(9);
    }

    @ParameterizedTest
    @CsvSource({"2050, 2, 4, 40", "2051, -1, 4, 40", "2051, 2000000000, 4, 40", "2051, 2, 4, 39", "2051, 2, 4, 41"})
    void idxDamaged(int magic, int n, int side, int bytes) throws IOException {
        gz("train-images-idx3-ubyte.gz", idx(magic, new byte[bytes], n, side, 5));
        Files.write(folder.resolve("train-labels-idx1-ubyte"), idx(0x801, new byte[2], 2));
        assertThatThrownBy(() -> open(Part.TRAIN))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("train-images");
    }

    @Test
    void idxCutInsideItsGzipStream() throws IOException {
        gz("whole.gz", idx(0x803, new byte[4000], 2, 40, 50));
        byte[] whole = Files.readAllBytes(folder.resolve("whole.gz"));
        Files.write(folder.resolve("train-images-idx3-ubyte.gz"), Arrays.copyOf(whole, whole.length / 2));
        Files.write(folder.resolve("train-labels-idx1-ubyte"), idx(0x801, new byte[2], 2));
        assertThatThrownBy(() -> open(Part.TRAIN))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("cut short");
    }

    @Test
    void classFoldersInCodePointOrder() throws IOException {
        for (String c : List.of("10", "2", "a b", "Z")) {
            Path dir = Files.createDirectories(folder.resolve("train").resolve(c));
            Files.write(dir.resolve("x.PNG"), ImageFile.png(new Image(3, 2, new byte[18])));
            Files.writeString(dir.resolve("notes.txt"), "not a picture");
        }
        Dataset train = open(Part.TRAIN);
        assertThat(train.classNames()).containsExactly("10", "2", "Z", "a b");
        assertThat(train.size()).isEqualTo(4);
        assertThat(train.image(2)).isEqualTo(new Image(3, 2, new byte[18]));
    }

    /** Torchvision's order: by code point, where UTF-16 has the emoji before the wide A; folder by folder, not by whole path. */
    @Test
    void classesAndFilesInPythonsOrder() throws IOException {
        byte[] png = ImageFile.png(new Image(1, 1, new byte[3]));
        List<String> classes = List.of("B", "a", "\u00e9", "\uff21", "\ud83d\ude00");
        for (String c : classes) {
            Files.write(Files.createDirectories(folder.resolve(c)).resolve("x.png"), png);
        }
        for (String f : List.of("z.png", "\uff21.png", "\ud83d\ude00.png", "a/y.png", "a/b/c.png", "a-/w.png")) {
            Path file = folder.resolve("B").resolve(f);
            Files.createDirectories(file.resolveSibling(""));
            Files.write(file, png);
        }
        ImageFolder train = (ImageFolder) open(Part.TRAIN);
        assertThat(train.classNames()).isEqualTo(classes);
        Path b = folder.resolve("B");
        assertThat(IntStream.range(0, 7)
                        .mapToObj(i -> b.relativize(train.file(i).orElseThrow()).toString()))
                .containsExactly(
                        "x.png", "z.png", "\uff21.png", "\ud83d\ude00.png", "a/y.png", "a-/w.png", "a/b/c.png");
        assertThat(IntStream.range(0, 11).map(train::label)).containsExactly(0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4);
    }

    private static byte[] cifar100(int records) {
        byte[] bytes = new byte[records * 3074];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i % 3074 == 0 ? 19 : i % 3074 == 1 ? i / 3074 : i);
        }
        return bytes;
    }

    private void hundredNames() throws IOException {
        Files.write(
                folder.resolve("fine_label_names.txt"),
                IntStream.range(0, 100).mapToObj(i -> "class" + i).toList());
    }

    @Test
    void cifar100ByItsFineLabel() throws IOException {
        Path inner = Files.createDirectory(folder.resolve("cifar-100-binary"));
        hundredNames();
        Files.move(folder.resolve("fine_label_names.txt"), inner.resolve("fine_label_names.txt"));
        Files.write(inner.resolve("train.bin"), cifar100(100));
        Files.write(inner.resolve("test.bin"), cifar100(4));
        Dataset train = open(Part.TRAIN);
        assertThat(train.size()).isEqualTo(100);
        assertThat(train.description()).contains("CIFAR-100 training set");
        assertThat(train.classNames()).hasSize(100).endsWith("class99");
        assertThat(train.label(0)).isZero(); // where the coarse label is 19 throughout
        assertThat(train.label(99)).isEqualTo(99);
        assertThat(train.image(7).at(5, 1, 2)).isEqualTo((7 * 3074 + 2 + 2 * 1024 + 32 + 5) & 0xff);
        assertThat(open(Part.TEST).size()).isEqualTo(4);
    }

    @Test
    void cifar100WithoutWhatItNeeds() throws IOException {
        hundredNames();
        byte[] bytes = cifar100(3);
        Files.write(folder.resolve("train.bin"), Arrays.copyOf(bytes, bytes.length - 1));
        assertThatThrownBy(() -> open(Part.TRAIN))
                .hasMessageContaining("train.bin")
                .hasMessageContaining("3074");
        bytes[3074 + 1] = 100;
        Files.write(folder.resolve("train.bin"), bytes);
        assertThatThrownBy(() -> open(Part.TRAIN)).hasMessageContaining("record 1 has label 100");
        Files.write(folder.resolve("train.bin"), cifar100(3));
        assertThatThrownBy(() -> open(Part.TEST))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("test.bin");
        Files.write(folder.resolve("fine_label_names.txt"), List.of("one", "two"));
        assertThatThrownBy(() -> open(Part.TRAIN))
                .hasMessageContaining("100 class names")
                .hasMessageContaining("2");
    }

    @Test
    void cifar10WithoutItsTestBatch() throws IOException {
        Files.write(folder.resolve("data_batch_1.bin"), cifar(1));
        assertThatThrownBy(() -> open(Part.TEST))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("test_batch.bin");
    }

    @Test
    void batchesOfDifferentLengths() throws IOException {
        Files.write(folder.resolve("data_batch_1.bin"), cifar(3));
        Files.write(folder.resolve("data_batch_2.bin"), cifar(2));
        assertThatThrownBy(() -> open(Part.TRAIN))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("data_batch_2.bin")
                .hasMessageContaining("found 2");
    }

    @Test
    void idxLabelsOfAnotherCountOrKind() throws IOException {
        gz("train-images-idx3-ubyte.gz", idx(0x803, new byte[40], 2, 4, 5));
        Path labels = folder.resolve("train-labels-idx1-ubyte");
        Files.write(labels, idx(0x801, new byte[3], 3));
        assertThatThrownBy(() -> open(Part.TRAIN)).hasMessageContaining("2 labels are expected");
        Files.write(labels, idx(0x803, new byte[2], 2));
        assertThatThrownBy(() -> open(Part.TRAIN))
                .hasMessageContaining("00000801")
                .hasMessageContaining("00000803");
        Files.write(labels, new byte[] {0, 0, 8});
        assertThatThrownBy(() -> open(Part.TRAIN))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("cut short");
        Files.delete(labels);
        gz("train-labels-idx1-ubyte.gz", idx(0x801, new byte[2], 2));
        assertThat(open(Part.TRAIN).size()).isEqualTo(2);
    }

    /** A header that promises 10,000,000 pictures of 4096 x 4096 is refused before anything is allocated for them. */
    @Test
    void idxThatPromisesTooMuch() throws IOException {
        gz("train-images-idx3-ubyte.gz", idx(0x803, new byte[64], 10_000_000, 4096, 4096));
        Files.write(folder.resolve("train-labels-idx1-ubyte"), idx(0x801, new byte[2], 2));
        assertThatThrownBy(() -> open(Part.TRAIN))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("2 GiB")
                .hasMessageContaining("167772160000000");
    }

    @Test
    void whatOnlyCallsItselfGzip() throws IOException {
        Files.write(folder.resolve("train-images-idx3-ubyte.gz"), idx(0x803, new byte[40], 2, 4, 5));
        Files.write(folder.resolve("train-labels-idx1-ubyte"), idx(0x801, new byte[2], 2));
        assertThatThrownBy(() -> open(Part.TRAIN))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("not a gzip file");
    }

    @Test
    void saysWhatWasLookedFor() {
        assertThatThrownBy(() -> open(Part.TRAIN))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("data_batch_1.bin")
                .hasMessageContaining("train/<class>");
        assertThatThrownBy(() -> Datasets.open("/no/such place", Part.TRAIN)).hasMessageContaining("no such folder");
    }

    @Test
    void splitsAreSeededAndDisjoint() {
        Dataset all = Shapes.of(Part.TRAIN);
        List<Dataset> parts = all.split(5000, 1);
        assertThat(parts.get(0).size()).isEqualTo(15_000);
        assertThat(((Subset) parts.get(0)).indices()).doesNotContain(((Subset) parts.get(1)).indices());
        assertThat(((Subset) all.split(5000, 1).get(1)).indices()).isEqualTo(((Subset) parts.get(1)).indices());
        assertThat(((Subset) all.split(5000, 2).get(1)).indices()).isNotEqualTo(((Subset) parts.get(1)).indices());
        assertThatThrownBy(() -> all.split(20_000, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
