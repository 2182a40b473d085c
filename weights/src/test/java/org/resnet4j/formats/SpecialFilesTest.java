package org.resnet4j.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.npy.Npy;
import org.resnet4j.onnx.OnnxModel;
import org.resnet4j.pickle.TorchFile;
import org.resnet4j.safetensors.Safetensors;
import org.resnet4j.tfjs.TfjsModel;
import org.resnet4j.weights.Limits;
import org.resnet4j.weights.WeightsException;

/** What has the name of a file and is none: refused, not waited for and not read without an end. */
final class SpecialFilesTest {
    @TempDir
    Path folder;

    /** A reader of one format. */
    interface Reader {
        AutoCloseable read(Path file) throws IOException;
    }

    static Stream<Map.Entry<String, Reader>> readers() {
        return Stream.of(
                Map.entry("safetensors", Safetensors::read),
                Map.entry("PyTorch", file -> TorchFile.read(file, Limits.DEFAULT)),
                Map.entry("npy", file -> Npy.read(file, Limits.DEFAULT)),
                Map.entry("tfjs", file -> TfjsModel.read(file, Limits.DEFAULT)),
                Map.entry("ONNX", OnnxModel::read),
                Map.entry("any", file -> WeightFiles.open(file, Limits.DEFAULT)));
    }

    @DisplayName("ONX-01 and the same of every format: a pipe, a device, the process's memory, a folder")
    @ParameterizedTest
    @MethodSource("readers")
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void refused(Map.Entry<String, Reader> reader) throws IOException, InterruptedException {
        Path pipe = folder.resolve("pipe");
        try {
            Process mkfifo = new ProcessBuilder("mkfifo", pipe.toString()).start();
            assertThat(mkfifo.waitFor(10, TimeUnit.SECONDS)).isTrue();
        } catch (IOException e) {
            Assumptions.abort("no mkfifo here: " + e);
        }
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("/dev/zero"));
        for (Path file : List.of(pipe, link, Path.of("/dev/zero"), folder)) {
            assertThatThrownBy(() -> reader.getValue().read(file).close())
                    .as("%s as %s", file, reader.getKey())
                    .isInstanceOf(WeightsException.class)
                    .hasMessageContaining(file.toString());
        }
        // A regular file by what the system says of it; reading it fails at once.
        assertThatThrownBy(
                        () -> reader.getValue().read(Path.of("/proc/self/mem")).close())
                .isInstanceOf(IOException.class);
    }
}
