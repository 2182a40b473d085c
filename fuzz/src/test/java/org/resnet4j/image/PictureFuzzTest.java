package org.resnet4j.image;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.fuzz.Target;
import org.resnet4j.testkit.JpegFile;
import org.resnet4j.testkit.PngFile;

/** The readers of pictures. In their package, since the JDK's decoder of JPEG stands behind libjpeg-turbo. */
final class PictureFuzzTest {
    private static final ReadOptions SMALL = ReadOptions.UPRIGHT.withMaxPixels(1 << 18);
    private static final JpegFile.Blocks STEPS = (c, x, y) -> (40 + 60 * c + 10 * x + 20 * y) & 0xff;

    private static void decode(byte[] data) {
        Target.run(() -> ImageFile.decode(data, "input", SMALL));
    }

    @MethodSource("jpegs")
    @FuzzTest(maxDuration = Target.DURATION)
    void jpeg(byte[] data) {
        decode(data);
    }

    @MethodSource("jpegs")
    @FuzzTest(maxDuration = Target.DURATION)
    void jpegByTheJdk(byte[] data) {
        Source source = new Source(data, "input", SMALL);
        Target.run(() -> JdkJpeg.decode(source, JpegHeader.read(source)));
    }

    /** A block inside a sound picture, which must be shown whatever the block says. */
    @MethodSource("blocks")
    @FuzzTest(maxDuration = Target.DURATION)
    void exif(byte[] data) throws IOException {
        byte[] block = Arrays.copyOf(data, Math.min(data.length, 60_000));
        ImageFile.decode(
                JpegFile.begin().exif(block).picture(0xc0, 16, 8, STEPS, 1).end(), "input", SMALL);
    }

    /** Chunks whose checksums are put right, so that they do not stand in the way. */
    @MethodSource("pngs")
    @FuzzTest(maxDuration = Target.DURATION)
    void png(byte[] data) {
        PngFile file = PngFile.signature();
        int at = 8;
        while (at <= data.length - 8) {
            int length = (data[at + 2] & 0xff) << 8 | (data[at + 3] & 0xff);
            int end = Math.min(data.length, at + 8 + length);
            String type = new String(data, at + 4, 4, StandardCharsets.ISO_8859_1);
            file.chunk(type, Arrays.copyOfRange(data, at + 8, end));
            at = end + 4;
        }
        decode(file.toBytes());
    }

    /** A header of the first five bytes and a palette, and rows that are deflated, so that no checksum stands in the way. */
    @MethodSource("rows")
    @FuzzTest(maxDuration = Target.DURATION)
    void pngRows(byte[] data) {
        byte[] b = Arrays.copyOf(data, Math.max(data.length, 5));
        decode(PngFile.signature()
                .header(b[0] & 0xff, b[1] & 0xff, b[2], b[3], b[4])
                .chunk("PLTE", new byte[48])
                .rows(Arrays.copyOfRange(b, 5, b.length))
                .end());
    }

    /** GIF, BMP, WebP. */
    @MethodSource("others")
    @FuzzTest(maxDuration = Target.DURATION)
    void otherKinds(byte[] data) {
        decode(data);
    }

    static Stream<byte[]> jpegs() {
        byte[] tiff = blocks().findFirst().orElseThrow();
        return Stream.of(
                JpegFile.picture(24, 16, STEPS, 1),
                JpegFile.begin()
                        .exif(tiff)
                        .picture(0xc0, 24, 16, STEPS, 1, 2, 3)
                        .end(),
                JpegFile.begin().picture(0xc2, 24, 16, STEPS, 1, 2, 3).end(),
                JpegFile.begin()
                        .adobe(2)
                        .picture(0xc0, 16, 8, STEPS, 1, 2, 3, 4)
                        .end());
    }

    static Stream<byte[]> blocks() {
        return Stream.of(
                        "4d4d002a00000008000101120003000000010006000000000000",
                        "49492a0008000000010012010400010000000800000000000000")
                .map(HexFormat.of()::parseHex);
    }

    static Stream<byte[]> pngs() {
        return Stream.of(
                PngFile.begin(3, 2, 8, 2).rows(new byte[20]).end(),
                PngFile.begin(2, 2, 1, 3)
                        .chunk("PLTE", (byte) 1, (byte) 2, (byte) 3)
                        .chunk("tRNS", (byte) 0)
                        .chunk("eXIf", blocks().findFirst().orElseThrow())
                        .chunk("iCCP", PngFile.deflate(new byte[100]))
                        .rows(new byte[4])
                        .end());
    }

    static Stream<byte[]> rows() {
        return Stream.of(
                new byte[] {3, 2, 8, 2, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 4, 1, 1, 1, 1, 1, 1, 1, 1, 1},
                new byte[] {9, 1, 1, 3, 0, 0, 5, 9},
                new byte[] {2, 2, 16, 6, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 9, 9, 9, 9, 9, 9, 9, 9, 3, 4});
    }

    static Stream<byte[]> others() throws IOException {
        BufferedImage indexed = new BufferedImage(9, 7, BufferedImage.TYPE_BYTE_INDEXED);
        for (int i = 0; i < 63; i++) {
            indexed.setRGB(i % 9, i / 9, i * 0x02b7a5);
        }
        ByteArrayOutputStream gif = new ByteArrayOutputStream();
        ByteArrayOutputStream bmp = new ByteArrayOutputStream();
        ByteArrayOutputStream colours = new ByteArrayOutputStream();
        ImageIO.write(indexed, "gif", gif);
        ImageIO.write(indexed, "bmp", bmp);
        ImageIO.write(new BufferedImage(5, 4, BufferedImage.TYPE_3BYTE_BGR), "bmp", colours);
        // Lossless, 3 x 2 pixels, with an EXIF chunk; written by Pillow.
        byte[] webp = HexFormat.of()
                .parseHex(
                        "524946467e00000057454250565038580a000000180000000200000100005650384c3e0000002f024000102f402040511cb5d4"
                                + "4e056ddb30fd30c69fdf089009580ca736fa471242204090ae5c84b98e75ce97efec16d4b46dc0863aff726a44ffe39d0045584946"
                                + "1a0000004d4d002a00000008000101120003000000010006000000000000");
        return List.of(gif.toByteArray(), bmp.toByteArray(), colours.toByteArray(), webp).stream();
    }
}
