package org.resnet4j.augment;

import java.util.List;
import org.resnet4j.image.Filter;
import org.resnet4j.image.Image;
import org.resnet4j.image.Resize;
import org.resnet4j.random.Rng;

/**
 * What happens to a picture before it is normalised; a closed set of records, so that a run can say what it did. Immutable; safe for
 * use by many threads.
 */
public sealed interface Transform
        permits AutoAugment,
                ColourNoise,
                RandomCrop,
                Transform.Chain,
                Transform.Erase,
                Transform.Evaluate,
                Transform.Flip,
                Transform.PadCropFlip {
    /** The picture after it; uses only numbers from {@code rng}. */
    Image apply(Image image, Rng rng);

    /**
     * For evaluation, bit for bit as torchvision and timm do it: resized, then a square cut out of the middle; see {@link CropMode}.
     * Only the pixels that are left in the end are computed.
     *
     * @param resize size of the side that the mode resizes to
     * @param filter how
     * @param crop size of the result
     * @param mode what is resized, and what stands where the picture is too small
     */
    record Evaluate(int resize, Filter filter, int crop, CropMode mode) implements Transform {
        /** Checks that the sizes are positive. */
        public Evaluate {
            if (resize < 1 || crop < 1) {
                throw new IllegalArgumentException(
                        "positive sizes to resize to and to crop are needed, found " + resize + " and " + crop);
            }
        }

        /** The shorter side to {@code size}, bilinear, and the middle; the picture as it is where it has that size. */
        public Evaluate(int size) {
            this(size, Filter.BILINEAR, size, new CropMode.Centre());
        }

        /** torchvision's {@code ImageClassification} preset: {@code Resize(resize)} and {@code CenterCrop(crop)}. */
        public static Evaluate torchvision(int resize, Filter filter, int crop) {
            return new Evaluate(resize, filter, crop, new CropMode.Centre());
        }

        /** timm's {@code transforms_imagenet_eval}: resized to the crop's size divided by {@code cropPct}, rounded down. */
        public static Evaluate timm(int crop, double cropPct, Filter filter, CropMode mode) {
            return new Evaluate((int) Math.floor(crop / cropPct), filter, crop, mode);
        }

        @Override
        public Image apply(Image image, Rng rng) {
            CropMode.Size size = mode.resized(image.width(), image.height(), resize);
            if (size.width() == crop && image.width() == crop && size.height() == crop && image.height() == crop) {
                return image;
            }
            int w = (int) Math.min(crop, size.width());
            int h = (int) Math.min(crop, size.height());
            // As Python rounds: halves to the even neighbour.
            long x = (long) Math.rint((size.width() - w) / 2.0);
            long y = (long) Math.rint((size.height() - h) / 2.0);
            Image part = Resize.resize(
                    image, new Resize.Target(size.width(), size.height(), x, y, w, h), filter, Resize.Box.of(image));
            return w == crop && h == crop ? part : mode.padded(part, crop);
        }
    }

    /**
     * The paper's CIFAR augmentation (section 4.2): zeros on each side, a random crop of the original size, mirrored half of the
     * time. The zeros are pixels of value 0, as torchvision pads before it normalises. A picture of another size is first
     * brought to it as for evaluation.
     */
    record PadCropFlip(int size, int padding) implements Transform {
        @Override
        public Image apply(Image image, Rng rng) {
            Image src = new Evaluate(size).apply(image, rng);
            int dx = rng.nextInt(2 * padding + 1) - padding;
            int dy = rng.nextInt(2 * padding + 1) - padding;
            boolean flip = rng.nextBoolean();
            byte[] out = new byte[3 * size * size];
            for (int y = 0; y < size; y++) {
                int from = y + dy;
                if (from < 0 || from >= size) {
                    continue;
                }
                for (int x = 0; x < size; x++) {
                    int at = (flip ? size - 1 - x : x) + dx;
                    if (at >= 0 && at < size) {
                        System.arraycopy(src.rgb(), (from * size + at) * 3, out, (y * size + x) * 3, 3);
                    }
                }
            }
            return new Image(size, size, out);
        }
    }

    /** One after the other. */
    record Chain(List<Transform> parts) implements Transform {
        /** Copies the list. */
        public Chain {
            parts = List.copyOf(parts);
        }

        @Override
        public Image apply(Image image, Rng rng) {
            Image out = image;
            for (Transform part : parts) {
                out = part.apply(out, rng);
            }
            return out;
        }
    }

    /** Mirrored half of the time. */
    record Flip() implements Transform {
        @Override
        public Image apply(Image image, Rng rng) {
            return rng.nextBoolean() ? image.mirrored() : image;
        }
    }

    /**
     * Paints over a rectangle of 2 % to 33 % of the area and a ratio of 0.3 to 3.3: torchvision's {@code RandomErasing}, which fills it
     * with zeros after normalisation; that is a colour here.
     *
     * @param probability that it happens, in [0, 1]
     * @param fill whose colour
     */
    record Erase(double probability, CropMode.Border fill) implements Transform {
        private static final int TRIES = 10;

        /** Checks the range. */
        public Erase {
            if (!(probability >= 0 && probability <= 1)) {
                throw new IllegalArgumentException(
                        "random erasing needs a probability in [0, 1], found " + probability);
            }
        }

        @Override
        public Image apply(Image image, Rng rng) {
            if (rng.nextDouble() >= probability) {
                return image;
            }
            for (int i = 0; i < TRIES; i++) {
                double area = (double) image.width() * image.height() * rng.nextDouble(0.02, 0.33);
                double aspect = StrictMath.exp(rng.nextDouble(StrictMath.log(0.3), StrictMath.log(3.3)));
                int h = (int) Math.rint(StrictMath.sqrt(area * aspect));
                int w = (int) Math.rint(StrictMath.sqrt(area / aspect));
                if (h < image.height() && w < image.width()) {
                    int y = rng.nextInt(image.height() - h + 1);
                    int x = rng.nextInt(image.width() - w + 1);
                    return painted(image, x, y, w, h);
                }
            }
            return image;
        }

        private Image painted(Image image, int left, int top, int w, int h) {
            byte[] dst = image.rgb().clone();
            for (int y = top; y < top + h; y++) {
                for (int x = left; x < left + w; x++) {
                    int p = (y * image.width() + x) * 3;
                    dst[p] = (byte) fill.red();
                    dst[p + 1] = (byte) fill.green();
                    dst[p + 2] = (byte) fill.blue();
                }
            }
            return new Image(image.width(), image.height(), dst);
        }
    }
}
