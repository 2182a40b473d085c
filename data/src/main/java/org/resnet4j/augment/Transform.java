package org.resnet4j.augment;

import org.resnet4j.image.Image;
import org.resnet4j.image.Resize;
import org.resnet4j.random.Rng;

/** What happens to a picture before it is normalised; a closed set of records, so that a run can say what it did. */
public sealed interface Transform {
    /** The picture after it; uses only numbers from {@code rng}. */
    Image apply(Image image, Rng rng);

    /** For evaluation: the picture as it is, or its shorter side scaled and the centre cut out where the size differs. */
    record Evaluate(int size) implements Transform {
        @Override
        public Image apply(Image image, Rng rng) {
            return image.width() == size && image.height() == size
                    ? image
                    : Resize.centre(Resize.shorterSide(image, size), size);
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
}
