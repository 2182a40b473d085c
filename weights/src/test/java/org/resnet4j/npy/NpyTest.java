package org.resnet4j.npy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.weights.Limits;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.StateDict;

/** NumPy's files: round trips, NumPy's own bytes, column-major order, hostile headers. */
final class NpyTest {
    @TempDir
    Path folder;

    private Path file(int version, String header, byte[] data) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("\u0093NUMPY".getBytes(StandardCharsets.ISO_8859_1));
        out.write(version);
        out.write(0);
        byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < (version == 1 ? 2 : 4); i++) {
            out.write(text.length >>> (8 * i));
        }
        out.writeBytes(text);
        out.writeBytes(data);
        return Files.write(folder.resolve("x.npy"), out.toByteArray());
    }

    private void refused(Path file, String part) {
        assertThatThrownBy(() -> Npy.read(file, Limits.DEFAULT).close())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("x.npy")
                .hasMessageContaining(part);
    }

    @ParameterizedTest
    @CsvSource({"F64, 8", "F32, 4", "F16, 2", "S64, 8", "S32, 4", "S8, 1", "U8, 1"})
    void roundTrips(DType dtype, int bytes) throws IOException {
        Path path = folder.resolve("w.npy");
        byte[] data = new byte[6 * bytes];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) i;
        }
        try (Arena arena = Arena.ofConfined()) {
            TensorType type = TensorType.of(dtype, 2, 3);
            Npy.write(path, new NamedTensor("w", type, arena.allocateFrom(ValueLayout.JAVA_BYTE, data)));
            try (StateDict read = Npy.read(path, Limits.DEFAULT)) {
                assertThat(read.get("w").type()).isEqualTo(type);
                assertThat(read.get("w").data().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(data);
            }
        }
    }

    /** Byte for byte what {@code numpy.save} writes for {@code arange(3, dtype=float32)} and for a scalar. */
    @Test
    void writesWhatNumpyWrites() throws IOException {
        Path path = folder.resolve("w.npy");
        try (Arena arena = Arena.ofConfined()) {
            Npy.write(path, NamedTensor.of("w", TensorType.f32(3), new float[] {0, 1, 2}, arena));
            String start = "\u0093NUMPY\1\0v\0{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }";
            assertThat(Files.readString(path, StandardCharsets.ISO_8859_1))
                    .isEqualTo(start + " ".repeat(127 - start.length()) + "\n\0\0\0\0\0\0\u0080?\0\0\0@");
            Npy.write(path, NamedTensor.of("w", TensorType.f32(), new float[] {1}, arena));
            assertThat(Files.readString(path, StandardCharsets.ISO_8859_1)).contains("'shape': (), }");
        }
    }

    @Test
    void columnMajorComesOutRowMajor() throws IOException {
        Path path =
                file(2, "{'shape': (2, 3), 'fortran_order': True, 'descr': '|u1'}\n", new byte[] {0, 3, 1, 4, 2, 5});
        try (StateDict read = Npy.read(path, Limits.DEFAULT)) {
            assertThat(read.get("x").data().toArray(ValueLayout.JAVA_BYTE)).containsExactly(0, 1, 2, 3, 4, 5);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "{",
                "x",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} + __import__('os')",
                "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,)}",
                "{'descr': '<f4', 'fortran_order': 1, 'shape': (2,)}",
                "{'descr': '<f4', 'fortran_order': False}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': 2}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'more': 1}",
                "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}",
                "{'descr': True, 'fortran_order': False, 'shape': (2,)}",
                "{'descr': '|O', 'fortran_order': False, 'shape': (2,)}",
                "{'descr': '>f4', 'fortran_order': False, 'shape': (2,)}",
                "{'descr': '<U4', 'fortran_order': False, 'shape': (2,)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (0,)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807,)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (1,,2)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1,1,1,1,2)}"
            })
    void hostileHeaders(String header) throws IOException {
        refused(file(1, header, new byte[8]), "");
        refused(file(3, header, new byte[8]), "");
    }

    @Test
    void objectsAreNamedAsPickles() throws IOException {
        refused(
                file(1, "{'descr': '|O', 'fortran_order': False, 'shape': (2,)}", new byte[8]),
                "pickles and never read");
    }

    @Test
    void lengthsAndVersions() throws IOException {
        refused(Files.write(folder.resolve("x.npy"), new byte[0]), "the file ended while it was read");
        refused(file(4, "{}", new byte[0]), "version");
        byte[] whole =
                Files.readAllBytes(file(2, "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", new byte[8]));
        for (int n = 0; n < whole.length; n++) {
            refused(Files.write(folder.resolve("x.npy"), Arrays.copyOf(whole, n)), "");
        }
        whole[11] = 0x7f;
        refused(Files.write(folder.resolve("x.npy"), whole), "at most 65535");
    }
}
