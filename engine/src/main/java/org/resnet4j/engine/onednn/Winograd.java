package org.resnet4j.engine.onednn;

import org.resnet4j.graph.Op;
import org.resnet4j.graph.Window;
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.Shape;
import org.resnet4j.tensor.TensorType;

/**
 * A 3x3 convolution of stride 1 as F(4x4, 3x3): tiles of 6x6 pixels are transformed, multiplied by transformed weights (36
 * matrix products instead of 144 multiplications an output tile), and transformed back to 4x4 pixels. Lavin and Gray 2015,
 * with the points 0, 1, -1, 2, -2 and infinity. Pictures channels-last, F32; padded by one pixel.
 *
 * <p>Tiles are numbered image by image, row by row. They are worked on in blocks that stay in a core's cache; a block is some
 * rows of tiles, so that its source pixels are some rows of pixels.
 *
 * @param images N
 * @param height of source and destination, in pixels
 * @param width of source and destination, in pixels
 * @param ic channels of the source
 * @param oc channels of the destination
 * @param members threads that share the blocks
 */
record Winograd(long images, long height, long width, long ic, long oc, int members) {
    /** Matrix products of a tile. */
    static final int POINTS = 36;

    /** Output pixels of a tile, each way. */
    static final int TILE = 4;

    /** Source pixels of a tile, each way. */
    static final int REACH = 6;

    /** Floats that a core's cache should hold of a block, transformed source and product together. */
    private static final long BLOCK_FLOATS = 150_000;

    private static final long LEAST_TILES = 32;

    /** With fewer channels the transforms cost more than the multiplications that they save. */
    private static final long LEAST_CHANNELS = 32;

    private static final long MOST_TILES = 128;

    /** True if this convolution can be done so, given vectors of {@code lanes} floats, and gains by it. */
    static boolean fits(Op.Conv2d conv, TensorType src, Shape weights, int lanes) {
        return src.dtype() == DType.F32
                && conv.groups() == 1
                && conv.window().equals(new Window(3, 3, 1, 1, 1, 1))
                && Math.min(weights.dim(0), weights.dim(1)) >= LEAST_CHANNELS
                && weights.dim(0) % lanes == 0
                && weights.dim(1) % lanes == 0;
    }

    static Winograd of(Shape src, long oc, int members) {
        return new Winograd(src.dim(0), src.dim(2), src.dim(3), src.dim(1), oc, members);
    }

    long tileColumns() {
        return Math.ceilDiv(width, TILE);
    }

    /** Rows of tiles of all images. */
    long tileRows() {
        return images * Math.ceilDiv(height, TILE);
    }

    /** Rows of tiles in a block. */
    long blockRows() {
        long tiles = Math.clamp(BLOCK_FLOATS / (POINTS * (ic + oc)), LEAST_TILES, MOST_TILES);
        return Math.clamp(tiles / tileColumns(), 1, Math.ceilDiv(tileRows(), members));
    }

    long blocks() {
        return Math.ceilDiv(tileRows(), blockRows());
    }

    /** Tiles in a block. */
    long blockTiles() {
        return blockRows() * tileColumns();
    }

    /** Bytes that a member needs: transformed source, product, a row of tiles' pixels with their border, and half a transform. */
    long memberBytes() {
        return bytes(productOffset() + POINTS * blockTiles() * oc + pixels() + POINTS * Math.max(ic, oc));
    }

    /** Offset of the product, in floats. */
    long productOffset() {
        return POINTS * blockTiles() * ic;
    }

    /** Floats of a row of tiles' source pixels. */
    long pixels() {
        return REACH * pixelColumns() * ic;
    }

    /** Source pixels of a row of tiles, border included. */
    long pixelColumns() {
        return TILE * tileColumns() + REACH - TILE;
    }

    private static long bytes(long floats) {
        return Math.multiplyExact(floats, (long) Float.BYTES);
    }
}
