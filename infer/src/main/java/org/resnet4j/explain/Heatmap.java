package org.resnet4j.explain;

import org.resnet4j.image.Image;

/** How much each place of a picture speaks for a class: numbers from 0, rows from the top. Immutable. */
public final class Heatmap {
    private final int width;
    private final int height;
    private final float[] values;

    private Heatmap(int width, int height, float[] values) {
        this.width = width;
        this.height = height;
        this.values = values;
    }

    /**
     * Selvaraju et al. 2017, equations 1 and 2: max(0, the sum over channels of the channel's mean gradient times its map).
     *
     * @param maps [C, height, width]
     * @param gradients of the class's logit by the maps, of the same size
     */
    static Heatmap of(float[] maps, float[] gradients, int height, int width) {
        int pixels = height * width;
        double[] sum = new double[pixels];
        for (int at = 0; at < maps.length; at += pixels) {
            double weight = 0;
            for (int p = 0; p < pixels; p++) {
                weight += gradients[at + p];
            }
            for (int p = 0; p < pixels; p++) {
                sum[p] += weight / pixels * maps[at + p];
            }
        }
        float[] values = new float[pixels];
        for (int p = 0; p < pixels; p++) {
            values[p] = (float) Math.max(0, sum[p]);
        }
        return new Heatmap(width, height, values);
    }

    /** Columns. */
    public int width() {
        return width;
    }

    /** Rows. */
    public int height() {
        return height;
    }

    /** The number at a place. */
    public float at(int x, int y) {
        return values[y * width + x];
    }

    /** The largest number; 0 if nothing speaks for the class. */
    public float max() {
        float max = 0;
        for (float v : values) {
            max = Math.max(max, v);
        }
        return max;
    }

    /** This map at another size, bilinear between the centres of its pixels, as PyTorch with {@code align_corners=False}. */
    public Heatmap enlarged(int w, int h) {
        float[] out = new float[Math.multiplyExact(w, h)];
        for (int y = 0; y < h; y++) {
            double sy = Math.max(0, (y + 0.5) * height / h - 0.5);
            int top = (int) sy;
            int bottom = Math.min(top + 1, height - 1);
            for (int x = 0; x < w; x++) {
                double sx = Math.max(0, (x + 0.5) * width / w - 0.5);
                int left = (int) sx;
                int right = Math.min(left + 1, width - 1);
                double upper = at(left, top) + (sx - left) * (at(right, top) - at(left, top));
                double lower = at(left, bottom) + (sx - left) * (at(right, bottom) - at(left, bottom));
                out[y * w + x] = (float) (upper + (sy - top) * (lower - upper));
            }
        }
        return new Heatmap(w, h, out);
    }

    /** A picture half covered by this map in colours from blue, nothing, over green to red, the map's largest number. */
    public Image over(Image picture) {
        Heatmap map = enlarged(picture.width(), picture.height());
        float max = max();
        byte[] rgb = picture.rgb().clone();
        for (int p = 0; p < map.values.length; p++) {
            double share = max == 0 ? 0 : map.values[p] / max;
            for (int c = 0; c < 3; c++) {
                double colour = 255 * Math.clamp(1.5 - Math.abs(4 * share - (3 - c)), 0.0, 1.0);
                rgb[3 * p + c] = (byte) Math.round(((rgb[3 * p + c] & 0xff) + colour) / 2);
            }
        }
        return new Image(picture.width(), picture.height(), rgb);
    }
}
