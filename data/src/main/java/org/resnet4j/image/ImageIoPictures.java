package org.resnet4j.image;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Pictures of ImageIO's readers as ours. Nothing is written to disk, no colour profile is applied. */
final class ImageIoPictures {
    private ImageIoPictures() {}

    /** By the JDK's own reader of a format, whatever else is registered. */
    static Image read(Source source, String format, int width, int height) throws ImageException {
        ImageInputStream bytes = new MemoryCacheImageInputStream(new ByteArrayInputStream(source.bytes()));
        return read(source, jdkReader(source, format), bytes, width, height);
    }

    /** By a reader, which is disposed of, from bytes, which are closed. The size is what our own look at the header found. */
    static Image read(Source source, ImageReader reader, ImageInputStream bytes, int width, int height)
            throws ImageException {
        try (bytes) {
            reader.setInput(bytes, true, true);
            if (reader.getWidth(0) != width || reader.getHeight(0) != height) {
                throw source.error("damaged: its headers say " + width + "x" + height + " and " + reader.getWidth(0)
                        + "x" + reader.getHeight(0));
            }
            return of(reader.read(0));
        } catch (ImageException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // ImageIO's readers answer damaged files with many kinds of runtime exception.
            throw source.error("damaged: " + e.getMessage(), e);
        } finally {
            reader.dispose();
        }
    }

    static ImageReader jdkReader(Source source, String format) throws ImageException {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format);
        while (readers.hasNext()) {
            ImageReader reader = readers.next();
            if (reader.getClass().getModule() == ImageIO.class.getModule()) {
                return reader;
            }
        }
        throw source.error("this Java has no reader for " + format + "; use a full JDK");
    }

    private static Image of(BufferedImage picture) {
        int w = picture.getWidth();
        int h = picture.getHeight();
        byte[] rgb = new byte[Math.multiplyExact(Math.multiplyExact(w, h), 3)];
        ColorModel colours = picture.getColorModel();
        // Components as they are; getRGB would convert from the profile or from linear grey.
        boolean components = colours instanceof ComponentColorModel && colours.getComponentSize(0) == 8;
        int[] row = components ? new int[w * colours.getNumComponents()] : new int[w];
        for (int y = 0; y < h; y++) {
            if (components) {
                components(picture.getRaster(), y, row, rgb);
            } else {
                packed(picture.getRGB(0, y, w, 1, row, 0, w), y, rgb);
            }
        }
        return new Image(w, h, rgb);
    }

    private static void components(Raster raster, int y, int[] row, byte[] rgb) {
        int w = raster.getWidth();
        int bands = raster.getNumBands();
        raster.getPixels(raster.getMinX(), raster.getMinY() + y, w, 1, row);
        for (int x = 0; x < w; x++) {
            int to = (y * w + x) * 3;
            for (int c = 0; c < 3; c++) {
                rgb[to + c] = (byte) row[x * bands + (bands < 3 ? 0 : c)];
            }
        }
    }

    private static void packed(int[] row, int y, byte[] rgb) {
        for (int x = 0; x < row.length; x++) {
            int to = (y * row.length + x) * 3;
            rgb[to] = (byte) (row[x] >> 16);
            rgb[to + 1] = (byte) (row[x] >> 8);
            rgb[to + 2] = (byte) row[x];
        }
    }
}
