package org.resnet4j.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImageFile;

/** Each class gives its share, the seed decides which, and what was written down is what is read. */
final class SplitTest {
    @TempDir
    Path folder;

    @BeforeEach
    void threeClasses() throws IOException {
        put("ant", 10);
        put("bee, black", 5);
        put("cow", 1);
    }

    private void put(String name, int count) throws IOException {
        Path files = Files.createDirectories(folder.resolve(name));
        byte[] png = ImageFile.png(new Image(1, 1, new byte[3]));
        for (int i = 0; i < count; i++) {
            Files.write(files.resolve(i + ".png"), png);
        }
    }

    private static Set<String> files(Dataset part) {
        Set<String> files = new TreeSet<>();
        IntStream.range(0, part.size())
                .forEach(i -> files.add(part.file(i).orElseThrow().toString()));
        return files;
    }

    private static List<Long> perClass(Dataset part) {
        return IntStream.range(0, part.classNames().size())
                .mapToObj(c -> IntStream.range(0, part.size())
                        .filter(i -> part.label(i) == c)
                        .count())
                .toList();
    }

    @Test
    void everyClassGivesItsShareButNeverAll() throws IOException {
        Dataset all = ImageFolder.open(folder);
        Split split = Split.of(all, 0.2, 1);
        assertThat(perClass(split.evaluation())).containsExactly(2L, 1L, 0L);
        assertThat(perClass(split.train())).containsExactly(8L, 4L, 1L);
        assertThat(files(split.train())).doesNotContainAnyElementsOf(files(split.evaluation()));
        assertThat(perClass(Split.of(all, 0.99, 1).train())).containsExactly(1L, 1L, 1L);
        assertThat(perClass(Split.of(all, 0.001, 1).evaluation())).containsExactly(1L, 1L, 0L);
    }

    @Test
    void theSeedDecidesAndAnotherClassDoesNotMatter() throws IOException {
        Split split = Split.of(ImageFolder.open(folder), 0.3, 1);
        assertThat(files(Split.of(ImageFolder.open(folder), 0.3, 1).evaluation()))
                .isEqualTo(files(split.evaluation()));
        assertThat(files(Split.of(ImageFolder.open(folder), 0.3, 2).evaluation()))
                .isNotEqualTo(files(split.evaluation()));
        put("aardvark", 4);
        assertThat(files(Split.of(ImageFolder.open(folder), 0.3, 1).evaluation()))
                .containsAll(files(split.evaluation()));
    }

    @Test
    void whatWasWrittenIsReadWhateverWasAdded() throws IOException {
        Split split = Split.of(ImageFolder.open(folder), 0.3, 1);
        Path csv = Files.writeString(folder.resolve("split.csv"), split.toCsv(folder));
        assertThat(Files.readString(csv))
                .startsWith("file,class,part\n")
                .contains("\"bee, black/0.png\",\"bee, black\",");
        Files.copy(folder.resolve("ant/0.png"), folder.resolve("ant/later.png"));
        Split read = Split.read(csv, folder, ImageFolder.open(folder));
        assertThat(files(read.train())).isEqualTo(files(split.train()));
        assertThat(files(read.evaluation())).isEqualTo(files(split.evaluation()));
        // The part that was held back, for an evaluation that knows only of files and classes.
        FolderOptions listed = new FolderOptions(ClassOrder.CODE_POINT, FolderOptions.DEFAULT.reading(), csv);
        assertThat(files(Datasets.open(folder.toString(), Part.TEST, listed))).isEqualTo(files(split.evaluation()));
        assertThat(files(Datasets.open(folder.toString(), Part.TRAIN, listed))).isEqualTo(files(split.train()));
        assertThat(Datasets.parts(folder.toString(), listed).values())
                .extracting(Dataset::size)
                .containsExactly(16);
    }

    @Test
    void aFileThatIsGoneAndALineThatIsNone() throws IOException {
        Split split = Split.of(ImageFolder.open(folder), 0.3, 1);
        Path csv = Files.writeString(folder.resolve("split.csv"), split.toCsv(folder));
        Files.delete(folder.resolve("ant/3.png"));
        assertThatThrownBy(() -> Split.read(csv, folder, ImageFolder.open(folder)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("ant/3.png of class ant is not in");
        Files.writeString(csv, "file,class,part\nant/1.png,ant,both\n");
        assertThatThrownBy(() -> Split.read(csv, folder, ImageFolder.open(folder)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("line 2")
                .hasMessageContaining("train or val");
    }

    @Test
    void nothingToHoldBackAndSharesOutOfRange() throws IOException {
        Path lonely = Files.createDirectories(folder.resolve("lonely"));
        Files.createDirectories(lonely.resolve("one"));
        Files.copy(folder.resolve("ant/0.png"), lonely.resolve("one/0.png"));
        assertThatThrownBy(() -> Split.of(ImageFolder.open(lonely), 0.2, 1))
                .hasMessageContaining("no class has two pictures");
        for (double share : new double[] {0, 1, -1, Double.NaN}) {
            assertThatThrownBy(() -> Split.of(ImageFolder.open(folder), share, 1))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
