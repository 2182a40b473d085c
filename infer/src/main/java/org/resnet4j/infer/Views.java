package org.resnet4j.infer;

import java.util.List;
import java.util.stream.Stream;
import org.resnet4j.augment.CropMode;
import org.resnet4j.augment.Transform;
import org.resnet4j.image.Image;
import org.resnet4j.image.Resize;
import org.resnet4j.random.Rng;

/**
 * Which parts of a picture a network looks at; its answers to them are averaged. A closed set of records that can be put into
 * each other: ten crops are the mirrored corners. Stateless.
 */
public sealed interface Views {
    /** The middle, as everybody evaluates. */
    Views ONE = new Centre();

    /** The middle and its mirror image. */
    Views FLIP = new Mirrored(ONE);

    /** The four corners, the middle, and their mirror images (Krizhevsky et al. 2012; the paper's section 3.4). */
    Views TEN_CROP = new Mirrored(new Corners());

    /** The whole picture, its shorter side resized: see {@link WholeEvaluation}. */
    Views WHOLE = new Whole();

    /** How many parts. */
    int count();

    /** The parts, all of one size and always in the same order: squares of the transform's crop size, except whole pictures. */
    List<Image> of(Image picture, Transform.Evaluate transform);

    /** The middle of the resized picture. */
    record Centre() implements Views {
        @Override
        public int count() {
            return 1;
        }

        @Override
        public List<Image> of(Image picture, Transform.Evaluate transform) {
            return List.of(transform.apply(picture, Rng.of(0))); // takes nothing from it
        }
    }

    /** All of the resized picture, whose shorter side is what the transform resizes to. */
    record Whole() implements Views {
        /** How many times longer than the shorter side a picture is at most; of a longer one the middle is taken. */
        private static final int LONGEST = 4;

        @Override
        public int count() {
            return 1;
        }

        @Override
        public List<Image> of(Image picture, Transform.Evaluate transform) {
            CropMode.Size size = new CropMode.Centre().resized(picture.width(), picture.height(), transform.resize());
            long longest = Math.multiplyExact((long) LONGEST, transform.resize());
            int w = Math.toIntExact(Math.min(longest, size.width()));
            int h = Math.toIntExact(Math.min(longest, size.height()));
            Resize.Target target = new Resize.Target(
                    size.width(), size.height(), (size.width() - w) / 2, (size.height() - h) / 2, w, h);
            return List.of(Resize.resize(picture, target, transform.filter(), Resize.Box.of(picture)));
        }
    }

    /** The corners of the resized picture and its middle; they are the same where nothing is cropped. */
    record Corners() implements Views {
        @Override
        public int count() {
            return 5;
        }

        @Override
        public List<Image> of(Image picture, Transform.Evaluate transform) {
            return Stream.concat(
                            Stream.of(new Corner(0, 0), new Corner(1, 0), new Corner(0, 1), new Corner(1, 1))
                                    .map(c -> c.of(picture, transform)),
                            ONE.of(picture, transform).stream())
                    .toList();
        }

        /** Left or right, top or bottom: 0 or 1. */
        private record Corner(int right, int bottom) {
            Image of(Image picture, Transform.Evaluate t) {
                CropMode.Size size = t.mode().resized(picture.width(), picture.height(), t.resize());
                int w = (int) Math.min(t.crop(), size.width());
                int h = (int) Math.min(t.crop(), size.height());
                Image part = Resize.resize(
                        picture,
                        new Resize.Target(
                                size.width(),
                                size.height(),
                                right * (size.width() - w),
                                bottom * (size.height() - h),
                                w,
                                h),
                        t.filter(),
                        Resize.Box.of(picture));
                return w == t.crop() && h == t.crop() ? part : t.mode().padded(part, t.crop());
            }
        }
    }

    /**
     * Other views, then the mirror image of each.
     *
     * @param of the others
     */
    record Mirrored(Views of) implements Views {
        @Override
        public int count() {
            return 2 * of.count();
        }

        @Override
        public List<Image> of(Image picture, Transform.Evaluate transform) {
            List<Image> straight = of.of(picture, transform);
            return Stream.concat(straight.stream(), straight.stream().map(Image::mirrored))
                    .toList();
        }
    }
}
