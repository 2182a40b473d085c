package org.resnet4j.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.resnet4j.image.Filter;
import org.resnet4j.image.Image;
import org.resnet4j.image.Resize;
import org.resnet4j.random.Rng;

class EvaluateTest {
    private static Image noise(int width, int height) {
        byte[] rgb = new byte[width * height * 3];
        new SplittableRandom(7).nextBytes(rgb);
        return new Image(width, height, rgb);
    }

    private static Image apply(Transform transform, Image image) {
        return transform.apply(image, Rng.of(0));
    }

    @ParameterizedTest
    @EnumSource(Filter.class)
    void aPartHasTheBitsOfTheWhole(Filter filter) {
        for (Image image : new Image[] {noise(61, 40), noise(37, 90)}) {
            CropMode.Size size = new CropMode.Centre().resized(image.width(), image.height(), 50);
            Image whole = Resize.resize(image, (int) size.width(), (int) size.height(), filter);
            int x = (int) Math.rint((size.width() - 48) / 2.0);
            int y = (int) Math.rint((size.height() - 48) / 2.0);
            assertThat(apply(Transform.Evaluate.torchvision(50, filter, 48), image))
                    .isEqualTo(whole.crop(x, y, 48, 48));
        }
    }

    @Test
    void aPictureOfTheRightSizeIsLeftAlone() {
        Image image = noise(32, 32);
        assertThat(apply(new Transform.Evaluate(32), image)).isSameAs(image);
        assertThat(apply(new Transform.Evaluate(32), noise(32, 40)))
                .isEqualTo(noise(32, 40).crop(0, 4, 32, 32));
    }

    @Test
    void torchvisionPadsWhereTheCropIsLarger() {
        Image image = noise(4, 6);
        Image padded = apply(Transform.Evaluate.torchvision(4, Filter.BILINEAR, 7), image);
        // 3 columns and 1 row are missing: one column on the left, no row on top.
        for (int y = 0; y < 7; y++) {
            for (int x = 0; x < 7; x++) {
                boolean inside = x >= 1 && x < 5 && y < 6;
                assertThat(padded.at(x, y, 2)).isEqualTo(inside ? image.at(x - 1, y, 2) : 0);
            }
        }
    }

    @Test
    void timmsModes() {
        Image wide = noise(80, 40);
        assertThat(Transform.Evaluate.timm(224, 0.875, Filter.BICUBIC, new CropMode.Centre())
                        .resize())
                .isEqualTo(256);
        assertThat(Transform.Evaluate.timm(224, 0.9, Filter.BICUBIC, new CropMode.Centre())
                        .resize())
                .isEqualTo(248);
        assertThat(apply(Transform.Evaluate.timm(20, 1, Filter.BILINEAR, new CropMode.Squash()), wide))
                .isEqualTo(Resize.resize(wide, 20, 20, Filter.BILINEAR));
        CropMode.Border border = CropMode.Border.of(Normalization.IMAGENET);
        assertThat(border).isEqualTo(new CropMode.Border(124, 116, 104));
        Image bordered = apply(Transform.Evaluate.timm(20, 1, Filter.BILINEAR, border), wide);
        assertThat(bordered.crop(0, 5, 20, 10)).isEqualTo(Resize.resize(wide, 20, 10, Filter.BILINEAR));
        assertThat(bordered.at(3, 4, 0)).isEqualTo(124);
        assertThat(bordered.at(3, 15, 2)).isEqualTo(104);
        assertThatThrownBy(() -> new CropMode.Border(0, 256, 0)).hasMessageContaining("0 to 255");
        assertThatThrownBy(() -> Transform.Evaluate.torchvision(0, Filter.BOX, 1))
                .hasMessageContaining("positive");
    }

    @Test
    void aVeryLongPictureTakesNoMoreMemoryThanItsPart() {
        Image line = new Image(65_500, 1, new byte[65_500 * 3]);
        assertThat(apply(Transform.Evaluate.torchvision(256, Filter.BICUBIC, 224), line))
                .isEqualTo(new Image(224, 224, new byte[224 * 224 * 3]));
    }
}
