package org.resnet4j.augment;

import org.resnet4j.image.Image;
import org.resnet4j.random.Rng;

/** Operations drawn at random from a fixed list; torchvision's policies with its defaults. Constants out of range throw {@link IllegalArgumentException}. */
public sealed interface AutoAugment extends Transform {
    /**
     * So many operations, one after the other, all of one strength. Cubuk et al. 2020.
     *
     * @param operations on each picture, at least 1
     * @param magnitude 0 to 30
     */
    record RandAugment(int operations, int magnitude) implements AutoAugment {
        /** Checks the ranges. */
        public RandAugment {
            if (operations < 1 || operations > 16 || magnitude < 0 || magnitude >= AugmentOp.BINS) {
                throw new IllegalArgumentException(
                        "RandAugment makes 1 to 16 operations of a strength of 0 to 30, found " + operations + " of "
                                + magnitude);
            }
        }

        @Override
        public Image apply(Image image, Rng rng) {
            Image out = image;
            for (int i = 0; i < operations; i++) {
                out = drawn(out, AugmentOp.Space.RANDOM, magnitude, rng);
            }
            return out;
        }
    }

    /** One operation of any strength: {@code TrivialAugmentWide}. Müller and Hutter 2021. */
    record TrivialAugment() implements AutoAugment {
        @Override
        public Image apply(Image image, Rng rng) {
            return drawn(image, AugmentOp.Space.WIDE, rng.nextInt(AugmentOp.BINS), rng);
        }
    }

    private static Image drawn(Image image, AugmentOp.Space space, int bin, Rng rng) {
        AugmentOp[] all = AugmentOp.values();
        AugmentOp op = all[rng.nextInt(all.length)];
        double m = op.magnitude(space, bin, image.width(), image.height());
        return op.apply(image, op.signed() && rng.nextBoolean() ? -m : m);
    }
}
