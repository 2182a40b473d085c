package org.resnet4j.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.npy.Npy;
import org.resnet4j.safetensors.Safetensors;
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.testkit.PickleWriter;
import org.resnet4j.testkit.TorchFiles;
import org.resnet4j.weights.Limits;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.StateDict;

/** Formats seen from content, wrappers taken off, what is no weights named (PKL-08). */
final class WeightFilesTest {
    @TempDir
    Path folder;

    private static byte[] pickle(String... names) {
        PickleWriter p = PickleWriter.protocol2().orderedDict().op('(');
        for (String name : names) {
            p.text(name).tensor("FloatStorage", "0", 2, 0, new long[] {2}, new long[] {1});
        }
        return p.op('u').stop().toBytes();
    }

    private static byte[] zip(String... names) {
        return TorchFiles.zip(pickle(names), Map.of("0", TorchFiles.floats(1, 2)));
    }

    @Test
    void everyFormatUnderAnyName() throws IOException {
        Path file = folder.resolve("weights.bin");
        try (Arena arena = Arena.ofConfined()) {
            NamedTensor w = NamedTensor.of("weights.bin", TensorType.f32(2), new float[] {1, 2}, arena);
            Safetensors.write(file, List.of(w), Map.of("format", "pt"));
            opens(file, "safetensors");
            Npy.write(file, w);
            opens(file, "NumPy array");
        }
        Files.write(file, zip("weights.bin"));
        opens(file, "PyTorch zip");
        byte[] data = TorchFiles.floats(1, 2);
        Files.write(file, TorchFiles.legacy(pickle("weights.bin"), List.of("0"), Map.of("0", data), 4));
        opens(file, "PyTorch legacy stream");
        Files.write(folder.resolve("a.bin"), data);
        Files.writeString(
                file,
                " {\"weightsManifest\":[{\"paths\":[\"a.bin\"],\"weights\":[{\"name\":\"weights.bin\",\"shape\":[2],\"dtype\":\"float32\"}]}]}");
        opens(file, "TensorFlow.js layers model");
    }

    private static void opens(Path file, String title) throws IOException {
        try (StateDict read = WeightFiles.open(file, Limits.DEFAULT)) {
            assertThat(read.get("weights.bin").toFloats()).containsExactly(1, 2);
            assertThat(read.notes()).first().isEqualTo("read " + title);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "module.a, module.b, a, b, module.",
        "model.a, model.b, a, b, model.",
        "module.model.a, module.model.b, a, b, model.",
        "_orig_mod.module.a, _orig_mod.module.b, a, b, _orig_mod.",
        "n_averaged, module.b, , b, module.",
        "module.a, b, module.a, b, "
    })
    void prefixes(String first, String second, String a, String b, String taken) throws IOException {
        Path file = Files.write(folder.resolve("x.pth"), zip(first, second));
        try (StateDict read = WeightFiles.open(file, Limits.DEFAULT)) {
            assertThat(read.tensors().stream().map(NamedTensor::name))
                    .containsExactlyElementsOf(a == null ? List.of(b) : List.of(a, b));
            if (taken == null) {
                assertThat(read.notes()).hasSize(1);
            } else {
                assertThat(read.notes()).contains("took " + taken + " from the front of every name");
            }
        }
    }

    @Test
    void foldersOfModels() throws IOException {
        Files.write(folder.resolve("pytorch_model.bin"), zip("w"));
        try (StateDict read = WeightFiles.open(folder, Limits.DEFAULT)) {
            assertThat(read.find("w")).isNotNull();
        }
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertThatThrownBy(() -> WeightFiles.open(empty, Limits.DEFAULT)).hasMessageContaining("a folder");
        assertThatThrownBy(() -> WeightFiles.open(folder.resolve("none"), Limits.DEFAULT))
                .hasMessageContaining("nothing");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "7z\u00bc\u00af'\u001c|7z",
                "\u001f\u008b\b|gzip",
                "BZh9|bzip2",
                "\u00fd7zXZ\0|xz",
                "(\u00b5/\u00fd|zstd",
                "\u0089HDF\r\n|HDF5",
                "PK\5\6|empty zip",
                "<!DOCTYPE html>|web page",
                "version https://git-lfs.github.com|Git LFS",
                "cos\nsystem\n(S'id'\ntR.|protocol 0",
                "(dp0\n.|protocol 0",
                "|an empty file",
                "hello|other bytes"
            })
    void whatIsNoWeightsIsNamed(String bytesAndName) throws IOException {
        int bar = bytesAndName.lastIndexOf('|');
        Path file = Files.write(
                folder.resolve("x.pth"), bytesAndName.substring(0, bar).getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> WeightFiles.open(file, Limits.DEFAULT))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("x.pth")
                .hasMessageContaining(bytesAndName.substring(bar + 1));
    }

    @Test
    void packedFilesAreNotUnpacked() throws IOException {
        Path gz = folder.resolve("x.pth");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(gz))) {
            out.write(zip("w"));
        }
        assertThatThrownBy(() -> WeightFiles.open(gz, Limits.DEFAULT)).hasMessageContaining("gzip");
        byte[] tar = new byte[1024];
        System.arraycopy("ustar".getBytes(StandardCharsets.US_ASCII), 0, tar, 257, 5);
        tar[0] = 'x';
        Files.write(gz, tar);
        assertThatThrownBy(() -> WeightFiles.open(gz, Limits.DEFAULT)).hasMessageContaining("tar");
    }

    @Test
    void everyTypeBecomesF32() throws IOException {
        Path file = folder.resolve("x.safetensors");
        try (Arena arena = Arena.ofConfined()) {
            Safetensors.write(
                    file,
                    List.of(
                            new NamedTensor(
                                    "s64", TensorType.of(DType.S64, 1), arena.allocateFrom(ValueLayout.JAVA_LONG, -5)),
                            new NamedTensor(
                                    "s32", TensorType.of(DType.S32, 1), arena.allocateFrom(ValueLayout.JAVA_INT, -6)),
                            new NamedTensor(
                                    "s8", TensorType.of(DType.S8, 1), arena.allocateFrom(ValueLayout.JAVA_BYTE, (byte)
                                            -7)),
                            new NamedTensor(
                                    "u8", TensorType.of(DType.U8, 1), arena.allocateFrom(ValueLayout.JAVA_BYTE, (byte)
                                            -1)),
                            new NamedTensor(
                                    "f64",
                                    TensorType.of(DType.F64, 1),
                                    arena.allocateFrom(ValueLayout.JAVA_DOUBLE, 0.1)),
                            new NamedTensor(
                                    "f16",
                                    TensorType.of(DType.F16, 1),
                                    arena.allocateFrom(ValueLayout.JAVA_SHORT, (short) 0x3c00)),
                            new NamedTensor(
                                    "bf16",
                                    TensorType.of(DType.BF16, 1),
                                    arena.allocateFrom(ValueLayout.JAVA_SHORT, (short) 0x4000)),
                            NamedTensor.of("f32", TensorType.f32(1), new float[] {3}, arena)),
                    Map.of());
        }
        try (StateDict read = WeightFiles.open(file, Limits.DEFAULT);
                StateDict f32 = read.toF32()) {
            Map<String, Float> expected = Map.of(
                    "s64", -5f, "s32", -6f, "s8", -7f, "u8", 255f, "f64", 0.1f, "f16", 1f, "bf16", 2f, "f32", 3f);
            for (NamedTensor t : f32.tensors()) {
                assertThat(t.type()).isEqualTo(TensorType.f32(1));
                assertThat(t.toFloats()).as(t.name()).containsExactly(expected.getOrDefault(t.name(), Float.NaN));
            }
            assertThat(f32.tensors()).hasSize(8);
        }
    }
}
