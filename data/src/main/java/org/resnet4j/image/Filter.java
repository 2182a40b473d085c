package org.resnet4j.image;

/**
 * How a picture is resampled, by Pillow's names. All but {@link #NEAREST} are wide enough to take part of every source pixel when
 * a picture is made smaller. Pillow, {@code Image.Resampling}.
 */
public enum Filter {
    /** The source pixel below the destination pixel's centre. */
    NEAREST(0),
    /** The mean over the destination pixel's area. */
    BOX(0.5),
    /** A triangle. */
    BILINEAR(1),
    /** A raised cosine times a sinc, two pixels wide. */
    HAMMING(1),
    /** Keys' cubic with a = -0.5. */
    BICUBIC(2),
    /** A sinc windowed by a wider sinc, six pixels wide. */
    LANCZOS(3);

    private final double support;

    Filter(double support) {
        this.support = support;
    }

    /** Half of its width in source pixels where sizes are equal. */
    double support() {
        return support;
    }

    /** Its value at a distance from its centre. */
    double weight(double distance) {
        return switch (this) {
            case NEAREST -> 0;
            case BOX -> distance > -0.5 && distance <= 0.5 ? 1 : 0;
            case BILINEAR -> Math.max(0, 1 - Math.abs(distance));
            case HAMMING -> hamming(Math.abs(distance));
            case BICUBIC -> cubic(Math.abs(distance));
            case LANCZOS -> distance >= -3 && distance < 3 ? sinc(distance) * sinc(distance / 3) : 0;
        };
    }

    private static double sinc(double x) {
        return x == 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
    }

    private static double hamming(double x) {
        if (x == 0) {
            return 1;
        }
        if (x >= 1) {
            return 0;
        }
        double angle = x * Math.PI;
        return Math.sin(angle) / angle * (0.54f + 0.46f * Math.cos(angle));
    }

    private static double cubic(double x) {
        double a = -0.5;
        if (x < 1) {
            return ((a + 2) * x - (a + 3)) * x * x + 1;
        }
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    }
}
