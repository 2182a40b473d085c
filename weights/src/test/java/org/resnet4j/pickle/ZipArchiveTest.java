package org.resnet4j.pickle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.resnet4j.pickle.Hostile.refused;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.testkit.PickleWriter;
import org.resnet4j.testkit.TorchFiles;
import org.resnet4j.testkit.ZipWriter;
import org.resnet4j.weights.Limits;

/** PKL-06 and the archive cases ARC-01 to ARC-11 that a zip archive can have. */
@Timeout(60)
final class ZipArchiveTest {
    private static final byte[] DATA = TorchFiles.floats(1, 2, 3);
    private static final byte[] PICKLE = PickleWriter.protocol2()
            .orderedDict()
            .op('(')
            .text("w")
            .tensor("FloatStorage", "0", 3, 0, new long[] {3}, new long[] {1})
            .op('u')
            .stop()
            .toBytes();

    @TempDir
    Path folder;

    private static ZipWriter sound() {
        return TorchFiles.writer(PICKLE, Map.of("0", DATA));
    }

    private static ZipWriter start() {
        return new ZipWriter().stored("a/data.pkl", PICKLE);
    }

    @Test
    void soundArchivesOpenStoredAndDeflated() throws IOException {
        Path file = folder.resolve("y.pth");
        TorchFile.read(Files.write(file, sound().toBytes()), Limits.DEFAULT).close();
        TorchFile.read(
                        Files.write(
                                file,
                                start().deflated("a/data/0", DATA, f -> f, f -> f)
                                        .toBytes()),
                        Limits.DEFAULT)
                .close();
        // The JDK's writer puts checksum and sizes behind the data, as PyTorch's does.
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(new ZipEntry("a/data.pkl"));
            zip.write(PICKLE);
            zip.putNextEntry(new ZipEntry("a/data/0"));
            zip.write(DATA);
        }
        TorchFile.read(file, Limits.DEFAULT).close();
    }

    @Test
    void pkl06Checksum() throws IOException {
        refused(
                folder,
                start().stored("a/data/0", DATA, f -> f.withCrc(1), f -> f.withCrc(1))
                        .toBytes(),
                "CRC-32");
        refused(
                folder,
                start().deflated("a/data/0", DATA, f -> f.withCrc(1), f -> f.withCrc(1))
                        .toBytes(),
                "CRC-32");
        byte[] file = sound().toBytes();
        for (int at = 0; at < file.length; at++) {
            if (file[at] == DATA[2] && Arrays.equals(file, at, at + 10, DATA, 2, 12)) {
                file[at] = (byte) (file[at] ^ 1);
                break;
            }
        }
        refused(folder, file, "CRC-32");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1 << 6, 1 << 13})
    void pkl06Encrypted(int flag) throws IOException {
        refused(
                folder,
                start().stored("a/data/0", DATA, f -> f.withFlags(flag), f -> f.withFlags(flag))
                        .toBytes(),
                "encrypted");
        refused(
                folder,
                start().stored("a/data/0", DATA, f -> f, f -> f.withFlags(flag)).toBytes(),
                "encrypted");
        refused(
                folder,
                start().stored("a/data/0", DATA, f -> f.withFlags(flag), f -> f).toBytes(),
                "in its own header");
    }

    @Test
    void pkl06TwoOfOneName() throws IOException {
        refused(folder, sound().stored("archive/data/0", DATA).toBytes(), "two entries are named");
        refused(folder, sound().stored("archive/data.pkl", PICKLE).toBytes(), "two entries are named");
    }

    @Test
    void pkl06HeadersDiffer() throws IOException {
        refused(
                folder,
                start().stored("a/data/0", DATA, f -> f.withName("a/data/1"), f -> f)
                        .toBytes(),
                "in its own header");
        refused(
                folder,
                start().stored("a/data/0", DATA, f -> f.withCrc(1), f -> f).toBytes(),
                "in its own header");
        refused(
                folder,
                start().stored("a/data/0", DATA, f -> f.withSizes(8, 8), f -> f).toBytes(),
                "in its own header");
        refused(
                folder,
                start().stored("a/data/0", DATA, f -> f.withMethod(8), f -> f).toBytes(),
                "in its own header");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x", "a/../../x", "/etc/x", "C:\\x", "..\\x", "a\\b", "C:x", "a/..", "x\0y", ""})
    void arc01To03NamesThatLeadOut(String name) throws IOException {
        refused(folder, sound().stored(name, DATA).toBytes(), "leads out of the archive");
    }

    @Test
    void arc04Links() throws IOException {
        refused(
                folder,
                sound().stored("archive/link", DATA, f -> f, f -> f.withAttributes(0xa1ffL << 16))
                        .toBytes(),
                "symbolic link");
    }

    @Test
    void arc09Swelling() throws IOException {
        byte[] zeros = new byte[64 << 20];
        refused(folder, start().deflated("a/data/0", zeros, f -> f, f -> f).toBytes(), "at most 200 times");
        refused(
                folder,
                start().stored("a/data/0", DATA)
                        .again(1, f -> f.withName("a/data/1"))
                        .toBytes(),
                "header");
    }

    @Test
    void arc09OnTheSameBytes() throws IOException {
        ZipWriter zip = start().stored("a/data/0", DATA);
        refused(folder, zip.again(1, f -> f).toBytes(), "two entries are named");
        // The first entry says that it reaches over the second.
        refused(
                folder,
                new ZipWriter()
                        .stored("a/data/0", DATA, f -> f.withSizes(100, 100), f -> f.withSizes(100, 100))
                        .stored("a/data.pkl", PICKLE)
                        .toBytes(),
                "lies on the bytes");
    }

    @Test
    void arc10DeclaredSizes() throws IOException {
        for (long size : new long[] {11, 13, 0}) {
            refused(
                    folder,
                    start().stored("a/data/0", DATA, f -> f.withSizes(12, size), f -> f.withSizes(12, size))
                            .toBytes());
            refused(
                    folder,
                    start().deflated(
                                    "a/data/0",
                                    DATA,
                                    f -> f.withSizes(f.packed(), size),
                                    f -> f.withSizes(f.packed(), size))
                            .toBytes());
        }
        for (long packed : new long[] {0, 5}) {
            refused(
                    folder,
                    start().deflated("a/data/0", DATA, f -> f.withSizes(packed, 12), f -> f.withSizes(packed, 12))
                            .toBytes());
        }
        refused(
                folder,
                start().stored("a/data/0", DATA, f -> f.withMethod(8), f -> f.withMethod(8))
                        .toBytes());
        refused(
                folder,
                start().stored("a/data/0", DATA, f -> f.withMethod(12), f -> f.withMethod(12))
                        .toBytes(),
                "method 12");
    }

    @Test
    void arc11TooManyEntries() throws IOException {
        byte[] file = sound().toBytes();
        int end = file.length - 22;
        file[end + 8] = file[end + 10] = (byte) 0xff;
        file[end + 9] = file[end + 11] = (byte) 0xfe;
        refused(folder, file, "broken at entry 4");
        ZipWriter many = start();
        for (int i = 0; i < 50; i++) {
            many.stored("a/" + i, new byte[0]);
        }
        Path path = Files.write(folder.resolve("x.pth"), many.toBytes());
        assertThatThrownBy(() -> TorchFile.read(path, new Limits(100_000, 50, 4, 10_000)))
                .hasMessageContaining("at most 50 entries");
    }

    @Test
    void bytesBeforeBetweenAndBehind() throws IOException {
        byte[] file = sound().toBytes();
        refused(folder, new PickleWriter().raw("PK").raw(file).toBytes());
        refused(folder, Arrays.copyOf(file, file.length + 1), "does not end as one");
    }

    /** One bit of every byte turned over: read or refused, never anything else. */
    @Test
    void everyByteDamaged() throws IOException {
        byte[] file = sound().toBytes();
        for (int at = 0; at < file.length; at++) {
            for (int bit : new int[] {1, 0x80}) {
                byte[] damaged = file.clone();
                damaged[at] = (byte) (damaged[at] ^ bit);
                Path path = Files.write(folder.resolve("x.pth"), damaged);
                try {
                    TorchFile.read(path, Limits.DEFAULT).close();
                } catch (IOException expected) {
                    assertThat(expected).hasMessageContaining("x.pth");
                }
            }
        }
    }
}
