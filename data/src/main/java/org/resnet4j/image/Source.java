package org.resnet4j.image;

/**
 * The bytes of a picture while it is read. Reads outside of them are an {@link ImageException}. Numbers are unsigned.
 *
 * @param bytes the file, shared and never written
 * @param name for errors
 * @param options what is allowed
 */
record Source(byte[] bytes, String name, ReadOptions options) {
    int length() {
        return bytes.length;
    }

    ImageException error(String what) {
        return new ImageException(name + ": " + what);
    }

    ImageException error(String what, Throwable cause) {
        return new ImageException(name + ": " + what, cause);
    }

    /** Refuses a range that does not lie in the file. */
    void require(long from, long count) throws ImageException {
        if (from < 0 || count < 0 || from > bytes.length - count) {
            throw error("the file is truncated: bytes " + from + " to " + (from + count) + " are needed, found "
                    + bytes.length);
        }
    }

    int u8(long at) throws ImageException {
        require(at, 1);
        return bytes[(int) at] & 0xff;
    }

    /** Big-endian. */
    int u16(long at) throws ImageException {
        return u8(at) << 8 | u8(at + 1);
    }

    /** Big-endian. */
    long u32(long at) throws ImageException {
        return (long) u16(at) << 16 | u16(at + 2);
    }

    int u16le(long at) throws ImageException {
        return u8(at) | u8(at + 1) << 8;
    }

    long u32le(long at) throws ImageException {
        return u16le(at) | (long) u16le(at + 2) << 16;
    }

    boolean matches(long at, String ascii) {
        if (at < 0 || at > bytes.length - ascii.length()) {
            return false;
        }
        for (int i = 0; i < ascii.length(); i++) {
            if ((bytes[(int) at + i] & 0xff) != ascii.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Refuses a size that is not positive or over the limit; what the header says, before anything is allocated. */
    void requireSize(long width, long height) throws ImageException {
        if (width < 1 || height < 1 || width > options.maxPixels() / height) {
            throw error("pictures of 1 to " + options.maxPixels() + " pixels are read, the header says " + width + "x"
                    + height);
        }
    }
}
