package org.resnet4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.testkit.JpegFile;
import org.resnet4j.testkit.PngFile;

class ImageReadingTest {
    private static final byte[] PNG =
            PngFile.begin(1, 1, 8, 0).rows((byte) 0, (byte) 5).end();

    @DisplayName("IMG-08 what a file is called does not matter; what it is does")
    @Test
    void byContent(@TempDir Path folder) throws IOException {
        byte[] jpeg = JpegFile.picture(8, 8, (c, x, y) -> 90, 1);
        assertThat(ImageFile.read(Files.write(folder.resolve("n02105855_2933.JPEG"), PNG))
                        .rgb())
                .containsExactly(5, 5, 5);
        assertThat(ImageFile.read(Files.write(folder.resolve("x.png"), jpeg)).rgb())
                .containsOnly(90);
        refused(Files.write(folder.resolve("page.png"), "<!DOCTYPE html>".getBytes(StandardCharsets.UTF_8)), "HTML");
        refused(Files.createFile(folder.resolve("empty.jpg")), "an empty file");
        refused(Files.createDirectory(folder.resolve("folder.jpg")), "a file is needed, found something else");
        refused(folder.resolve("absent.jpg"), "a file is needed, found nothing");
        refused(Files.write(folder.resolve("x.tif"), new byte[] {'I', 'I', '*', 0, 8, 0, 0, 0}), "a TIFF picture");
        refused(Files.write(folder.resolve("noise.gif"), new byte[300]), "300 other bytes");
    }

    private static void refused(Path file, String why) {
        assertThatThrownBy(() -> ImageFile.read(file))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(why);
    }

    @Test
    void limitsAreAnArgument(@TempDir Path folder) throws IOException {
        ReadOptions bytes = ReadOptions.DEFAULT.withMaxBytes(PNG.length - 1);
        assertThatThrownBy(() -> ImageFile.decode(PNG, "x", bytes)).hasMessageContaining("bytes are read");
        Path file = Files.write(folder.resolve("x.png"), PNG);
        assertThatThrownBy(() -> ImageFile.read(file, bytes)).hasMessageContaining("bytes are read");
        ReadOptions pixels = ReadOptions.DEFAULT.withMaxPixels(63);
        byte[] jpeg = JpegFile.picture(8, 8, (c, x, y) -> 90, 1);
        assertThatThrownBy(() -> ImageFile.decode(jpeg, "x", pixels)).hasMessageContaining("1 to 63 pixels");
        assertThatThrownBy(() -> ReadOptions.DEFAULT.withMaxPixels(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                BufferedImage.TYPE_BYTE_BINARY,
                BufferedImage.TYPE_BYTE_INDEXED,
                BufferedImage.TYPE_USHORT_555_RGB,
                BufferedImage.TYPE_USHORT_565_RGB,
                BufferedImage.TYPE_3BYTE_BGR,
                BufferedImage.TYPE_INT_RGB
            })
    void bmp(int type) throws IOException {
        BufferedImage picture = new BufferedImage(13, 7, type);
        for (int i = 0; i < 13 * 7; i++) {
            picture.setRGB(i % 13, i / 13, i * 0x02b7a5);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(ImageIO.write(picture, "bmp", out)).isTrue();
        Image image = ImageFile.decode(out.toByteArray(), "generated");
        for (int i = 0; i < 13 * 7; i++) {
            int rgb =
                    image.at(i % 13, i / 13, 0) << 16 | image.at(i % 13, i / 13, 1) << 8 | image.at(i % 13, i / 13, 2);
            assertThat(rgb).as("pixel %d", i).isEqualTo(picture.getRGB(i % 13, i / 13) & 0xffffff);
        }
    }

    @Test
    void unsoundBmp() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(40, 30, BufferedImage.TYPE_3BYTE_BGR), "bmp", out);
        byte[] sound = out.toByteArray();
        for (int length = 0; length < sound.length; length += 7) {
            byte[] cut = java.util.Arrays.copyOf(sound, length);
            assertThatThrownBy(() -> ImageFile.decode(cut, "cut")).isInstanceOf(ImageException.class);
        }
        bmpWith(sound, 30, 4, "compression 4"); // a JPEG inside, of which nothing has been checked
        bmpWith(sound, 20, 1, "pixels are read"); // 65,576 pixels wide
        bmpWith(sound, 49, 1, "at most 256 colours");
        bmpWith(sound, 28, 7, "7");
    }

    private static void bmpWith(byte[] sound, int at, int value, String why) {
        byte[] other = sound.clone();
        other[at] = (byte) value;
        if (at == 20) {
            other[24] = 1; // and as high
        }
        assertThatThrownBy(() -> ImageFile.decode(other, "generated"))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining(why);
    }

    @DisplayName("IMG-24 sixteen threads with 80 million pixels each decode one after the other")
    @Test
    void budget() throws InterruptedException, ExecutionException {
        AtomicLong pixels = new AtomicLong();
        AtomicLong most = new AtomicLong();
        CountDownLatch begun = new CountDownLatch(16);
        try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
            List<Future<Image>> all = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                int side = i < 12 ? 8944 : 500; // 80 million pixels, and a few small ones between them
                all.add(threads.submit(() -> {
                    begun.countDown();
                    begun.await();
                    return DecodeBudget.spend(side, side, () -> {
                        most.accumulateAndGet(pixels.addAndGet((long) side * side), Math::max);
                        Thread.onSpinWait();
                        pixels.addAndGet(-(long) side * side);
                        return new Image(1, 1, new byte[3]);
                    });
                }));
            }
            for (Future<Image> f : all) {
                assertThat(f.get().width()).isEqualTo(1);
            }
        }
        assertThat(most.get()).isBetween(8944L * 8944, (long) DecodeBudget.PIXELS);
        assertThat(DecodeBudget.free()).isEqualTo(DecodeBudget.PIXELS);
    }

    @Test
    void aFailureGivesItsBudgetBack() {
        assertThatThrownBy(() -> DecodeBudget.spend(1L << 20, 1L << 20, () -> {
                    assertThat(DecodeBudget.free()).isZero();
                    throw new ImageException("broken");
                }))
                .hasMessage("broken");
        assertThat(DecodeBudget.free()).isEqualTo(DecodeBudget.PIXELS);
    }
}
