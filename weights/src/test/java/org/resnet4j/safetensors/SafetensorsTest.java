package org.resnet4j.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.Shape;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.testkit.RawSafetensors;
import org.resnet4j.weights.Fit;
import org.resnet4j.weights.Limits;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.StateDict;
import org.resnet4j.weights.WeightsException;

/** Round trips, and the hostile files SAF-01 to SAF-19 of the reliability catalogue. */
final class SafetensorsTest {
    @TempDir
    Path folder;

    private Path file(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("x.safetensors"), bytes);
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
            try (StateDict read = Safetensors.read(file)) {
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
        refused(RawSafetensors.ofLength(length, 8), "header length");
    }

    @Test
    void saf04NotUtf8() throws IOException {
        byte[] b = RawSafetensors.of("{}    ", 0);
        b[10] = (byte) 0xff;
        refused(b, "UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {" {}", "[]", "\"a\"", "{", "{}x"})
    void saf05NotAnObject(String header) throws IOException {
        refused(RawSafetensors.of(header, 0), "header");
    }

    @Test
    void saf05TrailingSpacesAreThePadding() throws IOException {
        try (StateDict s = Safetensors.read(file(RawSafetensors.of("{" + ENTRY + "}   ", 8)))) {
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
        refused(RawSafetensors.of(header, 8));
    }

    @ParameterizedTest
    @CsvSource({"0, 8, 12, 20, 20", "0, 8, 4, 12, 12", "4, 12, 12, 20, 20", "0, 8, 0, 8, 8"})
    void saf07GapsAndOverlaps(int a, int b, int c, int d, int data) throws IOException {
        refused(
                RawSafetensors.of(
                        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[" + a + "," + b
                                + "]},\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[" + c + "," + d + "]}}",
                        data),
                "must begin at byte");
    }

    @Test
    void saf08TrailingBytes() throws IOException {
        refused(RawSafetensors.of("{" + ENTRY + "}", 9), "belongs to no tensor");
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
        refused(RawSafetensors.of("{\"a\":{\"dtype\":\"F32\",\"shape\":" + shape + ",\"data_offsets\":[0,8]}}", 8));
    }

    @ParameterizedTest
    @CsvSource({"F32, 3", "F64, 2", "U8, 2"})
    void saf10BytesDoNotFitTheType(String dtype, int n) throws IOException {
        refused(
                RawSafetensors.of(
                        "{\"a\":{\"dtype\":\"" + dtype + "\",\"shape\":[" + n + "],\"data_offsets\":[0,8]}}", 8),
                "bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"F8_E4M3", "F4", "C64", "f32", ""})
    void saf11UnknownTypesByName(String dtype) throws IOException {
        refused(
                RawSafetensors.of("{\"a\":{\"dtype\":\"" + dtype + "\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8),
                "dtype",
                dtype);
    }

    /** SAF-09: more dimensions than any reader needs; the message does not repeat them all. */
    @Test
    void saf09AThousandDimensions() throws IOException {
        String shape = "[" + "1,".repeat(999) + "2]";
        Path file = file(RawSafetensors.of("{" + RawSafetensors.entry("a", "F32", shape, 0, 8) + "}", 8));
        assertThatThrownBy(() -> Safetensors.read(file))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("at most 12 whole numbers")
                .message()
                .hasSizeLessThan(400);
    }

    /** SAF-12: byte for byte what safetensors for Python writes for a scalar, and for shapes [0], [2, 0] and [0, 3] beside [2]. */
    @Test
    void saf12ZeroSizedTensorsAndScalars() throws IOException {
        Path file = folder.resolve("p.safetensors");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment none = arena.allocate(0);
            Safetensors.write(
                    file,
                    List.of(
                            NamedTensor.of("s", TensorType.f32(), new float[] {3}, arena),
                            new NamedTensor("c", new TensorType(DType.F32, Shape.stored(0, 3)), none),
                            NamedTensor.of("b", TensorType.f32(2), new float[] {1, 2}, arena),
                            new NamedTensor("a", new TensorType(DType.F32, Shape.stored(0)), none),
                            new NamedTensor("z", new TensorType(DType.S64, Shape.stored(2, 0)), none)),
                    Map.of());
        }
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).isEqualTo(EMPTY);
        try (StateDict read = Safetensors.read(file)) {
            assertThat(read.tensors()).extracting(NamedTensor::name).containsExactly("z", "a", "b", "c", "s");
            assertThat(read.get("z").type().shape().dims()).containsExactly(2, 0);
            assertThat(read.get("c").toFloats()).isEmpty();
            assertThat(read.get("b").toFloats()).containsExactly(1, 2);
            assertThat(read.get("s").type().shape().rank()).isZero();
            assertThat(read.get("s").toFloats()).containsExactly(3);
        }
    }

    private static final String EMPTY = "\u0010\u0001\u0000\u0000\u0000\u0000\u0000\u0000"
            + "{\"z\":{\"dtype\":\"I64\",\"shape\":[2,0],\"data_offsets\":[0,0]},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
            + "\"c\":{\"dtype\":\"F32\",\"shape\":[0,3],\"data_offsets\":[8,8]},"
            + "\"s\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[8,12]}}  "
            + "\u0000\u0000\u0080?\u0000\u0000\u0000@\u0000\u0000@@";

    @Test
    void saf12NothingAtAll() throws IOException {
        try (StateDict none = Safetensors.read(file(RawSafetensors.of("{}", 0)))) {
            assertThat(none.tensors()).isEmpty();
        }
    }

    /** SAF-13: refused by the count before the rest of the header is read. */
    @Test
    void saf13AMillionTensors() throws IOException {
        byte[] file = RawSafetensors.ofMany(1_000_000);
        try (ByteArrayInputStream in = new ByteArrayInputStream(file)) {
            assertThatThrownBy(() -> Safetensors.read(Channels.newChannel(in), file.length, Limits.DEFAULT, "x"))
                    .isInstanceOf(WeightsException.class)
                    .hasMessageContaining("at most 100000 tensors");
            assertThat(in.available()).isGreaterThan(file.length / 5 * 4);
        }
    }

    @Test
    void saf13AsManyAsTheLimit() throws IOException {
        byte[] file = RawSafetensors.ofMany(2_000);
        try (StateDict read = Safetensors.read(file(file), new Limits(200_000, 2_000, 4, 1))) {
            assertThat(read.tensors()).hasSize(2_000);
        }
        assertThatThrownBy(() -> Safetensors.read(file(file), new Limits(200_000, 1_999, 4, 1)))
                .hasMessageContaining("at most 1999 tensors");
    }

    @Test
    void saf14DeepNesting() throws IOException {
        refused(RawSafetensors.of("{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}", 0), "JSON");
    }

    @Test
    void saf15TruncatedAtEveryByte() throws IOException {
        byte[] whole = RawSafetensors.of("{" + ENTRY + "}", 8);
        for (int n = 0; n < whole.length; n++) {
            refused(Arrays.copyOf(whole, n));
        }
    }

    /** SAF-16: found in every floating type, for a reader to warn of, and refused where asked for. */
    @ParameterizedTest
    @CsvSource({"F64, 8, 7ff0000000000000", "F32, 4, ff800000", "F32, 4, 7fc00000", "BF16, 2, 7f80", "F16, 2, fe00"})
    void saf16NumbersThatAreNotFinite(String dtype, int size, String bits) throws IOException {
        byte[] file = RawSafetensors.of(
                "{" + RawSafetensors.entry("a", dtype, "[2]", 0, 2L * size) + ","
                        + RawSafetensors.entry("b", dtype, "[1]", 2L * size, 3L * size) + "}",
                3 * size);
        long value = Long.parseUnsignedLong(bits, 16);
        for (int i = 0; i < size; i++) {
            file[file.length - 2 * size + i] = (byte) (value >> (8 * i));
        }
        try (StateDict read = Safetensors.read(file(file))) {
            assertThat(Fit.nonFinite(read.tensors())).containsExactly("a");
            assertThatThrownBy(() -> Fit.requireFinite("x", read.tensors()))
                    .isInstanceOf(WeightsException.class)
                    .hasMessageContaining("NaN or infinity in [a]");
        }
    }

    /** SAF-17: the right format, the wrong model. */
    @Test
    void saf17EverythingThatDoesNotFitInOneMessage() throws IOException {
        byte[] file = RawSafetensors.of(
                "{" + RawSafetensors.entry("a", "F32", "[2]", 0, 8) + ","
                        + RawSafetensors.entry("b", "F32", "[1]", 8, 12)
                        + "," + RawSafetensors.entry("n", "F32", "[1]", 12, 16) + ","
                        + RawSafetensors.entry("x", "F32", "[1]", 16, 20) + "}",
                20);
        try (StateDict read = Safetensors.read(file(file))) {
            Map<String, Shape> wanted = Map.of("a", Shape.of(2), "b", Shape.of(2), "c", Shape.of(3));
            assertThatThrownBy(() -> Fit.require("file", wanted, read.tensors(), n -> n.equals("n")))
                    .isInstanceOf(WeightsException.class)
                    .message()
                    .contains("b must be [2], the file has [1]", "c is missing", "x is not in the network")
                    .doesNotContain("a must", "n is");
            Fit.require("file", Map.of("a", Shape.of(2)), read.tensors(), n -> !n.equals("a"));
        }
    }

    /** SAF-18: a file that was cut after its size was asked for, in the header and in the data. */
    @ParameterizedTest
    @ValueSource(ints = {1, 8, 9, 40, 66})
    void saf18CutWhileItIsRead(int missing) {
        byte[] whole = RawSafetensors.of("{" + ENTRY + "}", 8);
        ByteArrayInputStream cut = new ByteArrayInputStream(whole, 0, whole.length - missing);
        assertThatThrownBy(() -> Safetensors.read(Channels.newChannel(cut), whole.length, Limits.DEFAULT, "x"))
                .isInstanceOf(EOFException.class)
                .hasMessageContaining("x: the file ended while it was read");
    }

    @Test
    void everyHostileFileOfTheTestkitIsRefusedByName() throws IOException {
        for (Map.Entry<String, byte[]> hostile : RawSafetensors.hostile().entrySet()) {
            assertThatThrownBy(() -> Safetensors.read(file(hostile.getValue())).close())
                    .as(hostile.getKey())
                    .isInstanceOf(WeightsException.class)
                    .hasMessageContaining("x.safetensors");
        }
    }

    @Test
    void aFolderIsNoFile() {
        assertThatThrownBy(() -> Safetensors.read(folder).close())
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("found a folder");
    }

    @Test
    void halfTypesWiden() throws IOException {
        byte[] b = RawSafetensors.of(
                "{\"a\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[0,2]},"
                        + "\"b\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[2,4]}}",
                4);
        ByteBuffer.wrap(b)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort(b.length - 4, (short) 0x3f80)
                .putShort(b.length - 2, (short) 0x3c00);
        try (StateDict s = Safetensors.read(file(b))) {
            assertThat(s.get("a").toFloats()).containsExactly(1f);
            assertThat(s.get("b").toFloats()).containsExactly(1f);
        }
    }
}
