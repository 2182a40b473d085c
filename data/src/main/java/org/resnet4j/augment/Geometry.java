package org.resnet4j.augment;

import org.resnet4j.image.Image;

/**
 * Moves pixels without looking at their colours: the nearest one, and black from outside, with the bits of Pillow's
 * {@code Image.transform} as torchvision's {@code affine} and {@code rotate} call it. Stateless; each call allocates its result.
 */
final class Geometry {
    private Geometry() {}

    /** Rows slide by {@code slope} pixels a row, from the upper edge on. */
    static Image shearX(Image image, double slope) {
        double tangent = StrictMath.tan(StrictMath.toRadians(StrictMath.toDegrees(StrictMath.atan(slope))));
        return affine(image, 1, tangent, 0, 0, 1, 0);
    }

    /** Columns slide by {@code slope} pixels a column, from the left edge on. */
    static Image shearY(Image image, double slope) {
        double angle = StrictMath.toRadians(StrictMath.toDegrees(StrictMath.atan(slope)));
        double tangent = StrictMath.sin(angle) / StrictMath.cos(angle);
        return affine(image, 1, 0, 0, tangent, 1, 0);
    }

    /** By whole pixels to the right and down. */
    static Image translate(Image image, int right, int down) {
        byte[] dst = new byte[image.rgb().length];
        int from = Math.max(0, right);
        int count = Math.min(image.width(), image.width() + right) - from;
        for (int y = Math.max(0, down); y < Math.min(image.height(), image.height() + down) && count > 0; y++) {
            int source = ((y - down) * image.width() + from - right) * 3;
            System.arraycopy(image.rgb(), source, dst, (y * image.width() + from) * 3, count * 3);
        }
        return new Image(image.width(), image.height(), dst);
    }

    /** Counter-clockwise about the middle, in degrees; the size stays. */
    static Image rotate(Image image, double degrees) {
        if (degrees % 360 == 0) {
            return image;
        }
        double angle = -StrictMath.toRadians((degrees % 360 + 360) % 360);
        double cos = rounded(StrictMath.cos(angle));
        double sin = rounded(StrictMath.sin(angle));
        double x = image.width() / 2.0;
        double y = image.height() / 2.0;
        return affine(image, cos, sin, cos * -x + sin * -y + x, -sin, cos, -sin * -x + cos * -y + y);
    }

    /** To 15 decimals, as {@code Image.rotate} does. */
    private static double rounded(double value) {
        return StrictMath.rint(value * 1e15) / 1e15;
    }

    /** The pixel at (x, y) is the one at (a x + b y + c, d x + e y + f), in 16-bit fixed point. */
    private static Image affine(Image image, double a, double b, double c, double d, double e, double f) {
        int width = image.width();
        int height = image.height();
        byte[] dst = new byte[image.rgb().length];
        long stepX = fixed(a);
        long stepY = fixed(d);
        long rowX = fixed(c + a * 0.5 + b * 0.5);
        long rowY = fixed(f + d * 0.5 + e * 0.5);
        for (int y = 0; y < height; y++) {
            long atX = rowX;
            long atY = rowY;
            for (int x = 0; x < width; x++) {
                long sx = atX >> 16;
                long sy = atY >> 16;
                if (sx >= 0 && sx < width && sy >= 0 && sy < height) {
                    int from = (int) (sy * width + sx) * 3;
                    System.arraycopy(image.rgb(), from, dst, (y * width + x) * 3, 3);
                }
                atX += stepX;
                atY += stepY;
            }
            rowX += fixed(b);
            rowY += fixed(e);
        }
        return new Image(width, height, dst);
    }

    private static long fixed(double value) {
        return (long) Math.floor(value * 65536 + 0.5);
    }
}
