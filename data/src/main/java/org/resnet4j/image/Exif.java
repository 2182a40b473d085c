package org.resnet4j.image;

import java.lang.System.Logger.Level;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The one EXIF tag that matters here. A TIFF block is read as far as its first directory, whose entries are counted against the
 * block, so no loop and no offset can lead anywhere else. Exif 2.3, section 4.6; TIFF 6.0, section 2.
 */
final class Exif {
    private static final System.Logger LOG = System.getLogger(Exif.class.getName());
    private static final int ORIENTATION = 0x0112;
    private static final int ENTRY_BYTES = 12;

    private Exif() {}

    /**
     * Where a TIFF block lies in a file.
     *
     * @param from of its byte order mark
     * @param length its bytes, inside of the file
     */
    record Block(int from, int length) {}

    /** The orientation that a block asks for; none where it asks for none, and with a warning where it is broken. */
    static Orientation orientation(Source source, @Nullable Block block) {
        if (block == null) {
            return Orientation.NONE;
        }
        byte[] tiff = new byte[block.length()];
        System.arraycopy(source.bytes(), block.from(), tiff, 0, tiff.length);
        try {
            return read(new Source(tiff, source.name(), source.options()));
        } catch (ImageException e) {
            LOG.log(Level.WARNING, "EXIF orientation ignored: {0}", Objects.requireNonNull(e.getMessage()));
            return Orientation.NONE;
        }
    }

    private static Orientation read(Source tiff) throws ImageException {
        boolean little = tiff.matches(0, "II*\0");
        if (!little && !tiff.matches(0, "MM\0*")) {
            throw tiff.error("EXIF data begins with II or MM and 42");
        }
        long directory = little ? tiff.u32le(4) : tiff.u32(4);
        int entries = little ? tiff.u16le(directory) : tiff.u16(directory);
        for (int i = 0; i < entries; i++) {
            long at = directory + 2 + (long) i * ENTRY_BYTES;
            tiff.require(at, ENTRY_BYTES);
            if ((little ? tiff.u16le(at) : tiff.u16(at)) == ORIENTATION) {
                return value(tiff, at, little);
            }
        }
        return Orientation.NONE;
    }

    private static Orientation value(Source tiff, long at, boolean little) throws ImageException {
        int type = little ? tiff.u16le(at + 2) : tiff.u16(at + 2);
        long count = little ? tiff.u32le(at + 4) : tiff.u32(at + 4);
        long value = switch (type) {
            case 3 -> little ? tiff.u16le(at + 8) : tiff.u16(at + 8);
            case 4 -> little ? tiff.u32le(at + 8) : tiff.u32(at + 8);
            default -> throw tiff.error("the EXIF orientation has type " + type + ", expected 3 or 4");
        };
        if (count != 1) {
            throw tiff.error("EXIF has " + count + " orientations, expected 1");
        }
        return switch ((int) value) {
            case 0, 1 -> Orientation.NONE; // 0 is "unknown", which many cameras write
            case 2 -> Orientation.FLIP_LEFT_RIGHT;
            case 3 -> Orientation.ROTATE_180;
            case 4 -> Orientation.FLIP_TOP_BOTTOM;
            case 5 -> Orientation.TRANSPOSE;
            case 6 -> Orientation.ROTATE_90_CLOCKWISE;
            case 7 -> Orientation.TRANSVERSE;
            case 8 -> Orientation.ROTATE_90_COUNTERCLOCKWISE;
            default -> throw tiff.error("the EXIF orientation is " + value + ", expected 1 to 8");
        };
    }
}
