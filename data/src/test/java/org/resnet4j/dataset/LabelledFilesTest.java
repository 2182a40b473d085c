package org.resnet4j.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImageFile;
import org.resnet4j.image.ReadOptions;

class LabelledFilesTest {
    @TempDir
    Path folder;

    private void picture(String name, int red) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.resolveSibling(""));
        Files.write(file, ImageFile.png(new Image(1, 1, new byte[] {(byte) red, 0, 0})));
    }

    @Test
    void namesBeginWithWordNetIds() throws IOException {
        picture("n02102040_7.png", 1);
        picture("n01440764_tench.png", 2);
        Dataset set = Datasets.open(folder.toString(), Part.TEST);
        assertThat(set.classNames()).containsExactly("n01440764", "n02102040");
        assertThat(set.label(0)).isZero();
        assertThat(set.image(1).at(0, 0, 0)).isEqualTo(1);
        picture("photo.png", 3);
        assertThatThrownBy(() -> Datasets.open(folder.toString(), Part.TEST))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("--labels");
    }

    @Test
    void aListSaysClasses() throws IOException {
        picture("p/1.png", 1);
        picture("2, too.png", 2);
        Path list = Files.writeString(folder.resolve("l.csv"), "filename,label\np/1.png,dog\n\n\"2, too.png\",cat\n");
        FolderOptions options = new FolderOptions(ClassOrder.CODE_POINT, ReadOptions.DEFAULT, list);
        Dataset set = Datasets.open(folder.toString(), Part.TEST, options);
        assertThat(set.classNames()).containsExactly("cat", "dog");
        assertThat(set.size()).isEqualTo(2);
        assertThat(set.label(0)).isEqualTo(1);
        assertThat(set.image(1).at(0, 0, 0)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.png", "1.png,", "../x.png,a", "none.png,a", "1.png,a\n1.png,b", "filename,label"})
    void aListThatCannotBeRightIsRefused(String text) throws IOException {
        picture("1.png", 1);
        Path list = Files.writeString(folder.resolve("l.csv"), text);
        assertThatThrownBy(() -> LabelledFiles.open(folder, list, ReadOptions.DEFAULT))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("l.csv");
    }

    @Test
    void naturalOrderIsTimms() throws IOException {
        assertThat(Stream.of("b", "class10", "Class2", "12a", "3", "", "a1b2").sorted(ClassOrder.NATURAL))
                .containsExactly("", "3", "12a", "a1b2", "b", "Class2", "class10");
        assertThat(Stream.of("b", "class10", "Class2", "3").sorted(ClassOrder.CODE_POINT))
                .containsExactly("3", "Class2", "b", "class10");
        for (String c : new String[] {"c10", "c9"}) {
            picture(c + "/1.png", 1);
        }
        assertThat(ImageFolder.open(folder, ReadOptions.DEFAULT, ClassOrder.NATURAL)
                        .classNames())
                .containsExactly("c9", "c10");
        assertThat(ImageFolder.open(folder).classNames()).containsExactly("c10", "c9");
    }
}
