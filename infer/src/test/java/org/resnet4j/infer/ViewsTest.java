package org.resnet4j.infer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.resnet4j.augment.CropMode;
import org.resnet4j.augment.Transform;
import org.resnet4j.image.Filter;
import org.resnet4j.image.Image;
import org.resnet4j.image.Resize;

class ViewsTest {
    private static Image noise(int width, int height) {
        byte[] rgb = new byte[width * height * 3];
        new SplittableRandom(3).nextBytes(rgb);
        return new Image(width, height, rgb);
    }

    @Test
    void tenCropsAreCornersMiddleAndMirrorImages() {
        Image picture = noise(90, 60);
        Image resized = Resize.resize(picture, 60, 40, Filter.BILINEAR);
        List<Image> ten =
                Views.TEN_CROP.of(picture, new Transform.Evaluate(40, Filter.BILINEAR, 32, new CropMode.Centre()));
        assertThat(ten).hasSize(Views.TEN_CROP.count()).hasSize(10);
        assertThat(ten.subList(0, 5))
                .containsExactly(
                        resized.crop(0, 0, 32, 32),
                        resized.crop(28, 0, 32, 32),
                        resized.crop(0, 8, 32, 32),
                        resized.crop(28, 8, 32, 32),
                        resized.crop(14, 4, 32, 32));
        for (int k = 0; k < 5; k++) {
            for (int x = 0; x < 32; x++) {
                assertThat(ten.get(5 + k).at(x, 9, 1)).isEqualTo(ten.get(k).at(31 - x, 9, 1));
            }
        }
    }

    @Test
    void oneViewIsTheMiddleAndFlipAddsItsMirrorImage() {
        Image picture = noise(8, 8);
        Transform.Evaluate whole = new Transform.Evaluate(8);
        assertThat(Views.ONE.of(picture, whole)).containsExactly(picture);
        List<Image> two = Views.FLIP.of(picture, whole);
        assertThat(two.getFirst()).isEqualTo(picture);
        assertThat(two.get(1).at(0, 3, 2)).isEqualTo(picture.at(7, 3, 2));
    }

    @Test
    void aWholePictureKeepsItsShapeUpToFourTimesItsShorterSide() {
        Transform.Evaluate shorter = new Transform.Evaluate(20, Filter.BILINEAR, 20, new CropMode.Centre());
        Image picture = noise(33, 21);
        assertThat(Views.WHOLE.of(picture, shorter)).containsExactly(Resize.resize(picture, 31, 20, Filter.BILINEAR));
        Image high = noise(10, 200);
        assertThat(Views.WHOLE.of(high, shorter))
                .containsExactly(Resize.resize(high, 20, 400, Filter.BILINEAR).crop(0, 160, 20, 80));
    }
}
