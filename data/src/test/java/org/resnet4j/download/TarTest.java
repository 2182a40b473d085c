package org.resnet4j.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The archive cases ARC-01 to ARC-13 that a gzipped tar archive can have; nothing is ever written where a name leads. */
@Timeout(60)
class TarTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final ByteArrayOutputStream tar = new ByteArrayOutputStream();

    private TarTest entry(String name, char type, String size, byte[] content) {
        byte[] header = new byte[512];
        byte[] letters = name.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(letters, 0, header, 0, letters.length);
        byte[] digits = size.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(digits, 0, header, 124, digits.length);
        header[156] = (byte) type;
        tar.writeBytes(header);
        tar.writeBytes(Arrays.copyOf(content, Math.ceilDiv(content.length, 512) * 512));
        return this;
    }

    private TarTest file(String name, int bytes) {
        return entry(name, '0', Integer.toOctalString(bytes), new byte[bytes]);
    }

    private byte[] gzipped() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            tar.writeTo(out);
        }
        return packed.toByteArray();
    }

    /** Names and sizes of what is given out. */
    private List<String> read(byte[] archive) throws IOException {
        Path file = Files.write(folder.resolve("a.tgz"), archive);
        List<String> found = new ArrayList<>();
        try (InputStream in = Files.newInputStream(file)) {
            Tar.read(file, in, (name, size, content) -> found.add(name + " " + content.readAllBytes().length));
        } finally {
            Files.delete(file);
        }
        assertThat(folder).isEmptyDirectory();
        return found;
    }

    private void refused(String why) throws IOException {
        byte[] archive = gzipped();
        assertThatThrownBy(() -> read(archive)).isInstanceOf(IOException.class).hasMessageContaining(why);
    }

    @DisplayName("ARC-01, 02, 03, 07, 08 names are only names")
    @Test
    void names() throws IOException {
        List<String> names = List.of("../x", "/abs", "C:\\x", "..\\x", "A", "a", "CON", "x.", "\u00e9", "e\u0301");
        names.forEach(n -> file(n, 3));
        assertThat(read(gzipped())).isEqualTo(names.stream().map(n -> n + " 3").toList());
    }

    @DisplayName("ARC-04, 05, 06 links, devices, pipes, folders and extended headers are passed over")
    @ParameterizedTest
    @ValueSource(chars = {'1', '2', '3', '4', '5', '6', '7', 'x', 'g', 'L', 'S'})
    void otherKinds(char type) throws IOException {
        entry("x", type, "00000000005", new byte[5]).file("x", 4);
        assertThat(read(gzipped())).containsExactly("x 4");
    }

    @DisplayName("ARC-09 what swells")
    @Test
    void swelling() throws IOException {
        file("a", 64 << 20);
        refused("at most 200 times");
    }

    @DisplayName("ARC-10, 12 sizes: cut short, base 256, negative, too many digits, none")
    @Test
    void sizes() throws IOException {
        entry("x", '0', "00000002000", new byte[512]);
        refused("ends inside an entry");
        for (String size :
                List.of("\u0080\0\0\0\0\0\0\0\0\0\2\0", "\u00ff\u00ff\u00ff", "-1", "777777777777", "8", "", "1 2")) {
            tar.reset();
            entry("x", '0', size, new byte[512]);
            refused("octal digits");
        }
        tar.reset();
        entry("x", '0', "77777777777", new byte[512]); // 8 GiB of half a kilobyte
        refused("at most 200 times");
    }

    @DisplayName("ARC-11 more entries than any archive here has")
    @Test
    void tooManyEntries() throws IOException {
        byte[] noise = new byte[64];
        for (int i = 0; i <= 10_000; i++) {
            Arrays.fill(noise, (byte) (i * 31 + i / 7)); // so that it does not pack 200 times
            entry("x" + Integer.toHexString(i * 7919), '0', "100", noise);
        }
        refused("more than 10000 entries");
    }

    @DisplayName("ARC-12 extended headers that name each other")
    @Test
    void extendedHeaders() throws IOException {
        for (int i = 0; i < 100; i++) {
            byte[] pax = ("20 path=x" + i).getBytes(StandardCharsets.US_ASCII);
            entry("pax", 'x', Integer.toOctalString(pax.length), pax);
        }
        file("y", 1);
        assertThat(read(gzipped())).containsExactly("y 1");
    }

    @DisplayName("ARC-13 what follows the archive is not read; what is cut off is said")
    @Test
    void ends() throws IOException {
        file("x", 1000);
        byte[] archive = gzipped();
        byte[] garbage = Arrays.copyOf(archive, archive.length + 100);
        Arrays.fill(garbage, archive.length, garbage.length, (byte) 'z');
        assertThat(read(garbage)).containsExactly("x 1000");
        assertThatThrownBy(() -> read(Arrays.copyOf(archive, archive.length - 20)))
                .isInstanceOf(IOException.class);
        tar.writeBytes(new byte[1024]);
        file("y", 1);
        assertThat(read(gzipped())).as("behind the end of the archive").containsExactly("x 1000");
    }
}
