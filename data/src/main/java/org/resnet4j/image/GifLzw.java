package org.resnet4j.image;

/** GIF's variant of LZW: codes of 3 to 12 bits, low bits first, in sub-blocks. For one call of {@link #decode}. */
final class GifLzw {
    private static final int MOST_CODES = 4096;

    private final Source source;
    private final int rootBits;
    private final short[] prefix = new short[MOST_CODES];
    private final byte[] last = new byte[MOST_CODES];
    private final short[] length = new short[MOST_CODES];
    private long at;
    private int inBlock;
    private int bits;
    private int bitCount;

    /** Reads from the first sub-block's length on. */
    GifLzw(Source source, long at, int rootBits) throws ImageException {
        if (rootBits < 1 || rootBits > 8) {
            throw source.error("damaged GIF: codes begin with 1 to 8 bits, found " + rootBits);
        }
        this.source = source;
        this.at = at;
        this.rootBits = rootBits;
        for (int i = 0; i < 1 << rootBits; i++) {
            last[i] = (byte) i;
            length[i] = 1;
        }
    }

    /** The first {@code count} indices; what follows them is not looked at. */
    byte[] decode(int count) throws ImageException {
        // Each code gives at most as many indices as there are codes, so what is far too short takes no memory.
        if ((long) count / MOST_CODES > (long) source.length() * 8 / (rootBits + 1)) {
            throw source.error(
                    "the file is truncated: " + count + " pixels cannot be in " + source.length() + " bytes");
        }
        byte[] out = new byte[count];
        int clear = 1 << rootBits;
        int codes = clear + 2;
        int width = rootBits + 1;
        int previous = -1;
        int n = 0;
        while (n < count) {
            int code = code(width);
            if (code == clear) {
                codes = clear + 2;
                width = rootBits + 1;
                previous = -1;
                continue;
            }
            if (code == clear + 1) {
                throw source.error(
                        "the file is truncated: the GIF's data ends after " + n + " of " + count + " pixels");
            }
            if (code > codes || (code == codes && previous < 0)) {
                throw source.error("damaged GIF: the code " + code + " was not introduced");
            }
            if (previous >= 0 && codes < MOST_CODES) {
                prefix[codes] = (short) previous;
                last[codes] = (byte) first(code == codes ? previous : code);
                length[codes] = (short) (length[previous] + 1);
                codes++;
                if (codes == 1 << width && width < 12) {
                    width++;
                }
            } else if (code >= codes) {
                throw source.error("damaged GIF: the code " + code + " was not introduced");
            }
            n = put(code, out, n);
            previous = code;
        }
        return out;
    }

    private int first(int code) {
        int c = code;
        while (length[c] > 1) {
            c = prefix[c];
        }
        return last[c];
    }

    /** Writes a code's indices, from the last to the first; those over the end are left out. */
    private int put(int code, byte[] out, int n) {
        int end = n + length[code];
        int c = code;
        for (int i = end - 1; i >= n; i--) {
            if (i < out.length) {
                out[i] = last[c];
            }
            c = prefix[c];
        }
        return Math.min(end, out.length);
    }

    private int code(int width) throws ImageException {
        while (bitCount < width) {
            if (inBlock == 0) {
                inBlock = source.u8(at++);
                if (inBlock == 0) {
                    throw source.error("the file is truncated: the GIF's data ends before the picture");
                }
            }
            bits |= source.u8(at++) << bitCount;
            bitCount += 8;
            inBlock--;
        }
        int code = bits & ((1 << width) - 1);
        bits >>>= width;
        bitCount -= width;
        return code;
    }
}
