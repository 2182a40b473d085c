package org.resnet4j.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.weights.Limits;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.WeightsException;

/** Round trips, and the hostile files SAF-01 to SAF-15 of the reliability catalogue. */
final class SafetensorsTest {
    @TempDir
    Path folder;

    private Path file(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("x.safetensors"), bytes);
    }

    /** A file with this header, its true length in front, and zeros as data. */
    private static byte[] bytes(String header, int data) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + text.length + data)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text)
                .array();
    }

    private void refused(byte[] bytes, String... inMessage) throws IOException {
        Path file = file(bytes);
        assertThatThrownBy(() -> Safetensors.read(file).close())
                .isInstanceOf(WeightsException.class)
                .message()
                .contains("x.safetensors")
                .satisfies(m -> List.of(inMessage).forEach(part -> assertThat(m).contains(part)));
    }

    private static final String ENTRY = "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";

    @Test
    void roundTripKeepsEveryBit() throws IOException {
        Path file = folder.resolve("a b.safetensors");
        try (Arena arena = Arena.ofConfined()) {
            float[] odd = {Float.NaN, -0f, Float.MIN_VALUE, Float.POSITIVE_INFINITY, 1, 2};
            Safetensors.write(
                    file,
                    List.of(
                            NamedTensor.of("w", TensorType.f32(2, 3), odd, arena),
                            new NamedTensor(
                                    "n",
                                    TensorType.of(DType.S64),
                                    arena.allocateFrom(ValueLayout.JAVA_LONG, 1L << 40))),
                    Map.of("model", "resnet8"));
            try (Safetensors read = Safetensors.read(file)) {
                assertThat(read.get("w").toFloats()).containsExactly(odd);
                assertThat(read.get("n").data().get(ValueLayout.JAVA_LONG, 0)).isEqualTo(1L << 40);
                assertThat(read.metadata()).containsExactly(Map.entry("model", "resnet8"));
                assertThatThrownBy(() -> read.get("v")).isInstanceOf(WeightsException.class);
            }
        }
        assertThat(folder).isDirectoryNotContaining(p -> p.toString().endsWith(".tmp"));
    }

    /** SAF-19: byte for byte what safetensors 0.8 for Python writes for {"b": f32 [1, 2], "a": i64 [3], "c": f16 [4]}. */
    @Test
    void writesWhatThePythonLibraryWrites() throws IOException {
        Path file = folder.resolve("p.safetensors");
        try (Arena arena = Arena.ofConfined()) {
            Safetensors.write(
                    file,
                    List.of(
                            NamedTensor.of("b", TensorType.f32(2), new float[] {1, 2}, arena),
                            new NamedTensor(
                                    "a", TensorType.of(DType.S64, 1), arena.allocateFrom(ValueLayout.JAVA_LONG, 3)),
                            new NamedTensor(
                                    "c", TensorType.of(DType.F16, 1), arena.allocateFrom(ValueLayout.JAVA_SHORT, (short)
                                            0x4400))),
                    Map.of());
        }
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).isEqualTo(PYTHON);
    }

    private static final String PYTHON = "\u00a8\0\0\0\0\0\0\0"
            + "{\"a\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]},"
            + "\"c\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[16,18]}}" + "     "
            + "\3\0\0\0\0\0\0\0\0\0\u0080\77\0\0\0\100\0\104";

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7})
    void saf01ShortFiles(int size) throws IOException {
        refused(new byte[size], "at least 8 bytes");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 100_000_001, Long.MAX_VALUE, Long.MIN_VALUE, -1})
    void saf02And03HeaderLengths(long length) throws IOException {
        refused(
                ByteBuffer.allocate(16)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(length)
                        .array(),
                "header length");
    }

    @Test
    void saf04NotUtf8() throws IOException {
        byte[] b = bytes("{}    ", 0);
        b[10] = (byte) 0xff;
        refused(b, "UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {" {}", "[]", "\"a\"", "{", "{}x"})
    void saf05NotAnObject(String header) throws IOException {
        refused(bytes(header, 0), "header");
    }

    @Test
    void saf05TrailingSpacesAreThePadding() throws IOException {
        try (Safetensors s = Safetensors.read(file(bytes("{" + ENTRY + "}   ", 8)))) {
            assertThat(s.tensors()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{" + ENTRY + "," + ENTRY + "}",
                "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
                "{\"__metadata__\":{\"x\":1}," + ENTRY + "}"
            })
    void saf06DuplicatesAndMetadata(String header) throws IOException {
        refused(bytes(header, 8));
    }

    @ParameterizedTest
    @CsvSource({"0, 8, 12, 20, 20", "0, 8, 4, 12, 12", "4, 12, 12, 20, 20", "0, 8, 0, 8, 8"})
    void saf07GapsAndOverlaps(int a, int b, int c, int d, int data) throws IOException {
        refused(
                bytes(
                        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[" + a + "," + b
                                + "]},\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[" + c + "," + d + "]}}",
                        data),
                "must begin at byte");
    }

    @Test
    void saf08TrailingBytes() throws IOException {
        refused(bytes("{" + ENTRY + "}", 9), "belongs to no tensor");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[4294967296,4294967296]",
                "[-1]",
                "[1e3]",
                "[2.0]",
                "[9223372036854775808]",
                "2",
                "[1,1,1,1,1,1,1,1,1,1,1,1,1,2]"
            })
    void saf09Shapes(String shape) throws IOException {
        refused(bytes("{\"a\":{\"dtype\":\"F32\",\"shape\":" + shape + ",\"data_offsets\":[0,8]}}", 8));
    }

    @ParameterizedTest
    @CsvSource({"F32, 3", "F64, 2", "U8, 2"})
    void saf10BytesDoNotFitTheType(String dtype, int n) throws IOException {
        refused(
                bytes("{\"a\":{\"dtype\":\"" + dtype + "\",\"shape\":[" + n + "],\"data_offsets\":[0,8]}}", 8),
                "bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"F8_E4M3", "F4", "C64", "f32", ""})
    void saf11UnknownTypesByName(String dtype) throws IOException {
        refused(bytes("{\"a\":{\"dtype\":\"" + dtype + "\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8), "dtype", dtype);
    }

    @Test
    void saf13TooManyTensors() throws IOException {
        Path file = file(bytes(
                "{" + ENTRY + ",\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[8,9]},"
                        + "\"c\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[9,10]}}",
                10));
        assertThatThrownBy(() -> Safetensors.read(file, new Limits(1000, 1, 4, 1000)))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("at most 1 tensors");
    }

    @Test
    void saf14DeepNesting() throws IOException {
        refused(bytes("{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}", 0), "JSON");
    }

    @Test
    void saf15TruncatedAtEveryByte() throws IOException {
        byte[] whole = bytes("{" + ENTRY + "}", 8);
        for (int n = 0; n < whole.length; n++) {
            refused(java.util.Arrays.copyOf(whole, n));
        }
    }

    @Test
    void halfTypesWiden() throws IOException {
        byte[] b = bytes(
                "{\"a\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[0,2]},"
                        + "\"b\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[2,4]}}",
                4);
        ByteBuffer.wrap(b)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort(b.length - 4, (short) 0x3f80)
                .putShort(b.length - 2, (short) 0x3c00);
        try (Safetensors s = Safetensors.read(file(b))) {
            assertThat(s.get("a").toFloats()).containsExactly(1f);
            assertThat(s.get("b").toFloats()).containsExactly(1f);
        }
    }
}
