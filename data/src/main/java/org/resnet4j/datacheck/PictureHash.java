package org.resnet4j.datacheck;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.resnet4j.image.Image;

/**
 * What tells pictures apart, and what nearly does not. Stateless.
 *
 * <p>The perceptual hash is the difference hash: the brightness of 9 x 8 cells, one bit for each pair of neighbours in a row. It stays
 * within a few bits when a picture is resized, coded again or made a little brighter. It changes altogether when a picture is cropped,
 * mirrored or turned, and says nothing of colour or of a picture without contrast; {@link #cells} is looked at besides.
 */
final class PictureHash {
    /** Bytes of {@link #cells}. */
    static final int CELLS = 64;

    private static final int SIDE = 8;
    private static final double LEAST_DEVIATION = 6;

    private PictureHash() {}

    /** 16 bytes of SHA-256, as two numbers. */
    static long[] sha256(byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (byte[] part : parts) {
                digest.update(part);
            }
            ByteBuffer bytes = ByteBuffer.wrap(digest.digest());
            return new long[] {bytes.getLong(), bytes.getLong()};
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Of size and pixels. */
    static long[] ofPixels(Image image) {
        byte[] size = ByteBuffer.allocate(8)
                .putInt(image.width())
                .putInt(image.height())
                .array();
        return sha256(size, image.rgb());
    }

    /** The difference hash. */
    static long differences(Image image) {
        int[] cells = brightness(image, SIDE + 1, SIDE);
        long hash = 0;
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                int at = y * (SIDE + 1) + x;
                hash = hash << 1 | (cells[at] < cells[at + 1] ? 1 : 0);
            }
        }
        return hash;
    }

    /** Brightness of 8 x 8 cells, 0 to 255. */
    static byte[] cells(Image image) {
        int[] cells = brightness(image, SIDE, SIDE);
        byte[] bytes = new byte[CELLS];
        for (int i = 0; i < CELLS; i++) {
            bytes[i] = (byte) cells[i];
        }
        return bytes;
    }

    /** True if there is too little contrast for the hash to mean anything. */
    static boolean isFlat(byte[] cells) {
        double sum = 0;
        double squares = 0;
        for (byte cell : cells) {
            int v = cell & 0xff;
            sum += v;
            squares += (double) v * v;
        }
        double mean = sum / cells.length;
        return squares / cells.length - mean * mean < LEAST_DEVIATION * LEAST_DEVIATION;
    }

    /** Mean brightness of a grid of cells; where a picture has fewer pixels, cells share them. */
    private static int[] brightness(Image image, int columns, int rows) {
        int[] cells = new int[columns * rows];
        byte[] rgb = image.rgb();
        for (int row = 0; row < rows; row++) {
            int top = (int) ((long) row * image.height() / rows);
            int bottom = Math.max(top + 1, (int) ((long) (row + 1) * image.height() / rows));
            for (int column = 0; column < columns; column++) {
                int left = (int) ((long) column * image.width() / columns);
                int right = Math.max(left + 1, (int) ((long) (column + 1) * image.width() / columns));
                long sum = 0;
                for (int y = top; y < bottom; y++) {
                    for (int at = (y * image.width() + left) * 3; at < (y * image.width() + right) * 3; at += 3) {
                        // ITU-R 601, as Pillow's "L".
                        sum += 299 * (rgb[at] & 0xff) + 587 * (rgb[at + 1] & 0xff) + 114 * (rgb[at + 2] & 0xff);
                    }
                }
                cells[row * columns + column] = (int) (sum / (1000L * (bottom - top) * (right - left)));
            }
        }
        return cells;
    }
}
