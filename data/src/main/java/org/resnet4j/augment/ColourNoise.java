package org.resnet4j.augment;

import org.resnet4j.image.Image;
import org.resnet4j.random.Rng;

/** Random changes of a picture's colours. Constants out of range throw {@link IllegalArgumentException}. */
public sealed interface ColourNoise extends Transform {
    /**
     * Brightness, contrast and saturation, in random order, each by a factor of up to so much more or less: torchvision's
     * {@code ColorJitter} without hue, fb.resnet.torch's {@code ColorJitter}.
     *
     * @param brightness 0 for none
     * @param contrast 0 for none
     * @param saturation 0 for none
     */
    record Jitter(double brightness, double contrast, double saturation) implements ColourNoise {
        /** Checks the ranges. */
        public Jitter {
            require("brightness", brightness);
            require("contrast", contrast);
            require("saturation", saturation);
        }

        @Override
        public Image apply(Image image, Rng rng) {
            Image out = image;
            for (int which : rng.permutation(3)) {
                out = switch (which) {
                    case 0 -> brightness == 0 ? out : Pixels.brightness(out, factor(brightness, rng));
                    case 1 -> contrast == 0 ? out : Pixels.contrast(out, factor(contrast, rng));
                    default -> saturation == 0 ? out : Pixels.colour(out, factor(saturation, rng));
                };
            }
            return out;
        }

        private static double factor(double by, Rng rng) {
            return rng.nextDouble(Math.max(0, 1 - by), 1 + by);
        }
    }

    /**
     * Adds to every pixel the same colour, drawn along the principal components of ImageNet's: the paper's "standard colour
     * augmentation". Krizhevsky et al. 2012, section 4.1; the components are fb.resnet.torch's. Results are rounded to 0 to 255.
     *
     * @param deviation of the three normal numbers; 0.1 in Krizhevsky et al.
     */
    record Pca(double deviation) implements ColourNoise {
        private static final double[] VALUES = {0.2175, 0.0188, 0.0045};
        private static final double[][] VECTORS = {
            {-0.5675, 0.7192, 0.4009}, {-0.5808, -0.0045, -0.8140}, {-0.5836, -0.6948, 0.4203}
        };

        /** Checks the range. */
        public Pca {
            require("the deviation of colours", deviation);
        }

        @Override
        public Image apply(Image image, Rng rng) {
            double[] alpha = new double[3];
            for (int i = 0; i < 3; i++) {
                alpha[i] = deviation * rng.nextGaussian() * VALUES[i];
            }
            return shifted(image, alpha);
        }

        /** {@code alpha} along each component, in units of a picture from 0 to 1. */
        static Image shifted(Image image, double[] alpha) {
            byte[] dst = new byte[image.rgb().length];
            for (int c = 0; c < 3; c++) {
                double add = 0;
                for (int i = 0; i < 3; i++) {
                    add += 255 * VECTORS[c][i] * alpha[i];
                }
                for (int p = c; p < dst.length; p += 3) {
                    dst[p] = (byte) Math.clamp((long) Math.rint((image.rgb()[p] & 0xff) + add), 0, 255);
                }
            }
            return new Image(image.width(), image.height(), dst);
        }
    }

    private static void require(String what, double found) {
        if (!(found >= 0 && found <= 10)) {
            throw new IllegalArgumentException(what + " must change by 0 to 10, found " + found);
        }
    }
}
