package org.resnet4j.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.formats.WeightFiles;
import org.resnet4j.naming.NameReport;
import org.resnet4j.naming.Naming;
import org.resnet4j.npy.Npy;
import org.resnet4j.pickle.TorchFile;
import org.resnet4j.safetensors.Safetensors;
import org.resnet4j.testkit.PickleWriter;
import org.resnet4j.testkit.TorchFiles;
import org.resnet4j.testkit.ZipWriter;
import org.resnet4j.tfjs.TfjsModel;
import org.resnet4j.weights.StateDict;

/** The readers of weights, each from files that it reads, and some that it must refuse, as seeds. */
final class WeightsFuzzTest {
    private static final byte[] DATA = TorchFiles.floats(0, 1, 2, 3, 4, 5);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path folder;

    @BeforeAll
    static void writeShard() throws IOException {
        Files.write(folder.resolve("a.bin"), DATA);
    }

    private interface Reader {
        void read(Path file) throws IOException;
    }

    private static void run(byte[] data, Reader reader) throws IOException {
        Path file = Files.write(folder.resolve("input"), data);
        Target.run(() -> reader.read(file));
    }

    /** The program inside a sound archive, so that checksums do not stand in the way. */
    @MethodSource("pickles")
    @FuzzTest(maxDuration = Target.DURATION)
    void pickle(byte[] data) throws IOException {
        run(
                TorchFiles.zip(data, Map.of("0", DATA)),
                file -> TorchFile.read(file, Target.LIMITS).close());
    }

    @MethodSource("legacies")
    @FuzzTest(maxDuration = Target.DURATION)
    void legacy(byte[] data) throws IOException {
        run(data, file -> TorchFile.read(file, Target.LIMITS).close());
    }

    @MethodSource("zips")
    @FuzzTest(maxDuration = Target.DURATION)
    void zip(byte[] data) throws IOException {
        run(data, file -> TorchFile.read(file, Target.LIMITS).close());
    }

    @MethodSource("safetensorsFiles")
    @FuzzTest(maxDuration = Target.DURATION)
    void safetensors(byte[] data) throws IOException {
        run(data, file -> Safetensors.read(file, Target.LIMITS).close());
    }

    @MethodSource("npys")
    @FuzzTest(maxDuration = Target.DURATION)
    void npy(byte[] data) throws IOException {
        run(data, file -> Npy.read(file, Target.LIMITS).close());
    }

    @MethodSource("models")
    @FuzzTest(maxDuration = Target.DURATION)
    void tfjs(byte[] data) throws IOException {
        run(data, file -> TfjsModel.read(file, Target.LIMITS).close());
    }

    /** The whole way: what it is, unwrapping, names, the report. */
    @MethodSource("everything")
    @FuzzTest(maxDuration = Target.DURATION)
    void anything(byte[] data) throws IOException {
        run(data, file -> {
            try (StateDict read = WeightFiles.open(file, Target.LIMITS)) {
                NameReport.of(
                                Map.of(),
                                Naming.translate(read.tensors(), Arena.ofAuto()).tensors())
                        .withNewHead("fc")
                        .text();
                read.toF32().close();
            }
        });
    }

    static Stream<byte[]> pickles() {
        PickleWriter tensors = PickleWriter.protocol2()
                .orderedDict()
                .op('(')
                .text("whole")
                .tensor("FloatStorage", "0", 6, 0, new long[] {2, 3}, new long[] {3, 1})
                .text("turned")
                .tensor("FloatStorage", "0", 6, 0, new long[] {3, 2}, new long[] {1, 3})
                .op('u', '}', '(')
                .text("_metadata")
                .orderedDict()
                .op('u', 'b')
                .stop();
        PickleWriter checkpoint = PickleWriter.protocol2()
                .op('}', 'q', 0, '(')
                .text("args")
                .global("argparse", "Namespace")
                .op(')', 0x81, '}', 'b')
                .text("n")
                .global("numpy.core.multiarray", "scalar")
                .global("numpy", "dtype")
                .text("i4")
                .bool(false)
                .bool(true)
                .op(0x87, 'R')
                .global("_codecs", "encode")
                .text("abcd")
                .text("latin1")
                .op(0x86, 'R', 0x86, 'R')
                .text("c")
                .global("collections", "Counter")
                .op('}', 0x85, 'R')
                .text("s")
                .global("torch", "Size")
                .integers(1, 2)
                .op(0x85, 'R')
                .text("state_dict")
                .orderedDict()
                .text("w")
                .global("torch._utils", "_rebuild_parameter")
                .tensor("HalfStorage", "0", 12, 3, new long[] {2}, new long[] {2})
                .bool(true)
                .orderedDict()
                .op(0x87, 'R', 's', 'u')
                .stop();
        PickleWriter protocol4 = new PickleWriter()
                .op(0x80, 4, 0x95)
                .little(60, 8)
                .op(']', 0x94, '(', 'K', 7, 'M', 1, 2, 0x8a, 2, 1, 2, 0x88, 'N', 0x8c, 1, 'x', 'C', 1, 0, 'e')
                .op(0x8f, '(', 'K', 1, 0x90, '(', 'K', 2, 0x91, 'h', 0, 0x87)
                .stop();
        PickleWriter hostile = PickleWriter.protocol2()
                .stackGlobal("os", "system")
                .text("id")
                .op(0x85, 'R')
                .stop();
        return Stream.of(tensors, checkpoint, protocol4, hostile).map(PickleWriter::toBytes);
    }

    static Stream<byte[]> legacies() {
        return pickles().map(p -> TorchFiles.legacy(p, List.of("0"), Map.of("0", DATA), 4));
    }

    static Stream<byte[]> zips() {
        byte[] pickle = pickles().findFirst().orElseThrow();
        return Stream.concat(
                pickles().map(p -> TorchFiles.zip(p, Map.of("0", DATA))),
                Stream.of(new ZipWriter()
                        .deflated("a/data.pkl", pickle, f -> f, f -> f)
                        .stored("a/data/0", DATA, f -> f.withFlags(8).withCrc(0).withSizes(0, 0), f -> f.withFlags(8))
                        .toBytes()));
    }

    static Stream<byte[]> safetensorsFiles() {
        return Stream.of(
                        "{\"__metadata__\":{\"format\":\"pt\"},\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                                + "\"b\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[8,16]}}",
                        "{\"module.conv1.weight\":{\"dtype\":\"BF16\",\"shape\":[2,2,2,1],\"data_offsets\":[0,16]}}")
                .map(header -> ByteBuffer.allocate(8 + header.length() + 16)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(header.length())
                        .put(header.getBytes(StandardCharsets.US_ASCII))
                        .array());
    }

    static Stream<byte[]> npys() {
        return Stream.of(
                        "\1\0@\0{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }   \n",
                        "\2\0@\0\0\0{'descr': '|u1', 'fortran_order': True, 'shape': (24,), }    \n")
                .map(header -> ("\u0093NUMPY" + header).getBytes(StandardCharsets.ISO_8859_1))
                .map(header -> {
                    header[8] = (byte) (header.length - (header[6] == 1 ? 10 : 12));
                    return new PickleWriter().raw(header).raw(DATA).toBytes();
                });
    }

    static Stream<byte[]> models() {
        return Stream.of(
                        "{\"format\":\"layers-model\",\"modelTopology\":{\"model_config\":{\"config\":{\"layers\":[{\"class_name\":"
                                + "\"BatchNormalization\",\"config\":{\"name\":\"bn\",\"epsilon\":0.001}}]}}},\"weightsManifest\":[{\"paths\":"
                                + "[\"a.bin\"],\"weights\":[{\"name\":\"res2a_branch2a/kernel\",\"shape\":[1,1,2,3],\"dtype\":\"float32\"}]}]}",
                        "{\"weightsManifest\":[{\"paths\":[\"a.bin\"],\"weights\":[{\"name\":\"fc1000/bias\",\"shape\":[12],\"dtype\":"
                                + "\"float32\",\"quantization\":{\"dtype\":\"uint8\",\"scale\":0.5,\"min\":-1}},{\"name\":\"x\",\"shape\":[6],"
                                + "\"dtype\":\"float32\",\"quantization\":{\"dtype\":\"float16\"}}]}]}")
                .map(text -> text.getBytes(StandardCharsets.US_ASCII));
    }

    static Stream<byte[]> everything() {
        return Stream.of(legacies(), zips(), safetensorsFiles(), npys(), models())
                .flatMap(s -> s);
    }
}
