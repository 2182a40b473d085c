package org.resnet4j.image;

import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Reads PNG, JPEG, GIF and BMP by content, whatever the file is called, and writes PNG; ImageIO underneath. Grey and palette
 * become RGB, of 16-bit samples the upper eight bits count, an alpha channel is dropped, profiles and gamma are not applied: as
 * Pillow's {@code convert("RGB")}. Stateless, safe for many threads.
 */
public final class ImageFile {
    /** Most pixels that are decoded: Pillow's limit. */
    public static final long MAX_PIXELS = 89_478_485;

    /** Endings of file names, in lower case. */
    public static final Set<String> ENDINGS = Set.of("jpg", "jpeg", "png", "gif", "bmp");

    /** Largest file that is read. */
    private static final long MAX_BYTES = 256L << 20;

    private ImageFile() {}

    /** The picture in a file. */
    public static Image read(Path file) throws ImageException {
        try {
            if (!Files.isRegularFile(file)) {
                throw new ImageException(
                        file + ": a file is needed, found " + (Files.exists(file) ? "something else" : "nothing"));
            }
            long size = Files.size(file);
            if (size > MAX_BYTES) {
                throw new ImageException(file + ": at most " + MAX_BYTES + " bytes are read, found " + size);
            }
            return decode(Files.readAllBytes(file), file.toString());
        } catch (ImageException e) {
            throw e;
        } catch (IOException e) {
            throw new ImageException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** The picture that a stream holds from here to its end; {@code name} stands in errors. Does not close it. */
    public static Image read(InputStream in, String name) throws ImageException {
        byte[] bytes;
        try {
            bytes = in.readNBytes((int) MAX_BYTES + 1);
        } catch (IOException e) {
            throw new ImageException(name + ": cannot be read: " + e.getMessage(), e);
        }
        if (bytes.length > MAX_BYTES) {
            throw new ImageException(name + ": at most " + MAX_BYTES + " bytes are read, found more");
        }
        return decode(bytes, name);
    }

    /** True if the name ends as those of pictures that can be read do; what is in the file is not looked at. */
    public static boolean isNamedAsPicture(Path file) {
        String name = String.valueOf(file.getFileName());
        return ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
    }

    /** The picture in these bytes; {@code name} stands in errors. */
    public static Image decode(byte[] bytes, String name) throws ImageException {
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new ImageException(
                        name + ": not a PNG, JPEG, GIF or BMP picture, found " + bytes.length + " other bytes");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, true);
                long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
                if (pixels < 1 || pixels > MAX_PIXELS) {
                    throw new ImageException(
                            name + ": pictures of 1 to " + MAX_PIXELS + " pixels are read, found " + pixels);
                }
                return of(reader.read(0));
            } finally {
                reader.dispose();
            }
        } catch (ImageException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // ImageIO's readers answer damaged files with many kinds of runtime exception.
            throw new ImageException(name + ": damaged or of an unknown kind: " + e.getMessage(), e);
        }
    }

    private static Image of(BufferedImage picture) {
        byte[] rgb = new byte[Math.multiplyExact(Math.multiplyExact(picture.getWidth(), picture.getHeight()), 3)];
        if (picture.getColorModel() instanceof ComponentColorModel) {
            samples(picture.getRaster(), rgb);
        } else {
            colours(picture, rgb);
        }
        return new Image(picture.getWidth(), picture.getHeight(), rgb);
    }

    /**
     * As stored, of each sample the upper eight bits: one or two channels are grey (and alpha), three or four RGB (and alpha). Not
     * by {@code getRGB}, which takes grey for linear light and would brighten 128 to 188.
     */
    private static void samples(Raster raster, byte[] rgb) {
        int w = raster.getWidth();
        int channels = raster.getNumBands();
        int shift = Math.max(0, raster.getSampleModel().getSampleSize(0) - 8);
        int green = channels < 3 ? 0 : 1;
        int[] row = new int[w * channels];
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getPixels(0, y, w, 1, row);
            for (int x = 0; x < w; x++) {
                int at = (y * w + x) * 3;
                int from = x * channels;
                rgb[at] = (byte) (row[from] >> shift);
                rgb[at + 1] = (byte) (row[from + green] >> shift);
                rgb[at + 2] = (byte) (row[from + 2 * green] >> shift);
            }
        }
    }

    /** Through the palette, or out of packed pixels. */
    private static void colours(BufferedImage picture, byte[] rgb) {
        int w = picture.getWidth();
        int[] row = new int[w];
        for (int y = 0; y < picture.getHeight(); y++) {
            picture.getRGB(0, y, w, 1, row, 0, w);
            for (int x = 0; x < w; x++) {
                int at = (y * w + x) * 3;
                rgb[at] = (byte) (row[x] >> 16);
                rgb[at + 1] = (byte) (row[x] >> 8);
                rgb[at + 2] = (byte) row[x];
            }
        }
    }

    /** The picture as a PNG file. */
    public static byte[] png(Image image) {
        BufferedImage picture = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++) {
                picture.setRGB(x, y, image.at(x, y, 0) << 16 | image.at(x, y, 1) << 8 | image.at(x, y, 2));
            }
        }
        try (ByteArrayOutputStream out = new ByteArrayOutputStream()) {
            ImageIO.write(picture, "png", out);
            return out.toByteArray();
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory", e);
        }
    }
}
