package org.resnet4j.augment;

import org.resnet4j.image.Image;

/**
 * How a picture that is not square becomes a square one for evaluation; timm's {@code crop_mode}. Where the result is larger than
 * the resized picture, it stands in the middle of a border. A closed set of records.
 */
public sealed interface CropMode {
    /** The shorter side is resized, the ends of the longer one are lost; the border is black. torchvision's way, too. */
    record Centre() implements CropMode {}

    /** Both sides are resized, whatever their ratio; the border is black. */
    record Squash() implements CropMode {}

    /**
     * The longer side is resized, so that nothing is lost, and the shorter one bordered.
     *
     * @param red of the border, 0 to 255
     * @param green of the border
     * @param blue of the border
     */
    record Border(int red, int green, int blue) implements CropMode {
        /** Checks the range. */
        public Border {
            if (((red | green | blue) & ~0xff) != 0) {
                throw new IllegalArgumentException("colours are 0 to 255, found " + red + ", " + green + ", " + blue);
            }
        }

        /** With the border that becomes zero, or nearly, by normalisation; timm's. */
        public static Border of(Normalization.ChannelStats stats) {
            return new Border(
                    grey(stats.mean().get(0)),
                    grey(stats.mean().get(1)),
                    grey(stats.mean().get(2)));
        }

        private static int grey(float mean) {
            return (int) Math.rint(255 * (double) mean);
        }
    }

    /**
     * Of a resized picture; it may be larger than any that fits memory, since only a part is made.
     *
     * @param width in pixels
     * @param height in pixels
     */
    record Size(long width, long height) {}

    /** What a picture is resized to. */
    default Size resized(int width, int height, int resize) {
        return switch (this) {
            // torchvision rounds the longer side down.
            case Centre _ ->
                width <= height
                        ? new Size(resize, (long) resize * height / width)
                        : new Size((long) resize * width / height, resize);
            case Squash _ -> new Size(resize, resize);
            case Border _ -> {
                double ratio = Math.max((double) width / resize, (double) height / resize);
                // A side of zero, which timm gives very long pictures, cannot be resized to.
                yield new Size(
                        Math.max(1, (long) Math.rint(width / ratio)), Math.max(1, (long) Math.rint(height / ratio)));
            }
        };
    }

    /** A picture in the middle of a square of {@code size}, which is no smaller. */
    default Image padded(Image image, int size) {
        byte[] out = new byte[3 * size * size];
        if (this instanceof Border border) {
            for (int i = 0; i < out.length; i += 3) {
                out[i] = (byte) border.red();
                out[i + 1] = (byte) border.green();
                out[i + 2] = (byte) border.blue();
            }
        }
        int left = (size - image.width()) / 2;
        int top = (size - image.height()) / 2;
        int row = image.width() * 3;
        for (int y = 0; y < image.height(); y++) {
            System.arraycopy(image.rgb(), y * row, out, ((top + y) * size + left) * 3, row);
        }
        return new Image(size, size, out);
    }
}
