package org.resnet4j.image;

/**
 * From the components of a JPEG to red, green and blue, with the integer arithmetic of libjpeg ({@code jdcolor.c}) and, for CMYK, of
 * Pillow ({@code Convert.c}). CMYK is taken to be inverted, as Adobe's programs and so nearly all files have it, and as Pillow
 * takes it; colour profiles are not applied.
 */
final class JpegColours {
    private static final int BITS = 16;
    private static final int HALF = 1 << (BITS - 1);

    private JpegColours() {}

    /** RGB of 3 components Y, Cb, Cr, in place. */
    static void rgbOfYcc(byte[] pixels, int step) {
        for (int i = 0; i < pixels.length; i += step) {
            int y = pixels[i] & 0xff;
            int cb = (pixels[i + 1] & 0xff) - 128;
            int cr = (pixels[i + 2] & 0xff) - 128;
            pixels[i] = clamp(y + ((fix(1.40200) * cr + HALF) >> BITS));
            pixels[i + 1] = clamp(y + ((-fix(0.34414) * cb - fix(0.71414) * cr + HALF) >> BITS));
            pixels[i + 2] = clamp(y + ((fix(1.77200) * cb + HALF) >> BITS));
        }
    }

    /** CMYK of YCCK, in place. */
    static void cmykOfYcck(byte[] pixels) {
        rgbOfYcc(pixels, 4);
        for (int i = 0; i < pixels.length; i += 4) {
            pixels[i] = (byte) ~pixels[i];
            pixels[i + 1] = (byte) ~pixels[i + 1];
            pixels[i + 2] = (byte) ~pixels[i + 2];
        }
    }

    /** RGB of CMYK as stored inverted, 255 being no ink: each is what remains of the paper's white times that of black. */
    static byte[] rgbOfInvertedCmyk(byte[] cmyk) {
        byte[] rgb = new byte[cmyk.length / 4 * 3];
        for (int i = 0, o = 0; i < cmyk.length; i += 4, o += 3) {
            int white = cmyk[i + 3] & 0xff;
            for (int c = 0; c < 3; c++) {
                rgb[o + c] = clamp(white - scaled(255 - (cmyk[i + c] & 0xff), white));
            }
        }
        return rgb;
    }

    /** RGB of grey. */
    static byte[] rgbOfGrey(byte[] grey) {
        byte[] rgb = new byte[Math.multiplyExact(grey.length, 3)];
        for (int i = 0; i < grey.length; i++) {
            rgb[3 * i] = grey[i];
            rgb[3 * i + 1] = grey[i];
            rgb[3 * i + 2] = grey[i];
        }
        return rgb;
    }

    /** a * b / 255, rounded; Pillow's {@code MULDIV255}. */
    private static int scaled(int a, int b) {
        int product = a * b + 128;
        return ((product >> 8) + product) >> 8;
    }

    private static int fix(double x) {
        return (int) (x * (1 << BITS) + 0.5);
    }

    private static byte clamp(int value) {
        return (byte) Math.clamp(value, 0, 255);
    }
}
