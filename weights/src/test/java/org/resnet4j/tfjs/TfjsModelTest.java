package org.resnet4j.tfjs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.weights.Limits;

/** Layers models: kernels turned, packings undone, hyper-parameters readable, hostile manifests refused. */
final class TfjsModelTest {
    private static final String TOPOLOGY = """
            "modelTopology":{"model_config":{"class_name":"Model","config":{"layers":[
              {"class_name":"Conv2D","config":{"name":"conv1","strides":[2,2]}},
              {"class_name":"BatchNormalization","config":{"name":"bn_conv1","epsilon":0.001}},
              {"class_name":"Dense","config":{"name":"fc1000","units":3}}]}}}""";

    @TempDir
    Path folder;

    private Path model(String manifest) throws IOException {
        return Files.writeString(
                folder.resolve("model.json"),
                "{\"format\":\"layers-model\"," + TOPOLOGY + ",\"weightsManifest\":" + manifest + "}");
    }

    private static String weight(String name, String shape, String more) {
        return "{\"name\":\"" + name + "\",\"shape\":" + shape + ",\"dtype\":\"float32\"" + more + "}";
    }

    private static String group(String paths, String... weights) {
        return "[{\"paths\":" + paths + ",\"weights\":[" + String.join(",", weights) + "]}]";
    }

    /** Floats 0, 1, 2, ... over two files, cut in the middle of a number. */
    private void shards(int floats) throws IOException {
        ByteBuffer b = ByteBuffer.allocate(4 * floats).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < floats; i++) {
            b.putFloat(i);
        }
        byte[] all = b.array();
        Files.write(folder.resolve("a.bin"), Arrays.copyOf(all, 7));
        Files.write(folder.resolve("b.bin"), Arrays.copyOfRange(all, 7, all.length));
    }

    @Test
    void kernelsComeOutputFirst() throws IOException {
        shards(12 + 6 + 2);
        Path file = model(group(
                "[\"a.bin\",\"b.bin\"]",
                weight("conv1/kernel", "[2,1,2,3]", ""),
                weight("fc1000/kernel", "[2,3]", ""),
                weight("bn_conv1/gamma", "[2]", "")));
        try (TfjsModel model = TfjsModel.read(file, Limits.DEFAULT)) {
            assertThat(model.weights().get("conv1/kernel").type()).isEqualTo(TensorType.f32(3, 2, 2, 1));
            // [h, w, i, o] = 6h + 3i + o, printed as [o][i][h]
            assertThat(model.weights().get("conv1/kernel").toFloats())
                    .containsExactly(0, 6, 3, 9, 1, 7, 4, 10, 2, 8, 5, 11);
            assertThat(model.weights().get("fc1000/kernel").type()).isEqualTo(TensorType.f32(3, 2));
            assertThat(model.weights().get("fc1000/kernel").toFloats()).containsExactly(12, 15, 13, 16, 14, 17);
            assertThat(model.weights().get("bn_conv1/gamma").toFloats()).containsExactly(18, 19);
            assertThat(model.weights().metadata()).containsEntry(TfjsModel.EPSILON, "0.001");
            TfjsModel.Layer conv = Objects.requireNonNull(model.layer("conv1"));
            assertThat(conv.className()).isEqualTo("Conv2D");
            assertThat(conv.config()).containsEntry("strides", List.of(2L, 2L));
            assertThat(model.layer("conv2")).isNull();
        }
    }

    @Test
    void packedNumbers() throws IOException {
        Files.write(folder.resolve("a.bin"), new byte[] {0, (byte) 200, 0x00, 0x3c, 0x10, 0x27});
        Path file = model(group(
                "[\"a.bin\"]",
                weight("a/bias", "[2]", ",\"quantization\":{\"dtype\":\"uint8\",\"scale\":0.5,\"min\":-1.0}"),
                weight("b/bias", "[1]", ",\"quantization\":{\"dtype\":\"float16\"}"),
                weight("c/bias", "[1]", ",\"quantization\":{\"dtype\":\"uint16\",\"scale\":1,\"min\":2}")));
        try (TfjsModel model = TfjsModel.read(file, Limits.DEFAULT)) {
            assertThat(model.weights().get("a/bias").toFloats()).containsExactly(-1, 99);
            assertThat(model.weights().get("b/bias").toFloats()).containsExactly(1);
            assertThat(model.weights().get("c/bias").toFloats()).containsExactly(10002);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[\"../a.bin\"]",
                "[\"/etc/passwd\"]",
                "[\"C:\\\\a.bin\"]",
                "[\"x/a.bin\"]",
                "[\"..\"]",
                "[\"https://example.org/a.bin\"]",
                "[\"%2e%2e/a.bin\"]",
                "[\"a.bin\\u0000\"]",
                "[\"\"]",
                "[1]",
                "[\"missing.bin\"]",
                "[\"folder\"]",
                "[\"link.bin\"]",
                "[]",
                "[\"a.bin\"]",
                "[\"a.bin\",\"b.bin\",\"b.bin\"]",
                "{}"
            })
    void pathsAndSizes(String paths) throws IOException {
        shards(2);
        Files.createDirectory(folder.resolve("folder"));
        Files.createSymbolicLink(folder.resolve("link.bin"), folder.resolve("b.bin"));
        Path file = model(group(paths, weight("a/bias", "[2]", "")));
        assertThatThrownBy(() -> TfjsModel.read(file, Limits.DEFAULT).close())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("model.json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[1]",
                "[{\"paths\":[\"a.bin\"]}]",
                "[{\"paths\":[\"a.bin\"],\"weights\":[{\"name\":1,\"shape\":[2],\"dtype\":\"float32\"}]}]",
                "[{\"paths\":[\"a.bin\"],\"weights\":[{\"name\":\"a\",\"shape\":[2],\"dtype\":\"string\"}]}]",
                "[{\"paths\":[\"a.bin\"],\"weights\":[{\"name\":\"a\",\"shape\":2,\"dtype\":\"float32\"}]}]",
                "[{\"paths\":[\"a.bin\"],\"weights\":[{\"name\":\"a\",\"shape\":[-1],\"dtype\":\"float32\"}]}]",
                "[{\"paths\":[\"a.bin\"],\"weights\":[{\"name\":\"a\",\"shape\":[4294967296,4294967296],\"dtype\":\"uint8\"}]}]",
                "[{\"paths\":[\"a.bin\"],\"weights\":[{\"name\":\"a\",\"shape\":[9223372036854775807],\"dtype\":\"uint8\"},"
                        + "{\"name\":\"b\",\"shape\":[9223372036854775807],\"dtype\":\"uint8\"}]}]",
                "[{\"paths\":[\"a.bin\"],\"weights\":[{\"name\":\"a\",\"shape\":[1],\"dtype\":\"float32\",\"quantization\":{\"dtype\":\"int3\"}}]}]",
                "[{\"paths\":[\"a.bin\"],\"weights\":[{\"name\":\"a\",\"shape\":[7],\"dtype\":\"float32\",\"quantization\":{\"dtype\":\"uint8\"}}]}]",
                "[{\"paths\":[\"a.bin\"],\"weights\":[{\"name\":\"a\",\"shape\":[3],\"dtype\":\"uint8\"},{\"name\":\"a\",\"shape\":[4],\"dtype\":\"uint8\"}]}]"
            })
    void hostileManifests(String manifest) throws IOException {
        shards(2);
        Path file = model(manifest);
        assertThatThrownBy(() -> TfjsModel.read(file, Limits.DEFAULT).close()).isInstanceOf(IOException.class);
    }

    @Test
    void graphModelsAndLimits() throws IOException {
        shards(2);
        Path graph = Files.writeString(folder.resolve("g.json"), "{\"format\":\"graph-model\"}");
        assertThatThrownBy(() -> TfjsModel.read(graph, Limits.DEFAULT)).hasMessageContaining("graph models");
        Path file = model(group("[\"a.bin\",\"b.bin\"]", weight("a/bias", "[2]", "")));
        TfjsModel.read(file, new Limits(10_000, 1, 1, 8)).close();
        for (Limits limits : new Limits[] {new Limits(10, 1, 1, 8), new Limits(10_000, 1, 1, 7)}) {
            assertThatThrownBy(() -> TfjsModel.read(file, limits)).hasMessageContaining("Limits.");
        }
    }
}
