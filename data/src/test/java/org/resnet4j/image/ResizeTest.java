package org.resnet4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.resnet4j.image.Resize.Box;
import org.resnet4j.image.Resize.Target;

class ResizeTest {
    private static final Path GOLDEN = Path.of(
                    Objects.requireNonNullElse(System.getenv("RESNET4J_DATA"), "../../shared/data"))
            .resolve("golden/pillow");
    private static final Pattern ENTRY = Pattern.compile("\\{[^}]*\\}");

    @Test
    void everyBitIsPillows() throws IOException {
        assumeTrue(Files.isDirectory(GOLDEN));
        List<String> wrong = new ArrayList<>();
        Matcher entries = ENTRY.matcher(Files.readString(GOLDEN.resolve("resize.json")));
        int count = 0;
        while (entries.find()) {
            String entry = entries.group();
            Image source = ppm(GOLDEN.resolve("source-" + text(entry, "source") + ".ppm"));
            Filter filter = Filter.valueOf(text(entry, "filter").toUpperCase(Locale.ROOT));
            int width = Integer.parseInt(text(entry, "width"));
            int height = Integer.parseInt(text(entry, "height"));
            Target target = Target.of(width, height);
            List<Image> made = new ArrayList<>();
            made.add(Resize.resize(source, target, filter, box(entry, source)));
            if (filter != Filter.NEAREST) {
                made.add(Resize.resize(source, target, filter, box(entry, source), RowSums.PLAIN));
                made.add(Resize.resize(source, target, filter, box(entry, source), VectorRowSums.INSTANCE));
            }
            if (!made.stream().allMatch(m -> sha256(m.rgb()).equals(text(entry, "sha256")))) {
                wrong.add(entry.replaceAll("\\s+", " "));
            }
            count++;
        }
        assertThat(count).isEqualTo(318);
        assertThat(wrong).isEmpty();
    }

    /** Hashes that Pillow 13.0 gives; at 25x20 the height shrinks by exactly twice what the width does, at 35x20 by more. */
    @Test
    void theOrderOfThePassesIsPillows() {
        byte[] rgb = new byte[50 * 40 * 3];
        for (int i = 0; i < rgb.length; i++) {
            int c = i % 3;
            int x = i / 3 % 40;
            int y = i / 120;
            rgb[i] = (byte) (x * x * 3 + y * y * 5 + x * y * 7 + c * 50);
        }
        Image image = new Image(40, 50, rgb);
        assertThat(sha256(Resize.resize(image, 25, 20, Filter.BICUBIC).rgb()))
                .isEqualTo("4a69dcc456351bd6a0efac80b4c5614276b0f87dcfad2dc3ead6ce3656ebe97a");
        assertThat(sha256(Resize.resize(image, 35, 20, Filter.BICUBIC).rgb()))
                .isEqualTo("a75691805d0b2f8b13b84ed44b1efa3884b5129b9ccdbf9f42540386e17551ee");
    }

    /** On pictures of one pixel and more, and to sizes that reach many rows. */
    @Test
    void vectorsAndPartsAreTheSameBits() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 300; i++) {
            int width = random.nextInt(1, 60);
            int height = random.nextInt(1, 60);
            byte[] rgb = new byte[width * height * 3];
            random.nextBytes(rgb);
            Image image = new Image(width, height, rgb);
            int x = random.nextInt(width);
            int y = random.nextInt(height);
            int w = random.nextInt(width - x) + 1;
            int h = random.nextInt(height - y) + 1;
            Image part = image.crop(x, y, w, h);
            Target target = Target.of(random.nextInt(1, 70), random.nextInt(1, 70));
            for (Filter filter : Filter.values()) {
                Image whole = Resize.resize(part, target, filter, Box.of(part));
                assertThat(Resize.resizeCrop(image, x, y, w, h, target, filter)).isEqualTo(whole);
                if (filter != Filter.NEAREST) {
                    assertThat(Resize.resize(part, target, filter, Box.of(part), RowSums.PLAIN))
                            .isEqualTo(whole);
                    assertThat(Resize.resize(part, target, filter, Box.of(part), VectorRowSums.INSTANCE))
                            .isEqualTo(whole);
                }
            }
        }
    }

    /** More rows under one weight than are kept: 3000 of 1500 pixels. */
    @Test
    void tallPictures() {
        byte[] rgb = new byte[1500 * 3000 * 3];
        for (int y = 0; y < 3000; y++) {
            Arrays.fill(rgb, y * 4500, (y + 1) * 4500, (byte) (y < 1500 ? 50 : 150));
        }
        Image tall = new Image(1500, 3000, rgb);
        assertThat(Resize.resize(tall, 1500, 1, Filter.BOX).rgb()).containsOnly(100);
        Image two = Resize.resize(tall, 1500, 2, Filter.BOX);
        assertThat(two.at(700, 0, 1)).isEqualTo(50);
        assertThat(two.at(700, 1, 1)).isEqualTo(150);
    }

    @Test
    void aFlatPictureStaysFlatAndHalvesAreMeans() {
        Image flat = new Image(5, 4, filled(60, 77));
        for (Filter filter : Filter.values()) {
            assertThat(Resize.resize(flat, 9, 2, filter).rgb()).containsOnly(77);
        }
        Image steps = new Image(4, 1, new byte[] {0, 0, 0, 10, 10, 10, 20, 20, 20, 40, 40, 40});
        assertThat(Resize.resize(steps, 2, 1, Filter.BOX).rgb()).containsExactly(5, 5, 5, 30, 30, 30);
        assertThat(Resize.resize(steps, 4, 1, Filter.LANCZOS)).isEqualTo(steps);
    }

    @Test
    void aBoxOutsideIsRefused() {
        Image image = new Image(4, 4, filled(48, 1));
        assertThatThrownBy(() -> Resize.resize(image, Target.of(2, 2), Filter.BOX, new Box(1, 1, 5, 3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("inside of 4x4");
        assertThatThrownBy(() -> Resize.resize(image, 0, 2, Filter.BOX)).hasMessageContaining("asked for 0x2");
    }

    private static byte[] filled(int n, int value) {
        byte[] bytes = new byte[n];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static String text(String entry, String key) {
        Matcher m = Pattern.compile("\"" + key + "\": \"?([^\",\\s]+)").matcher(entry);
        assertThat(m.find()).as("%s in %s", key, entry).isTrue();
        return m.group(1);
    }

    private static Box box(String entry, Image source) {
        Matcher m = Pattern.compile("\"box\": \\[([^\\]]*)\\]").matcher(entry);
        if (!m.find()) {
            return Box.of(source);
        }
        String[] n = m.group(1).split(",");
        return new Box(
                Float.parseFloat(n[0].strip()),
                Float.parseFloat(n[1].strip()),
                Float.parseFloat(n[2].strip()),
                Float.parseFloat(n[3].strip()));
    }

    private static Image ppm(Path file) throws IOException {
        byte[] all = Files.readAllBytes(file);
        Matcher m = Pattern.compile("P6\\s+(\\d+)\\s+(\\d+)\\s+255\\s")
                .matcher(new String(all, 0, Math.min(all.length, 32), StandardCharsets.ISO_8859_1));
        assertThat(m.lookingAt()).isTrue();
        int width = Integer.parseInt(m.group(1));
        int height = Integer.parseInt(m.group(2));
        return new Image(width, height, Arrays.copyOfRange(all, m.end(), all.length));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
