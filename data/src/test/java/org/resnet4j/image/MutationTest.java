package org.resnet4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.resnet4j.testkit.JpegFile;
import org.resnet4j.testkit.PngFile;

/** Small pictures, damaged at random from a seed: each is a picture or an {@link ImageException}, within the time. */
class MutationTest {
    private static final ReadOptions SMALL = ReadOptions.UPRIGHT.withMaxPixels(1 << 20);
    private static final long HANG_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static List<byte[]> seeds() throws IOException {
        List<byte[]> seeds = new ArrayList<>();
        JpegFile.Blocks steps = (c, x, y) -> (40 + 60 * c + 10 * x + 20 * y) & 0xff;
        byte[] tiff = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0};
        seeds.add(JpegFile.picture(40, 30, steps, 1));
        seeds.add(JpegFile.begin()
                .exif(tiff)
                .picture(0xc0, 40, 30, steps, 1, 2, 3)
                .end());
        seeds.add(JpegFile.begin().picture(0xc2, 40, 30, steps, 1, 2, 3).end());
        seeds.add(JpegFile.begin()
                .adobe(2)
                .picture(0xc0, 40, 30, steps, 1, 2, 3, 4)
                .end());
        seeds.add(PngFile.begin(9, 3, 8, 2).rows(new byte[84]).end());
        BufferedImage picture = new BufferedImage(40, 30, BufferedImage.TYPE_BYTE_INDEXED);
        for (int i = 0; i < 1200; i++) {
            picture.setRGB(i % 40, i / 40, i * i);
        }
        for (String format : List.of("gif", "bmp", "png", "jpeg")) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            BufferedImage rgb = new BufferedImage(40, 30, BufferedImage.TYPE_3BYTE_BGR);
            rgb.getGraphics().drawImage(picture, 0, 0, null);
            assertThat(ImageIO.write(format.equals("gif") ? picture : rgb, format, out))
                    .isTrue();
            seeds.add(out.toByteArray());
        }
        return seeds;
    }

    /** Small files of the test data, where that is there: more kinds than can be generated. */
    private static List<byte[]> found() throws IOException {
        List<byte[]> seeds = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Golden.require("awkward"))) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                if (Files.size(file) < 20_000 && !file.toString().endsWith(".tif")) {
                    seeds.add(Files.readAllBytes(file));
                }
            }
        }
        return seeds;
    }

    private static void attempt(byte[] bytes, String what) {
        long begin = Golden.cpuNanos();
        try {
            Image image = ImageFile.decode(bytes, what, SMALL);
            assertThat(image.rgb()).hasSize(image.width() * image.height() * 3);
        } catch (ImageException e) {
            assertThat(e).hasMessageStartingWith(what + ": ");
        } catch (RuntimeException | Error e) {
            fail(what + ": neither picture nor ImageException", e);
        }
        assertThat(Golden.cpuNanos() - begin).as("time of " + what).isLessThan(HANG_NANOS);
    }

    @DisplayName("IMG-12 one bit flipped at each byte")
    @Test
    @Timeout(120)
    void everyByte() throws IOException {
        List<byte[]> seeds = seeds();
        for (int s = 0; s < seeds.size(); s++) {
            byte[] bytes = seeds.get(s);
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] ^= (byte) (1 << i % 8);
                attempt(bytes, "seed " + s + ", byte " + i);
                bytes[i] ^= (byte) (1 << i % 8);
            }
        }
    }

    @Test
    @Timeout(120)
    void many() throws IOException {
        mutate(seeds(), 3000);
    }

    @Test
    @Timeout(120)
    void manyOfThoseFound() throws IOException {
        mutate(found(), 3000);
    }

    @Test
    @Tag("slow")
    void veryMany() throws IOException {
        List<byte[]> all = seeds();
        all.addAll(found());
        mutate(all, 200_000);
    }

    private static void mutate(List<byte[]> seeds, int count) {
        SplittableRandom random = new SplittableRandom(2015);
        for (int n = 0; n < count; n++) {
            byte[] bytes = seeds.get(random.nextInt(seeds.size())).clone();
            for (int k = random.nextInt(1, 8); k > 0; k--) {
                int at = random.nextInt(bytes.length);
                switch (random.nextInt(4)) {
                    case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                    case 1 -> bytes[at] = (byte) random.nextInt(256);
                    case 2 -> bytes[at] = random.nextBoolean() ? (byte) 0xff : 0;
                    default -> {
                        int from = random.nextInt(bytes.length);
                        int length = Math.min(random.nextInt(1, 64), bytes.length - Math.max(from, at));
                        System.arraycopy(bytes.clone(), from, bytes, at, length);
                    }
                }
            }
            attempt(random.nextInt(8) == 0 ? cut(bytes, random) : bytes, "mutation " + n);
        }
    }

    private static byte[] cut(byte[] bytes, SplittableRandom random) {
        return java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length));
    }
}
