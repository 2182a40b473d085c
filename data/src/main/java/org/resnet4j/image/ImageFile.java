package org.resnet4j.image;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;

/**
 * Reads JPEG, PNG, GIF, BMP and WebP by content, whatever the file is called, and writes PNG. All become 8-bit RGB by Pillow's
 * rules: alpha is dropped, colour profiles are not applied; {@code docs/images.md} has every rule. Hostile files are an
 * {@link ImageException}: sizes are checked before memory is taken, and {@link DecodeBudget} bounds all decoding together.
 * Stateless, safe for many threads.
 */
public final class ImageFile {
    /** Most pixels that are decoded by default: Pillow's limit. */
    public static final long MAX_PIXELS = ReadOptions.DEFAULT.maxPixels();

    /** Endings of file names, in lower case. */
    public static final Set<String> ENDINGS = Set.of("jpg", "jpeg", "png", "gif", "bmp", "webp");

    private ImageFile() {}

    /** The picture in a file, as it is stored. */
    public static Image read(Path file) throws ImageException {
        return read(file, ReadOptions.DEFAULT);
    }

    /** The picture in a file. */
    public static Image read(Path file, ReadOptions options) throws ImageException {
        if (!Files.isRegularFile(file)) {
            throw new ImageException(
                    file + ": a file is needed, found " + (Files.exists(file) ? "something else" : "nothing"));
        }
        try (InputStream in = Files.newInputStream(file)) {
            return read(in, file.toString(), options);
        } catch (ImageException e) {
            throw e;
        } catch (IOException e) {
            throw new ImageException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** The picture that a stream holds from here to its end; {@code name} stands in errors. Does not close it. */
    public static Image read(InputStream in, String name, ReadOptions options) throws ImageException {
        byte[] bytes;
        try {
            // One more than allowed tells a file that is too large.
            bytes = in.readNBytes((int) Math.min(options.maxBytes() + 1, Integer.MAX_VALUE - 8));
        } catch (IOException e) {
            throw new ImageException(name + ": cannot be read: " + e.getMessage(), e);
        }
        return decode(bytes, name, options);
    }

    /** True if the name ends as those of pictures that can be read do; what is in the file is not looked at. */
    public static boolean isNamedAsPicture(Path file) {
        String name = String.valueOf(file.getFileName());
        return ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
    }

    /** The picture in these bytes, as it is stored; {@code name} stands in errors. */
    public static Image decode(byte[] bytes, String name) throws ImageException {
        return decode(bytes, name, ReadOptions.DEFAULT);
    }

    /** The picture in these bytes, which are not written to; {@code name} stands in errors. */
    public static Image decode(byte[] bytes, String name, ReadOptions options) throws ImageException {
        Source source = new Source(bytes, name, options);
        if (bytes.length > options.maxBytes()) {
            throw source.error("at most " + options.maxBytes() + " bytes are read, found more");
        }
        ImageKind kind = ImageKind.of(source)
                .orElseThrow(() ->
                        source.error("not a JPEG, PNG, GIF, BMP or WebP picture, found " + ImageKind.guess(source)));
        try {
            return switch (kind) {
                case JPEG -> Jpeg.decode(source);
                case PNG -> Png.decode(source);
                case GIF -> Gif.decode(source);
                case BMP -> Bmp.decode(source);
                case WEBP -> WebP.decode(source);
            };
        } catch (OutOfMemoryError e) {
            // The sizes are checked: it is one large array for which there is no room, and nothing is half done.
            throw source.error(
                    "this " + kind.title() + " picture needs more memory than there is; give Java more with -Xmx", e);
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
