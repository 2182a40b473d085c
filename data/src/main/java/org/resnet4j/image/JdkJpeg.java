package org.resnet4j.image;

import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Reads JPEG by the decoder inside of the JDK (libjpeg 6b), for systems without libjpeg-turbo. It is given the file without any
 * metadata, which it is easily put off by, and asked for the bare components, of which it reads every kind; colours are made here,
 * so that CMYK works and no colour profile interferes.
 */
final class JdkJpeg {
    private JdkJpeg() {}

    static Image decode(Source source, JpegHeader header) throws ImageException {
        if (header.arithmetic()) {
            throw source.error("arithmetic-coded JPEG is read only with libjpeg-turbo: install its TurboJPEG library");
        }
        byte[] pixels = components(source, header);
        byte[] rgb = switch (header.colours()) {
            case GREY -> JpegColours.rgbOfGrey(pixels);
            case RGB -> pixels;
            case YCC -> {
                JpegColours.rgbOfYcc(pixels, 3);
                yield pixels;
            }
            case CMYK -> JpegColours.rgbOfInvertedCmyk(pixels);
            case YCCK -> {
                JpegColours.cmykOfYcck(pixels);
                yield JpegColours.rgbOfInvertedCmyk(pixels);
            }
        };
        return new Image(header.width(), header.height(), rgb);
    }

    private static byte[] components(Source source, JpegHeader header) throws ImageException {
        ImageReader reader = ImageIoPictures.jdkReader(source, "jpeg");
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bare(source)))) {
            reader.setInput(in, true, true);
            Raster raster = reader.readRaster(0, null);
            int bands = header.colours().count();
            if (raster.getNumBands() != bands
                    || raster.getWidth() != header.width()
                    || raster.getHeight() != header.height()) {
                throw source.error("damaged JPEG: " + header.width() + "x" + header.height() + "x" + bands
                        + " expected, found " + raster.getWidth() + "x" + raster.getHeight() + "x"
                        + raster.getNumBands());
            }
            byte[] pixels = new byte[Math.multiplyExact(Math.multiplyExact(header.width(), header.height()), bands)];
            raster.getDataElements(0, 0, header.width(), header.height(), pixels);
            return pixels;
        } catch (ImageException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // The JDK's reader answers damaged files with many kinds of runtime exception.
            throw source.error("damaged JPEG: " + e.getMessage(), e);
        } finally {
            reader.dispose();
        }
    }

    /** The file with nothing in it but what decoding needs. */
    private static byte[] bare(Source source) throws ImageException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(source.length());
        JpegSegments segments = new JpegSegments(source);
        while (segments.next()) {
            boolean metadata = segments.marker() >= JpegSegments.APP0;
            if (!metadata) {
                out.write(source.bytes(), segments.begin(), segments.end() - segments.begin());
            }
        }
        return out.toByteArray();
    }
}
