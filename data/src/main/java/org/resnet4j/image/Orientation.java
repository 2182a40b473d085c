package org.resnet4j.image;

/**
 * How a picture must be turned to stand upright: EXIF 2.3, tag 0x0112, values 1 to 8 in this order. The names are Pillow's
 * for what is done.
 */
enum Orientation {
    NONE,
    FLIP_LEFT_RIGHT,
    ROTATE_180,
    FLIP_TOP_BOTTOM,
    TRANSPOSE,
    ROTATE_90_CLOCKWISE,
    TRANSVERSE,
    ROTATE_90_COUNTERCLOCKWISE;

    /** Of a picture turned so, the source pixel that comes to (x, y): its index in a source of w x h. */
    private int from(int x, int y, int w, int h) {
        return switch (this) {
            case NONE -> y * w + x;
            case FLIP_LEFT_RIGHT -> y * w + (w - 1 - x);
            case ROTATE_180 -> (h - 1 - y) * w + (w - 1 - x);
            case FLIP_TOP_BOTTOM -> (h - 1 - y) * w + x;
            case TRANSPOSE -> x * w + y;
            case ROTATE_90_CLOCKWISE -> (h - 1 - x) * w + y;
            case TRANSVERSE -> (h - 1 - x) * w + (w - 1 - y);
            case ROTATE_90_COUNTERCLOCKWISE -> x * w + (w - 1 - y);
        };
    }

    private boolean swapsSides() {
        return switch (this) {
            case NONE, FLIP_LEFT_RIGHT, ROTATE_180, FLIP_TOP_BOTTOM -> false;
            case TRANSPOSE, ROTATE_90_CLOCKWISE, TRANSVERSE, ROTATE_90_COUNTERCLOCKWISE -> true;
        };
    }

    /** The picture turned upright. */
    Image apply(Image image) {
        if (this == NONE) {
            return image;
        }
        int width = swapsSides() ? image.height() : image.width();
        int height = swapsSides() ? image.width() : image.height();
        byte[] rgb = image.rgb();
        byte[] out = new byte[rgb.length];
        int at = 0;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int from = 3 * from(x, y, image.width(), image.height());
                out[at] = rgb[from];
                out[at + 1] = rgb[from + 1];
                out[at + 2] = rgb[from + 2];
                at += 3;
            }
        }
        return new Image(width, height, out);
    }
}
