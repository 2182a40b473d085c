package org.resnet4j.infer;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.augment.Normalization;
import org.resnet4j.weights.WeightsException;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.NetworkSpec;

/** Configurations that ask for too much or say nonsense: one sentence with the file's name, before anything is built. */
final class HostileConfigTest {
    private static final NetworkSpec SPEC = Models.byName("cifar_resnet8");

    @TempDir
    private Path folder;

    @BeforeEach
    void write() throws IOException {
        new ModelConfig(SPEC, ModelConfig.unnamed(SPEC.classes()), Preprocessing.whole(SPEC, Normalization.CIFAR10))
                .write(folder);
        read();
    }

    private void read() throws IOException {
        ModelConfig.read(folder, () -> {
            throw new IllegalArgumentException("not asked for");
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"depths\":[1,1,1] | \"depths\":[65536,65536,65536] | 8192",
                "\"crop_pct\":1.0 | \"crop_pct\":1e-300 | crop_pct",
                "\"interpolation\":\"bilinear\" | \"interpolation\":\"random\" | bicubic",
            })
    void valuesOutOfRange(String was, String becomes, String said) throws IOException {
        Path file = folder.resolve(ModelConfig.FILE);
        String text = Files.readString(file);
        String changed = text.replaceAll("\\s*:\\s*", ":").replace(was.replaceAll("\\s", ""), becomes);
        if (changed.equals(text.replaceAll("\\s*:\\s*", ":"))) {
            throw new IllegalStateException(was + " is not in " + text);
        }
        Files.writeString(file, changed);
        assertThatThrownBy(this::read)
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining(ModelConfig.FILE)
                .hasMessageContaining(said);
    }

    @Test
    void aHugeFile() throws IOException {
        try (RandomAccessFile file =
                new RandomAccessFile(folder.resolve(ModelConfig.FILE).toFile(), "rw")) {
            file.setLength(3L << 30);
        }
        assertThatThrownBy(this::read).isInstanceOf(WeightsException.class).hasMessageContaining("at most");
    }

    @Test
    void noText() throws IOException {
        Files.write(folder.resolve(ModelConfig.FILE), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertThatThrownBy(this::read).isInstanceOf(WeightsException.class).hasMessageContaining("UTF-8");
    }
}
