package org.resnet4j.augment;

import org.resnet4j.image.Image;

/**
 * The operations of RandAugment and TrivialAugment, with torchvision's magnitudes ({@code torchvision/transforms/autoaugment.py}). How
 * strong is a bin from 0 to 30; a sign is drawn where an operation has two directions.
 */
enum AugmentOp {
    IDENTITY,
    SHEAR_X,
    SHEAR_Y,
    TRANSLATE_X,
    TRANSLATE_Y,
    ROTATE,
    BRIGHTNESS,
    COLOUR,
    CONTRAST,
    SHARPNESS,
    POSTERIZE,
    SOLARIZE,
    AUTO_CONTRAST,
    EQUALIZE;

    /** Magnitudes there are. */
    static final int BINS = 31;

    /** Which table of magnitudes. */
    enum Space {
        /** {@code RandAugment}'s. */
        RANDOM,
        /** {@code TrivialAugmentWide}'s. */
        WIDE
    }

    /** True if a sign is drawn. */
    boolean signed() {
        return switch (this) {
            case SHEAR_X, SHEAR_Y, TRANSLATE_X, TRANSLATE_Y, ROTATE -> true;
            case BRIGHTNESS, COLOUR, CONTRAST, SHARPNESS -> true;
            case IDENTITY, POSTERIZE, SOLARIZE, AUTO_CONTRAST, EQUALIZE -> false;
        };
    }

    /** The number that a bin stands for, for pictures of this size. */
    double magnitude(Space space, int bin, int width, int height) {
        boolean wide = space == Space.WIDE;
        return switch (this) {
            case IDENTITY, AUTO_CONTRAST, EQUALIZE -> 0;
            case SHEAR_X, SHEAR_Y -> linspace(0, wide ? 0.99 : 0.3, bin);
            case TRANSLATE_X -> linspace(0, wide ? 32 : 150.0 / 331 * width, bin);
            case TRANSLATE_Y -> linspace(0, wide ? 32 : 150.0 / 331 * height, bin);
            case ROTATE -> linspace(0, wide ? 135 : 30, bin);
            case BRIGHTNESS, COLOUR, CONTRAST, SHARPNESS -> linspace(0, wide ? 0.99 : 0.9, bin);
            case POSTERIZE -> 8 - Math.rint(bin / ((BINS - 1) / (wide ? 6.0 : 4.0)));
            case SOLARIZE -> linspace(255, 0, bin);
        };
    }

    /** {@code torch.linspace} in float32: from both ends to the middle. Half a unit in the last place can move a pixel. */
    private static double linspace(double from, double to, int bin) {
        float step = ((float) to - (float) from) / (BINS - 1);
        return bin < BINS / 2 ? (float) from + step * bin : (float) to - step * (BINS - 1 - bin);
    }

    /** The picture after it; {@code m} is the magnitude with its sign. */
    Image apply(Image image, double m) {
        return switch (this) {
            case IDENTITY -> image;
            case SHEAR_X -> Geometry.shearX(image, m);
            case SHEAR_Y -> Geometry.shearY(image, m);
            case TRANSLATE_X -> Geometry.translate(image, (int) m, 0);
            case TRANSLATE_Y -> Geometry.translate(image, 0, (int) m);
            case ROTATE -> Geometry.rotate(image, m);
            case BRIGHTNESS -> Pixels.brightness(image, 1 + m);
            case COLOUR -> Pixels.colour(image, 1 + m);
            case CONTRAST -> Pixels.contrast(image, 1 + m);
            case SHARPNESS -> Pixels.sharpness(image, 1 + m);
            case POSTERIZE -> Pixels.posterize(image, (int) m);
            case SOLARIZE -> Pixels.solarize(image, m);
            case AUTO_CONTRAST -> Pixels.autoContrast(image);
            case EQUALIZE -> Pixels.equalize(image);
        };
    }
}
