package org.resnet4j.image;

import java.util.Optional;
import org.resnet4j.image.turbojpeg.PixelFormat;
import org.resnet4j.image.turbojpeg.TurboJpeg;
import org.resnet4j.image.turbojpeg.TurboJpegException;

/** Reads JPEG: by libjpeg-turbo where the system has it, else by the JDK's decoder. */
final class Jpeg {
    private Jpeg() {}

    static Image decode(Source source) throws ImageException {
        JpegHeader header = JpegHeader.read(source);
        Optional<TurboJpeg> turbo = TurboJpeg.ofSystem();
        Image image = DecodeBudget.spend(
                header.width(),
                header.height(),
                () -> turbo.isPresent() ? decode(source, header, turbo.get()) : JdkJpeg.decode(source, header));
        return source.options().orientation() == ExifOrientation.OBEY
                ? Exif.orientation(source, header.exif()).apply(image)
                : image;
    }

    private static Image decode(Source source, JpegHeader header, TurboJpeg turbo) throws ImageException {
        boolean cmyk = header.colours().count() == 4;
        ReadOptions options = source.options();
        try {
            byte[] pixels = turbo.decompress(
                    source.bytes(),
                    header.width(),
                    header.height(),
                    cmyk ? PixelFormat.CMYK : PixelFormat.RGB,
                    new TurboJpeg.Limits(options.maxPixels(), options.maxScans()));
            return new Image(header.width(), header.height(), cmyk ? JpegColours.rgbOfInvertedCmyk(pixels) : pixels);
        } catch (TurboJpegException e) {
            throw source.error("damaged JPEG: " + e.getMessage(), e);
        }
    }
}
