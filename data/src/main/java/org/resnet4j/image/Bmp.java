package org.resnet4j.image;

/**
 * Reads BMP by the JDK's reader, once the header is known to be sound: uncompressed and run-length coded, 1 to 32 bits a pixel.
 * Alpha is dropped. A picture of another format inside of a BMP is refused.
 */
final class Bmp {
    private static final int INFO_HEADER_BYTES = 40;
    private static final int CORE_HEADER_BYTES = 12;
    private static final int BITFIELDS = 3;

    private Bmp() {}

    static Image decode(Source source) throws ImageException {
        long header = source.u32le(14);
        long width;
        long height;
        if (header == CORE_HEADER_BYTES) {
            width = source.u16le(18);
            height = source.u16le(20);
        } else if (header >= INFO_HEADER_BYTES) {
            source.require(14, header);
            width = (int) source.u32le(18);
            height = Math.abs((long) (int) source.u32le(22)); // negative: rows from the top
        } else {
            throw source.error("damaged BMP: its header has 12 or at least 40 bytes, found " + header);
        }
        source.requireSize(width, height);
        int bits = source.u16le(header == CORE_HEADER_BYTES ? 24 : 28);
        if (header >= INFO_HEADER_BYTES) {
            requireCompression(source, width, height, bits);
        } else {
            requireRows(source, width, height, bits);
        }
        return DecodeBudget.spend(width, height, () -> ImageIoPictures.read(source, "bmp", (int) width, (int) height));
    }

    private static void requireCompression(Source source, long width, long height, int bits) throws ImageException {
        long compression = source.u32le(30);
        if (compression > BITFIELDS) {
            throw source.error("a BMP that is uncompressed or run-length coded is read, found compression "
                    + compression + ": convert the picture to PNG");
        }
        long colours = source.u32le(46);
        if (colours > 256) {
            throw source.error("damaged BMP: a palette has at most 256 colours, found " + colours);
        }
        if (compression == 0 || compression == BITFIELDS) {
            requireRows(source, width, height, bits);
        }
    }

    private static void requireRows(Source source, long width, long height, int bits) throws ImageException {
        if (bits != 1 && bits != 4 && bits != 8 && bits != 16 && bits != 24 && bits != 32) {
            throw source.error("damaged BMP: 1, 4, 8, 16, 24 or 32 bits are a pixel, found " + bits);
        }
        source.require(source.u32le(10), Math.multiplyExact(Math.ceilDiv(width * bits, 32) * 4, height));
    }
}
