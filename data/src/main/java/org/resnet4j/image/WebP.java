package org.resnet4j.image;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import javax.imageio.ImageReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads lossless WebP by TwelveMonkeys' reader, once a walk over the chunks has found every size in it allowed. Of an animation the
 * first picture is read; alpha is dropped, colour profiles are not applied. Lossy WebP is refused: version 3.14.0 of that reader
 * decodes much of it to wrong colours (haraldk/TwelveMonkeys, pull request 1315, which came after it). RFC 9649.
 */
final class WebP {
    private static final int MOST_CHUNKS = 10_000;

    private final Source source;
    private long width;
    private long height;
    private boolean found;
    private boolean lossy;
    private Exif.@Nullable Block exif;

    private WebP(Source source) {
        this.source = source;
    }

    static Image decode(Source source) throws ImageException {
        WebP webp = new WebP(source);
        long riff = source.u32le(4) + 8;
        source.require(0, riff);
        webp.chunks(12, riff, true);
        if (!webp.found) {
            throw source.error("damaged WebP: no picture is in it");
        }
        if (webp.lossy) {
            throw source.error("lossless WebP is read, this one is lossy: convert the picture to PNG or JPEG");
        }
        int w = (int) webp.width;
        int h = (int) webp.height;
        // The reader looks eight bytes ahead; past the end it would go on with zeros, an exception for every bit of
        // them.
        Image image = DecodeBudget.spend(
                w, h, () -> ImageIoPictures.read(source, reader(), new PaddedInput(source.bytes()), w, h));
        return source.options().orientation() == ExifOrientation.OBEY
                ? Exif.orientation(source, webp.exif).apply(image)
                : image;
    }

    /** By name of its class, not by search: what else is registered has no influence. */
    private static ImageReader reader() {
        return new WebPImageReaderSpi().createReaderInstance(null);
    }

    private void chunks(long from, long to, boolean top) throws ImageException {
        long at = from;
        for (int i = 0; at + 8 <= to; i++) {
            if (i == MOST_CHUNKS) {
                throw source.error("damaged WebP: at most " + MOST_CHUNKS + " chunks are read");
            }
            long length = source.u32le(at + 4);
            long data = at + 8;
            if (length > to - data) {
                throw source.error("the file is truncated: a WebP chunk at byte " + at + " has " + length
                        + " bytes, found " + (to - data));
            }
            chunk(at, data, length, top);
            at = data + length + (length & 1);
        }
    }

    private void chunk(long at, long data, long length, boolean top) throws ImageException {
        if (source.matches(at, "VP8X")) {
            size(1 + u24(data + 4), 1 + u24(data + 7));
        } else if (source.matches(at, "VP8 ")) {
            picture(true);
            size(source.u16le(data + 6) & 0x3fff, source.u16le(data + 8) & 0x3fff);
        } else if (source.matches(at, "VP8L")) {
            picture(false);
            long packed = source.u32le(data + 1);
            size(1 + (packed & 0x3fff), 1 + (packed >> 14 & 0x3fff));
        } else if (source.matches(at, "ANMF") && top) {
            source.require(data, 16);
            source.requireSize(1 + u24(data + 6), 1 + u24(data + 9));
            chunks(data + 16, data + length, false);
        } else if (source.matches(at, "EXIF")) {
            // Some writers put JPEG's marker before the TIFF block.
            int skip = source.matches(data, "Exif\0\0") ? 6 : 0;
            exif = length > skip ? new Exif.Block((int) data + skip, (int) length - skip) : null;
        }
    }

    /** The first picture is the one that is read. */
    private void picture(boolean isLossy) {
        lossy = found ? lossy : isLossy;
        found = true;
    }

    /** The first size is the canvas's; pictures on it are no larger. */
    private void size(long w, long h) throws ImageException {
        source.requireSize(w, h);
        if (width == 0) {
            width = w;
            height = h;
        } else if (w > width || h > height) {
            throw source.error("damaged WebP: a picture of " + w + "x" + h + " on a canvas of " + width + "x" + height);
        }
    }

    private long u24(long at) throws ImageException {
        return source.u16le(at) | (long) source.u8(at + 2) << 16;
    }
}
