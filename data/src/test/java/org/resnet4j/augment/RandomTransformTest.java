package org.resnet4j.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.image.Filter;
import org.resnet4j.image.Image;
import org.resnet4j.random.Rng;

class RandomTransformTest {
    private static final CropMode.Border GREY = new CropMode.Border(124, 116, 104);

    /** Red says the column, green the row: a pixel tells where it comes from. */
    private static Image places(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        for (int p = 0; p < width * height; p++) {
            rgb[3 * p] = (byte) (p % width);
            rgb[3 * p + 1] = (byte) (p / width);
            rgb[3 * p + 2] = 77;
        }
        return new Image(width, height, rgb);
    }

    static List<Transform> all() {
        return List.of(
                RandomCrop.Resized.of(24),
                new RandomCrop.Resized(24, 0.35, 1, 4.0 / 3, Filter.BICUBIC),
                new RandomCrop.ScaleJitter(24, 48, 24),
                new ColourNoise.Jitter(0.4, 0.4, 0.4),
                new ColourNoise.Pca(0.1),
                new AutoAugment.RandAugment(2, 9),
                new AutoAugment.TrivialAugment(),
                new Transform.Flip(),
                new Transform.Erase(0.5, GREY),
                new Transform.Chain(List.of(RandomCrop.Resized.of(24), new Transform.Flip())));
    }

    @ParameterizedTest
    @MethodSource("all")
    void whatItDoesDependsOnTheStreamOnlyAndChangesWithIt(Transform transform) {
        Image image = places(61, 47);
        byte[] before = image.rgb().clone();
        Set<Image> seen = new HashSet<>();
        for (int i = 0; i < 40; i++) {
            Image once = transform.apply(image, Rng.of(3, i));
            assertThat(transform.apply(image, Rng.of(3, i))).isEqualTo(once);
            seen.add(once);
        }
        assertThat(seen).hasSizeGreaterThan(1);
        assertThat(image.rgb()).as("the picture itself").containsExactly(before);
    }

    @Test
    void cropsHaveTheirSizeWhateverThePicture() {
        for (int[] size : new int[][] {{1, 1}, {1, 300}, {300, 1}, {24, 24}, {500, 20}, {33, 260}}) {
            for (int i = 0; i < 50; i++) {
                Image image = places(size[0], size[1]);
                assertThat(RandomCrop.Resized.of(24).apply(image, Rng.of(1, i)))
                        .extracting(Image::width, Image::height)
                        .containsExactly(24, 24);
                assertThat(new RandomCrop.ScaleJitter(24, 30, 24).apply(image, Rng.of(1, i)))
                        .extracting(Image::width, Image::height)
                        .containsExactly(24, 24);
            }
        }
    }

    /** Of 100x100 pixels nothing is resized when the crop is whole: the corner says where it was taken. */
    @Test
    void aScaleOfOneIsAPlainRandomCrop() {
        Set<Integer> lefts = new HashSet<>();
        for (int i = 0; i < 400; i++) {
            Image crop = new RandomCrop.ScaleJitter(100, 100, 96).apply(places(100, 100), Rng.of(5, i));
            int left = crop.at(0, 0, 0);
            assertThat(crop).isEqualTo(places(100, 100).crop(left, crop.at(0, 0, 1), 96, 96));
            lefts.add(left);
        }
        assertThat(lefts).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
    }

    @Test
    void flipIsHalfAndMirrors() {
        int flipped = 0;
        Image image = places(5, 3);
        for (int i = 0; i < 2000; i++) {
            Image out = new Transform.Flip().apply(image, Rng.of(7, i));
            boolean mirrored = !out.equals(image);
            flipped += mirrored ? 1 : 0;
            assertThat(out.at(0, 2, 0)).isEqualTo(mirrored ? 4 : 0);
        }
        assertThat(flipped).isBetween(900, 1100);
    }

    @Test
    void erasingPaintsItsShareAndNothingElse() {
        int erased = 0;
        Image image = places(64, 64);
        for (int i = 0; i < 2000; i++) {
            Image out = new Transform.Erase(0.25, GREY).apply(image, Rng.of(9, i));
            int painted = 0;
            for (int p = 0; p < 64 * 64; p++) {
                boolean grey = out.at(p % 64, p / 64, 2) == 104;
                painted += grey ? 1 : 0;
                if (!grey) {
                    assertThat(out.at(p % 64, p / 64, 0)).isEqualTo(p % 64);
                }
            }
            if (painted > 0) {
                erased++;
                assertThat(painted / 4096.0).isBetween(0.015, 0.35);
            }
        }
        assertThat(erased / 2000.0).isCloseTo(0.25, within(0.04));
    }

    /** alpha = (1, 0, 0) times the first value: each channel moves by 255 times its part of the first vector. */
    @Test
    void colourNoiseMovesAlongTheComponents() {
        Image out = ColourNoise.Pca.shifted(new Image(1, 1, new byte[] {100, 101, 102}), new double[] {0.1, 0, 0});
        assertThat(out.at(0, 0, 0)).isEqualTo(86); // 100 - 14.47
        assertThat(out.at(0, 0, 1)).isEqualTo(86); // 101 - 14.81
        assertThat(out.at(0, 0, 2)).isEqualTo(87); // 102 - 14.88
        Image ends = ColourNoise.Pca.shifted(new Image(1, 1, new byte[] {5, 5, 5}), new double[] {1, 0, 0});
        assertThat(ends.rgb()).containsOnly(0);
    }

    @Test
    void constantsOutOfRangeAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new RandomCrop.Resized(8, 0, 1, 2, Filter.BILINEAR));
        assertThatIllegalArgumentException().isThrownBy(() -> new RandomCrop.ScaleJitter(7, 9, 8));
        assertThatIllegalArgumentException().isThrownBy(() -> new AutoAugment.RandAugment(2, 31));
        assertThatIllegalArgumentException().isThrownBy(() -> new ColourNoise.Jitter(-1, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new ColourNoise.Pca(Double.NaN));
        assertThatIllegalArgumentException().isThrownBy(() -> new Transform.Erase(1.5, GREY));
    }
}
