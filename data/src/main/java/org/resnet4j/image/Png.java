package org.resnet4j.image;

import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Reads PNG to RGB: every colour type, depth and interlace method of the standard. Samples of 1, 2 and 4 bits are stretched to 8, of
 * 16 bits the high byte is taken, an alpha channel and {@code tRNS} are dropped, {@code gAMA} and colour profiles are not applied;
 * of an animated PNG the still picture is read. Strict: every checksum must be right, the data neither shorter nor longer than the
 * picture. Text and profiles are never inflated. W3C, PNG (third edition).
 */
final class Png {
    /** Deflate makes at most 1,032 bytes of one. */
    private static final long MOST_RATIO = 1032;

    private final Source source;
    private @Nullable Header header;
    private byte @Nullable [] palette;
    private Exif.@Nullable Block exif;
    private final List<Range> data = new ArrayList<>();

    /**
     * Part of the file.
     *
     * @param from index of the first byte
     * @param length bytes
     */
    record Range(int from, int length) {}

    /**
     * The {@code IHDR} chunk.
     *
     * @param width in pixels
     * @param height in pixels
     * @param depth bits a sample
     * @param type colour type
     * @param interlaced by Adam7
     */
    record Header(int width, int height, int depth, int type, boolean interlaced) {
        /** Samples a pixel. */
        int channels() {
            return switch (type) {
                case 2 -> 3;
                case 4 -> 2;
                case 6 -> 4;
                default -> 1;
            };
        }

        /** Bytes of a row of {@code pixels} pixels, without that of the filter. */
        long rowBytes(int pixels) {
            return Math.ceilDiv((long) pixels * channels() * depth, 8);
        }

        private boolean valid() {
            return switch (type) {
                case 0 -> depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
                case 3 -> depth == 1 || depth == 2 || depth == 4 || depth == 8;
                case 2, 4, 6 -> depth == 8 || depth == 16;
                default -> false;
            };
        }
    }

    private Png(Source source) {
        this.source = source;
    }

    static Image decode(Source source) throws ImageException {
        Png png = new Png(source);
        png.chunks();
        return png.picture();
    }

    private void chunks() throws ImageException {
        long at = 8;
        String type;
        do {
            long length = source.u32(at);
            source.require(at + 8, length + 4);
            type = type(at + 4);
            requireChecksum(type, (int) at + 4, (int) length + 4);
            if ((header == null) != type.equals("IHDR")) {
                throw source.error("a PNG begins with one chunk IHDR, found " + type + " at byte " + at);
            }
            chunk(type, (int) at + 8, (int) length);
            at += length + 12;
        } while (!type.equals("IEND"));
    }

    private String type(long at) throws ImageException {
        StringBuilder type = new StringBuilder(4);
        for (int i = 0; i < 4; i++) {
            char letter = (char) source.u8(at + i);
            if ((letter < 'A' || letter > 'Z') && (letter < 'a' || letter > 'z')) {
                throw source.error("damaged PNG: no chunk begins at byte " + (at - 4));
            }
            type.append(letter);
        }
        return type.toString();
    }

    private void requireChecksum(String type, int from, int length) throws ImageException {
        CRC32 crc = new CRC32();
        crc.update(source.bytes(), from, length);
        if (crc.getValue() != source.u32((long) from + length)) {
            throw source.error("damaged PNG: the checksum of chunk " + type + " at byte " + (from - 4) + " is wrong");
        }
    }

    private void chunk(String type, int from, int length) throws ImageException {
        switch (type) {
            case "IHDR" -> header = header(from, length);
            case "PLTE" -> {
                if (length % 3 != 0 || length < 3 || length > 768 || palette != null || !data.isEmpty()) {
                    throw source.error("damaged PNG: one palette of 1 to 256 colours stands before the picture, found "
                            + length + " bytes at byte " + from);
                }
                palette = new byte[length];
                System.arraycopy(source.bytes(), from, palette, 0, length);
            }
            case "IDAT" -> data.add(new Range(from, length));
            case "eXIf" -> exif = new Exif.Block(from, length);
            case "IEND" -> {}
            default -> {
                if (Character.isUpperCase(type.charAt(0))) {
                    throw source.error(
                            "the PNG has a chunk " + type + " that must be understood but is of no standard");
                }
            }
        }
    }

    private Header header(int from, int length) throws ImageException {
        if (length != 13) {
            throw source.error("damaged PNG: the chunk IHDR has 13 bytes, found " + length);
        }
        long width = source.u32(from);
        long height = source.u32(from + 4);
        source.requireSize(width, height);
        int interlace = source.u8(from + 12);
        Header h = new Header((int) width, (int) height, source.u8(from + 8), source.u8(from + 9), interlace == 1);
        if (!h.valid() || source.u8(from + 10) != 0 || source.u8(from + 11) != 0 || interlace > 1) {
            throw source.error("damaged PNG: no such kind is in the standard: " + h + ", compression "
                    + source.u8(from + 10) + ", filter " + source.u8(from + 11) + ", interlace " + interlace);
        }
        return h;
    }

    private Image picture() throws ImageException {
        Header h = header;
        if (h == null || data.isEmpty()) {
            throw source.error("damaged PNG: no chunk IDAT, so no picture, is in it");
        }
        if (h.type() == 3 && palette == null) {
            throw source.error("damaged PNG: a picture of palette colours has no palette");
        }
        long compressed = data.stream().mapToLong(Range::length).sum();
        long needed = Math.multiplyExact(h.rowBytes(h.width()), h.height());
        if (needed / MOST_RATIO > compressed) {
            throw source.error("the file is truncated: " + compressed + " bytes of data cannot hold " + h.width() + "x"
                    + h.height() + " pixels");
        }
        PngPixels pixels = new PngPixels(source, h, palette, data);
        Image image = DecodeBudget.spend(h.width(), h.height(), pixels::decode);
        return source.options().orientation() == ExifOrientation.OBEY
                ? Exif.orientation(source, exif).apply(image)
                : image;
    }
}
