package org.resnet4j.pickle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.resnet4j.pickle.Hostile.refused;
import static org.resnet4j.pickle.Hostile.refusedInBoth;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
import org.resnet4j.tensor.TensorType;
import org.resnet4j.testkit.PickleWriter;
import org.resnet4j.testkit.TorchFiles;
import org.resnet4j.testkit.ZipWriter;
import org.resnet4j.weights.Limits;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.StateDict;

/** PKL-01, 07, 08, 09, 11: what torch.save writes is read exactly, in both layouts; what only looks like it is refused. */
final class TorchFileTest {
    private static final byte[] SIX = TorchFiles.floats(0, 1, 2, 3, 4, 5);

    @TempDir
    Path folder;

    private static PickleWriter dict() {
        return PickleWriter.protocol2().orderedDict().op('(');
    }

    private StateDict read(byte[] file) throws IOException {
        return TorchFile.read(Files.write(folder.resolve("x.pth"), file), Limits.DEFAULT);
    }

    private static byte[] pickle(PickleWriter open) {
        return open.op('u').stop().toBytes();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void stridesOffsetsAndSharedStorages(boolean zip) throws IOException {
        byte[] pickle = pickle(dict().text("whole")
                .tensor("FloatStorage", "7", 6, 0, new long[] {2, 3}, new long[] {3, 1})
                .text("turned")
                .tensor("FloatStorage", "7", 6, 0, new long[] {3, 2}, new long[] {1, 3})
                .text("tail")
                .tensor("FloatStorage", "7", 6, 4, new long[] {2}, new long[] {1})
                .text("every second")
                .tensor("FloatStorage", "7", 6, 1, new long[] {3}, new long[] {2})
                .text("number")
                .tensor("FloatStorage", "7", 6, 5, new long[0], new long[0]));
        byte[] file = zip
                ? TorchFiles.zip(pickle, Map.of("7", SIX))
                : TorchFiles.legacy(pickle, List.of("7"), Map.of("7", SIX), 4);
        try (StateDict read = read(file)) {
            assertThat(read.tensors().stream().map(NamedTensor::name))
                    .containsExactly("whole", "turned", "tail", "every second", "number");
            assertThat(read.get("whole").type()).isEqualTo(TensorType.f32(2, 3));
            assertThat(read.get("whole").toFloats()).containsExactly(0, 1, 2, 3, 4, 5);
            assertThat(read.get("turned").type()).isEqualTo(TensorType.f32(3, 2));
            assertThat(read.get("turned").toFloats()).containsExactly(0, 3, 1, 4, 2, 5);
            assertThat(read.get("tail").toFloats()).containsExactly(4, 5);
            assertThat(read.get("every second").toFloats()).containsExactly(1, 3, 5);
            assertThat(read.get("number").toFloats()).containsExactly(5);
            assertThat(read.get("whole").data().asSlice(16).address())
                    .as("plain views of one storage share its memory")
                    .isEqualTo(read.get("tail").data().address());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "DoubleStorage, F64, 8", "FloatStorage, F32, 4", "HalfStorage, F16, 2", "BFloat16Storage, BF16, 2",
                "LongStorage, S64, 8",
        "IntStorage, S32, 4", "ShortStorage, S32, 2", "CharStorage, S8, 1", "ByteStorage, U8, 1", "BoolStorage, U8, 1"
    })
    void everyStorage(String storage, DType dtype, int bytes) throws IOException {
        byte[] data = new byte[2 * bytes];
        if (storage.equals("ShortStorage")) {
            ByteBuffer.wrap(data)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putShort((short) -3)
                    .putShort((short) 7);
        } else {
            data[bytes - 1] = 1;
        }
        byte[] pickle = pickle(dict().text("w").tensor(storage, "0", 2, 0, new long[] {2}, new long[] {1}));
        for (byte[] file : List.of(
                TorchFiles.zip(pickle, Map.of("0", data)),
                TorchFiles.legacy(pickle, List.of("0"), Map.of("0", data), bytes))) {
            try (StateDict read = read(file)) {
                assertThat(read.get("w").type()).isEqualTo(TensorType.of(dtype, 2));
                if (storage.equals("ShortStorage")) {
                    assertThat(read.get("w").toF32(Arena.ofAuto()).toFloats()).containsExactly(-3, 7);
                } else {
                    assertThat(read.get("w").data().toArray(ValueLayout.JAVA_BYTE))
                            .isEqualTo(data);
                }
            }
        }
    }

    /** A checkpoint as training scripts write it: counts, a Namespace, a NumPy scalar, a parameter, an old view. */
    @Test
    void checkpointWithItsSurroundings() throws IOException {
        byte[] pickle = PickleWriter.protocol2()
                .op('}', '(')
                .text("epoch")
                .integer(7)
                .text("best")
                .global("numpy._core.multiarray", "scalar")
                .global("numpy", "dtype")
                .text("f8")
                .bool(false)
                .bool(true)
                .op(0x87, 'R', '(')
                .integer(3)
                .text("<")
                .op('N', 'N', 'N')
                .integer(-1)
                .integer(-1)
                .integer(0)
                .op('t', 'b')
                .global("_codecs", "encode")
                .text("\0\0\0\0\0\0\u00e0?")
                .text("latin1")
                .op(0x86, 'R', 0x86, 'R')
                .text("args")
                .global("argparse", "Namespace")
                .op(')', 0x81, '}', '(')
                .text("lr")
                .real(0.1)
                .op('u', 'b')
                .text("counts")
                .global("collections", "Counter")
                .op('}', '(')
                .integer(100)
                .integer(1)
                .op('u', 0x85, 'R')
                .text("state_dict")
                .orderedDict()
                .op('(')
                .text("w")
                .global("torch._utils", "_rebuild_parameter")
                .tensor("FloatStorage", "0", 6, 0, new long[] {6}, new long[] {1})
                .bool(true)
                .orderedDict()
                .op(0x87, 'R', 'u')
                .op('}', '(')
                .text("_metadata")
                .orderedDict()
                .op('u', 'b')
                .text("state_dict_ema")
                .orderedDict()
                .op('(')
                .text("w")
                .tensor("FloatStorage", "0", 6, 3, new long[] {3}, new long[] {1})
                .op('u', 'u')
                .stop()
                .toBytes();
        Path file = Files.write(folder.resolve("x.pth"), TorchFiles.zip(pickle, Map.of("0", SIX)));
        try (StateDict average = TorchFile.read(file, Limits.DEFAULT);
                StateDict plain = TorchFile.read(file, Limits.DEFAULT, "state_dict")) {
            assertThat(average.get("w").toFloats()).containsExactly(3, 4, 5);
            assertThat(average.metadata())
                    .containsExactly(Map.entry("epoch", "7"), Map.entry("best", "0.5"), Map.entry("args.lr", "0.1"));
            assertThat(average.notes()).singleElement().asString().contains("state_dict_ema");
            assertThat(plain.get("w").toFloats()).containsExactly(0, 1, 2, 3, 4, 5);
        }
    }

    /** Very old files have views of storages, whose offset counts as well. */
    @Test
    void legacyViews() throws IOException {
        byte[] pickle = pickle(dict().text("w")
                .global("torch._utils", "_rebuild_tensor")
                .op('(', '(')
                .text("storage")
                .global("torch", "FloatStorage")
                .text("0")
                .text("cpu")
                .integer(6)
                .op('(')
                .text("view")
                .integer(2)
                .integer(3)
                .op('t', 't', 'Q')
                .integer(1)
                .integers(2)
                .integers(1)
                .op('t', 'R'));
        try (StateDict read = read(TorchFiles.legacy(pickle, List.of("0"), Map.of("0", SIX), 4))) {
            assertThat(read.get("w").toFloats()).containsExactly(3, 4);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "6, 0, 7, 1",
        "6, 1, 6, 1",
        "6, 6, 1, 1",
        "6, -1, 1, 1",
        "6, 0, 4, 2",
        "6, 0, 2, -1",
        "6, 0, -2, 1",
        "6, 0, 9223372036854775807, 1",
        "6, 9223372036854775807, 2, 1",
        "6, 0, 3, 9223372036854775807",
        "6, 0, 7, 0",
        "0, 0, 1, 1"
    })
    void pkl11OutsideTheStorage(long elements, long offset, long size, long stride) throws IOException {
        refusedInBoth(
                folder,
                pickle(dict().text("w")
                        .tensor("FloatStorage", "0", elements, offset, new long[] {size}, new long[] {stride})));
    }

    @Test
    void pkl11Products() throws IOException {
        long big = 1L << 32;
        refusedInBoth(
                folder,
                pickle(dict().text("w").tensor("FloatStorage", "0", 6, 0, new long[] {big, big}, new long[] {0, 0})),
                "outside its storage");
        refusedInBoth(
                folder,
                pickle(dict().text("w").tensor("ByteStorage", "0", 1L << 62, 0, new long[] {1}, new long[] {1})),
                "Limits.totalBytes");
        refusedInBoth(
                folder,
                pickle(dict().text("w").tensor("FloatStorage", "0", 6, 0, new long[] {1, 1}, new long[] {1})),
                "as many strides as sizes");
        refusedInBoth(
                folder,
                pickle(dict().text("w").tensor("FloatStorage", "0", 6, 0, new long[13], new long[13])),
                "at most 12 dimensions");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 20, 23, 25, 28})
    void pkl11StorageOfAnotherSize(int bytes) throws IOException {
        byte[] pickle = pickle(dict().text("w").tensor("FloatStorage", "0", 6, 0, new long[] {6}, new long[] {1}));
        byte[] data = new byte[bytes];
        refused(folder, TorchFiles.zip(pickle, Map.of("0", data)), "must have 24 bytes");
        refused(folder, TorchFiles.legacy(pickle, List.of("0"), Map.of("0", data), 4));
        refused(folder, TorchFiles.zip(pickle, Map.of("1", SIX)), "no entry named 'archive/data/0'");
        refused(folder, TorchFiles.legacy(pickle, List.of("1"), Map.of("1", SIX), 4), "no tensor refers");
        refused(folder, TorchFiles.legacy(pickle, List.of(), Map.of(), 4), "does not name '0'");
        refused(folder, TorchFiles.legacy(pickle, List.of("0", "0"), Map.of("0", SIX), 4), "two storages");
    }

    @Test
    void oneStorageOfTwoTypes() throws IOException {
        refusedInBoth(
                folder,
                pickle(dict().text("a")
                        .tensor("FloatStorage", "0", 6, 0, new long[] {6}, new long[] {1})
                        .text("b")
                        .tensor("DoubleStorage", "0", 6, 0, new long[] {6}, new long[] {1})),
                "and before as 6 of torch.FloatStorage");
    }

    /** A few bytes of storage must not become gigabytes of dense tensors. */
    @Test
    void manyTurnedViewsOfOneStorage() throws IOException {
        long side = 256;
        PickleWriter p = dict();
        for (int i = 0; i < 2000; i++) {
            p.text("w" + i).tensor("FloatStorage", "0", side * side, 0, new long[] {side, side}, new long[] {1, side});
        }
        refused(folder, TorchFiles.zip(pickle(p), Map.of("0", new byte[4 << 16])), "four times the file");
    }

    @Test
    void limitsHold() throws IOException {
        byte[] pickle = pickle(dict().text("a")
                .tensor("FloatStorage", "0", 6, 0, new long[] {6}, new long[] {1})
                .text("b")
                .tensor("FloatStorage", "0", 6, 0, new long[] {6}, new long[] {1}));
        Path file = Files.write(folder.resolve("x.pth"), TorchFiles.zip(pickle, Map.of("0", SIX)));
        for (Limits limits : List.of(
                new Limits(100, 10, 4, 1000),
                new Limits(100_000, 1, 4, 1000),
                new Limits(100_000, 10, 4, 20),
                new Limits(100_000, 10, 4, 1000, 10))) {
            assertThatThrownBy(() -> TorchFile.read(file, limits).close()).isInstanceOf(IOException.class);
        }
        TorchFile.read(file, new Limits(100_000, 10, 4, 10_000, 200)).close();
    }

    /** PKL-07: bytes and texts that are pickles themselves stay bytes and texts; an archive in an archive is not opened. */
    @Test
    void pkl07Nested() throws IOException {
        byte[] evil = PickleWriter.protocol2()
                .global("os", "system")
                .text("id")
                .op(0x85, 'R')
                .stop()
                .toBytes();
        byte[] pickle = pickle(dict().text("inner")
                .bytes(evil)
                .text("w")
                .tensor("FloatStorage", "0", 6, 0, new long[] {6}, new long[] {1}));
        try (StateDict read = read(TorchFiles.writer(pickle, Map.of("0", SIX))
                .stored("archive/inner.pkl", evil)
                .stored("archive/inner.zip", TorchFiles.zip(evil, Map.of()))
                .toBytes())) {
            assertThat(read.tensors()).hasSize(1);
            assertThat(read.notes()).singleElement().asString().contains("'inner'");
        }
        refused(
                folder,
                new ZipWriter()
                        .stored("inner.zip", TorchFiles.zip(pickle, Map.of()))
                        .toBytes(),
                "data.pkl, found 0");
        refused(
                folder,
                TorchFiles.writer(pickle, Map.of("0", SIX))
                        .stored("b/data.pkl", evil)
                        .toBytes(),
                "data.pkl, found 2");
        refused(
                folder,
                TorchFiles.zip(new PickleWriter().raw(pickle).raw(evil).toBytes(), Map.of("0", SIX)),
                "follow its STOP");
    }

    @Test
    void pkl09BrokenMagicThenAPickle() throws IOException {
        byte[] pickle = pickle(dict());
        refused(folder, pickle, "magic number");
        refused(folder, new PickleWriter().integer(42).stop().raw(pickle).toBytes(), "magic number");
        byte[] zip = TorchFiles.zip(pickle, Map.of());
        for (int at = 0; at < 4; at++) {
            byte[] broken = zip.clone();
            broken[at] = (byte) (broken[at] ^ 1);
            refused(folder, broken);
        }
        refused(folder, new PickleWriter().raw(pickle).raw(zip).toBytes());
    }

    @Test
    void bigEndianIsRefused() throws IOException {
        byte[] file = new ZipWriter()
                .stored("archive/data.pkl", pickle(dict()))
                .stored("archive/byteorder", "big".getBytes(StandardCharsets.US_ASCII))
                .toBytes();
        refused(folder, file, "byte order must be little, found 'big'");
    }

    @Test
    void torchScriptSaysWhatItIs() throws IOException {
        refused(
                folder,
                TorchFiles.writer(pickle(dict()), Map.of())
                        .stored("archive/constants.pkl", new byte[0])
                        .toBytes(),
                "TorchScript",
                "state_dict()");
    }

    @Test
    void truncatedAtEveryByte() throws IOException {
        byte[] pickle = pickle(dict().text("w").tensor("FloatStorage", "0", 6, 0, new long[] {6}, new long[] {1}));
        for (byte[] whole : List.of(
                TorchFiles.zip(pickle, Map.of("0", SIX)),
                TorchFiles.legacy(pickle, List.of("0"), Map.of("0", SIX), 4))) {
            read(whole).close();
            for (int n = 0; n < whole.length; n++) {
                refused(folder, Arrays.copyOf(whole, n));
            }
            refused(folder, Arrays.copyOf(whole, whole.length + 1));
        }
    }
}
