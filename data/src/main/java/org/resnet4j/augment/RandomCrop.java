package org.resnet4j.augment;

import org.resnet4j.image.Filter;
import org.resnet4j.image.Image;
import org.resnet4j.image.Resize;
import org.resnet4j.random.Rng;

/** A square of a fixed size from a random place, of a random scale. Constants out of range throw {@link IllegalArgumentException}. */
public sealed interface RandomCrop extends Transform {
    /**
     * A part of random area and ratio, resized to the square: torchvision's {@code RandomResizedCrop}, with its ten tries and, should
     * none fit, the middle. Szegedy et al. 2015.
     *
     * @param size of the result
     * @param smallest share of the picture's area, above 0
     * @param largest share of it, at most 1
     * @param ratio of the longer to the shorter side at most, at least 1
     * @param filter of the resizing
     */
    record Resized(int size, double smallest, double largest, double ratio, Filter filter) implements RandomCrop {
        private static final int TRIES = 10;

        /** Checks the ranges. */
        public Resized {
            if (size < 1 || !(smallest > 0 && smallest <= largest && largest <= 1) || !(ratio >= 1 && ratio <= 100)) {
                throw new IllegalArgumentException(
                        "a crop needs a positive size, shares of the area in (0, 1] and a ratio"
                                + " in [1, 100], found " + size + ", " + smallest + " to " + largest + ", " + ratio);
            }
        }

        /** torchvision's defaults: 8 % to all of the area, 3/4 to 4/3, bilinear. */
        public static Resized of(int size) {
            return new Resized(size, 0.08, 1, 4.0 / 3, Filter.BILINEAR);
        }

        @Override
        public Image apply(Image image, Rng rng) {
            int width = image.width();
            int height = image.height();
            double log = StrictMath.log(ratio);
            for (int i = 0; i < TRIES; i++) {
                double area = (double) width * height * rng.nextDouble(smallest, largest);
                double aspect = StrictMath.exp(rng.nextDouble(-log, log));
                int w = (int) Math.rint(StrictMath.sqrt(area * aspect));
                int h = (int) Math.rint(StrictMath.sqrt(area / aspect));
                if (w > 0 && w <= width && h > 0 && h <= height) {
                    int y = rng.nextInt(height - h + 1);
                    int x = rng.nextInt(width - w + 1);
                    return Resize.resizeCrop(image, x, y, w, h, Resize.Target.of(size, size), filter);
                }
            }
            double found = (double) width / height;
            int w = found > ratio ? (int) Math.rint(height * ratio) : width;
            int h = found < 1 / ratio ? (int) Math.rint(width * ratio) : height;
            return Resize.resizeCrop(
                    image, (width - w) / 2, (height - h) / 2, w, h, Resize.Target.of(size, size), filter);
        }
    }

    /**
     * The shorter side to a random length, then a random square of it: the paper's scale augmentation (section 3.4: 256 to 480), from
     * Simonyan and Zisserman 2015. Only the pixels that are left in the end are computed.
     *
     * @param shortest length of the shorter side
     * @param longest length of the shorter side
     * @param size of the result, at most {@code shortest}
     */
    record ScaleJitter(int shortest, int longest, int size) implements RandomCrop {
        /** Checks the order. */
        public ScaleJitter {
            if (size < 1 || shortest < size || longest < shortest) {
                throw new IllegalArgumentException(
                        "a scale must be at least the size of the result and sizes must ascend," + " found " + size
                                + ", " + shortest + " to " + longest);
            }
        }

        @Override
        public Image apply(Image image, Rng rng) {
            int side = shortest + rng.nextInt(longest - shortest + 1);
            CropMode.Size scaled = new CropMode.Centre().resized(image.width(), image.height(), side);
            long x = (long) (rng.nextDouble() * (scaled.width() - size + 1));
            long y = (long) (rng.nextDouble() * (scaled.height() - size + 1));
            Resize.Target part = new Resize.Target(scaled.width(), scaled.height(), x, y, size, size);
            return Resize.resize(image, part, Filter.BILINEAR, Resize.Box.of(image));
        }
    }
}
