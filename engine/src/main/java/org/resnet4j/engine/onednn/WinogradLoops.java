package org.resnet4j.engine.onednn;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The transforms of {@link Winograd}, a vector of channels at a time. One member's part: its rows of tiles, its memory.
 *
 * <p>Pixels of a row of tiles are first copied to where their border is zeros, so that no vector is chosen by a condition, which
 * would cost an object. A class of its own because it needs the incubating vector module: nothing else may touch it before
 * {@code Vectors.available()} said yes.
 */
final class WinogradLoops {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final int L = SPECIES.length();
    private static final long VECTOR = (long) L * Float.BYTES;

    private final Winograd w;
    private final MemorySegment src;
    private final MemorySegment dst;
    private final MemorySegment transformed;
    private final MemorySegment product;
    private final MemorySegment pixels;
    private final float[] half = new float[Winograd.POINTS * L];

    /** {@code memory} is the member's own, {@link Winograd#memberBytes} long. */
    WinogradLoops(Winograd w, MemorySegment src, MemorySegment dst, MemorySegment memory) {
        this.w = w;
        this.src = src;
        this.dst = dst;
        this.transformed = memory.asSlice(0, w.productOffset() * Float.BYTES);
        long productFloats = Winograd.POINTS * w.blockTiles() * w.oc();
        this.product = memory.asSlice(w.productOffset() * Float.BYTES, productFloats * Float.BYTES);
        this.pixels = memory.asSlice((w.productOffset() + productFloats) * Float.BYTES, w.pixels() * Float.BYTES);
    }

    static int lanes() {
        return L;
    }

    /** Rows of tiles {@code from} to {@code to} of the source, to the start of the transformed block. */
    void gather(long from, long to) {
        long perImage = w.tileRows() / w.images();
        long tile = 0;
        for (long row = from; row < to; row++) {
            copyPixels(row / perImage, (row % perImage) * Winograd.TILE - 1);
            for (long x = 0; x < w.tileColumns(); x++, tile++) {
                forward(x * Winograd.TILE * w.ic() * Float.BYTES, tile * w.ic() * Float.BYTES);
            }
        }
    }

    /** Six rows of pixels of one image from {@code y} on, with zeros outside of the picture. */
    private void copyPixels(long image, long y) {
        long pixel = w.ic() * Float.BYTES;
        long line = w.pixelColumns() * pixel;
        long inside = w.width() * pixel;
        for (long r = 0; r < Winograd.REACH; r++) {
            long at = r * line;
            if (y + r < 0 || y + r >= w.height()) {
                pixels.asSlice(at, line).fill((byte) 0);
            } else {
                pixels.asSlice(at, pixel).fill((byte) 0);
                MemorySegment.copy(src, ((image * w.height() + y + r) * w.width()) * pixel, pixels, at + pixel, inside);
                pixels.asSlice(at + pixel + inside, line - pixel - inside).fill((byte) 0);
            }
        }
    }

    /** All channels of one tile: B^T d B. */
    private void forward(long from, long to) {
        long pixel = w.ic() * Float.BYTES;
        long line = w.pixelColumns() * pixel;
        long plane = w.blockTiles() * pixel;
        for (long c = 0; c < pixel; c += VECTOR) {
            for (int x = 0; x < Winograd.REACH; x++) {
                columns(pixels, from + c + x * pixel, line, x * L);
            }
            for (int y = 0; y < Winograd.REACH; y++) {
                rows(y * Winograd.REACH * L, to + c + y * (Winograd.REACH * plane), plane);
            }
        }
    }

    private void columns(MemorySegment from, long at, long line, int to) {
        FloatVector d0 = FloatVector.fromMemorySegment(SPECIES, from, at, ORDER);
        FloatVector d1 = FloatVector.fromMemorySegment(SPECIES, from, at + line, ORDER);
        FloatVector d2 = FloatVector.fromMemorySegment(SPECIES, from, at + 2 * line, ORDER);
        FloatVector d3 = FloatVector.fromMemorySegment(SPECIES, from, at + 3 * line, ORDER);
        FloatVector d4 = FloatVector.fromMemorySegment(SPECIES, from, at + 4 * line, ORDER);
        FloatVector d5 = FloatVector.fromMemorySegment(SPECIES, from, at + 5 * line, ORDER);
        FloatVector a = d4.sub(d2.mul(4f));
        FloatVector b = d3.sub(d1.mul(4f));
        FloatVector c = d4.sub(d2);
        FloatVector d = d3.sub(d1).mul(2f);
        int step = Winograd.REACH * L;
        d0.mul(4f).sub(d2.mul(5f)).add(d4).intoArray(half, to);
        a.add(b).intoArray(half, to + step);
        a.sub(b).intoArray(half, to + 2 * step);
        c.add(d).intoArray(half, to + 3 * step);
        c.sub(d).intoArray(half, to + 4 * step);
        d1.mul(4f).sub(d3.mul(5f)).add(d5).intoArray(half, to + 5 * step);
    }

    private void rows(int from, long at, long plane) {
        FloatVector d0 = FloatVector.fromArray(SPECIES, half, from);
        FloatVector d1 = FloatVector.fromArray(SPECIES, half, from + L);
        FloatVector d2 = FloatVector.fromArray(SPECIES, half, from + 2 * L);
        FloatVector d3 = FloatVector.fromArray(SPECIES, half, from + 3 * L);
        FloatVector d4 = FloatVector.fromArray(SPECIES, half, from + 4 * L);
        FloatVector d5 = FloatVector.fromArray(SPECIES, half, from + 5 * L);
        FloatVector a = d4.sub(d2.mul(4f));
        FloatVector b = d3.sub(d1.mul(4f));
        FloatVector c = d4.sub(d2);
        FloatVector d = d3.sub(d1).mul(2f);
        d0.mul(4f).sub(d2.mul(5f)).add(d4).intoMemorySegment(transformed, at, ORDER);
        a.add(b).intoMemorySegment(transformed, at + plane, ORDER);
        a.sub(b).intoMemorySegment(transformed, at + 2 * plane, ORDER);
        c.add(d).intoMemorySegment(transformed, at + 3 * plane, ORDER);
        c.sub(d).intoMemorySegment(transformed, at + 4 * plane, ORDER);
        d1.mul(4f).sub(d3.mul(5f)).add(d5).intoMemorySegment(transformed, at + 5 * plane, ORDER);
    }

    /** Rows of tiles {@code from} to {@code to} of the destination, from the start of the product. */
    void scatter(long from, long to, Epilogue epilogue) {
        long perImage = w.tileRows() / w.images();
        long pixel = w.oc() * Float.BYTES;
        long tile = 0;
        for (long row = from; row < to; row++) {
            long y = (row % perImage) * Winograd.TILE;
            long line = ((row / perImage) * w.height() + y) * w.width();
            int high = (int) Math.min(Winograd.TILE, w.height() - y);
            for (long x = 0; x < w.width(); x += Winograd.TILE, tile++) {
                int wide = (int) Math.min(Winograd.TILE, w.width() - x);
                inverse(tile * pixel, (line + x) * pixel, high, wide, epilogue);
            }
        }
    }

    /**
     * What is done to a result before it is stored.
     *
     * @param bias added, zeros for none: a vector chosen by a condition would cost an object
     * @param sum whether to add what is there
     * @param least results below this become this: 0 for ReLU, minus infinity for none
     */
    record Epilogue(MemorySegment bias, boolean sum, float least) {}

    /** All channels of one tile: A^T m A, of which {@code high} by {@code wide} pixels lie in the picture. */
    private void inverse(long from, long to, int high, int wide, Epilogue epilogue) {
        long pixel = w.oc() * Float.BYTES;
        long plane = w.blockTiles() * pixel;
        long line = w.width() * pixel;
        for (long c = 0; c < pixel; c += VECTOR) {
            for (int x = 0; x < Winograd.REACH; x++) {
                backColumns(from + c + x * plane, Winograd.REACH * plane, x * L);
            }
            for (int y = 0; y < high; y++) {
                int row = y * Winograd.REACH * L;
                if (epilogue.sum()) {
                    backRowSum(row, to + c + y * line, wide, pixel, c, epilogue);
                } else {
                    backRow(row, to + c + y * line, wide, pixel, c, epilogue);
                }
            }
        }
    }

    private void backColumns(long at, long step, int to) {
        FloatVector m0 = FloatVector.fromMemorySegment(SPECIES, product, at, ORDER);
        FloatVector m1 = FloatVector.fromMemorySegment(SPECIES, product, at + step, ORDER);
        FloatVector m2 = FloatVector.fromMemorySegment(SPECIES, product, at + 2 * step, ORDER);
        FloatVector m3 = FloatVector.fromMemorySegment(SPECIES, product, at + 3 * step, ORDER);
        FloatVector m4 = FloatVector.fromMemorySegment(SPECIES, product, at + 4 * step, ORDER);
        FloatVector m5 = FloatVector.fromMemorySegment(SPECIES, product, at + 5 * step, ORDER);
        FloatVector a = m1.add(m2);
        FloatVector b = m1.sub(m2);
        FloatVector c = m3.add(m4);
        FloatVector d = m3.sub(m4);
        int next = Winograd.REACH * L;
        m0.add(a).add(c).intoArray(half, to);
        b.add(d.mul(2f)).intoArray(half, to + next);
        a.add(c.mul(4f)).intoArray(half, to + 2 * next);
        b.add(d.mul(8f)).add(m5).intoArray(half, to + 3 * next);
    }

    /** One row of a tile's pixels, of which {@code wide} lie in the picture. */
    private void backRow(int from, long to, int wide, long pixel, long channel, Epilogue e) {
        FloatVector m1 = FloatVector.fromArray(SPECIES, half, from + L);
        FloatVector m2 = FloatVector.fromArray(SPECIES, half, from + 2 * L);
        FloatVector m3 = FloatVector.fromArray(SPECIES, half, from + 3 * L);
        FloatVector m4 = FloatVector.fromArray(SPECIES, half, from + 4 * L);
        FloatVector bias = FloatVector.fromMemorySegment(SPECIES, e.bias(), channel, ORDER);
        FloatVector a = m1.add(m2);
        FloatVector b = m1.sub(m2);
        FloatVector c = m3.add(m4);
        FloatVector d = m3.sub(m4);
        float least = e.least();
        FloatVector.fromArray(SPECIES, half, from)
                .add(a)
                .add(c)
                .add(bias)
                .lanewise(VectorOperators.MAX, least)
                .intoMemorySegment(dst, to, ORDER);
        if (wide > 1) {
            b.add(d.mul(2f)).add(bias).lanewise(VectorOperators.MAX, least).intoMemorySegment(dst, to + pixel, ORDER);
        }
        if (wide > 2) {
            a.add(c.mul(4f))
                    .add(bias)
                    .lanewise(VectorOperators.MAX, least)
                    .intoMemorySegment(dst, to + 2 * pixel, ORDER);
        }
        if (wide > 3) {
            b.add(d.mul(8f))
                    .add(FloatVector.fromArray(SPECIES, half, from + 5 * L))
                    .add(bias)
                    .lanewise(VectorOperators.MAX, least)
                    .intoMemorySegment(dst, to + 3 * pixel, ORDER);
        }
    }

    /** The same, added to what is there. */
    private void backRowSum(int from, long to, int wide, long pixel, long channel, Epilogue e) {
        FloatVector m1 = FloatVector.fromArray(SPECIES, half, from + L);
        FloatVector m2 = FloatVector.fromArray(SPECIES, half, from + 2 * L);
        FloatVector m3 = FloatVector.fromArray(SPECIES, half, from + 3 * L);
        FloatVector m4 = FloatVector.fromArray(SPECIES, half, from + 4 * L);
        FloatVector bias = FloatVector.fromMemorySegment(SPECIES, e.bias(), channel, ORDER);
        FloatVector a = m1.add(m2);
        FloatVector b = m1.sub(m2);
        FloatVector c = m3.add(m4);
        FloatVector d = m3.sub(m4);
        float least = e.least();
        FloatVector.fromArray(SPECIES, half, from)
                .add(a)
                .add(c)
                .add(bias)
                .add(FloatVector.fromMemorySegment(SPECIES, dst, to, ORDER))
                .lanewise(VectorOperators.MAX, least)
                .intoMemorySegment(dst, to, ORDER);
        if (wide > 1) {
            b.add(d.mul(2f))
                    .add(bias)
                    .add(FloatVector.fromMemorySegment(SPECIES, dst, to + pixel, ORDER))
                    .lanewise(VectorOperators.MAX, least)
                    .intoMemorySegment(dst, to + pixel, ORDER);
        }
        if (wide > 2) {
            a.add(c.mul(4f))
                    .add(bias)
                    .add(FloatVector.fromMemorySegment(SPECIES, dst, to + 2 * pixel, ORDER))
                    .lanewise(VectorOperators.MAX, least)
                    .intoMemorySegment(dst, to + 2 * pixel, ORDER);
        }
        if (wide > 3) {
            b.add(d.mul(8f))
                    .add(FloatVector.fromArray(SPECIES, half, from + 5 * L))
                    .add(bias)
                    .add(FloatVector.fromMemorySegment(SPECIES, dst, to + 3 * pixel, ORDER))
                    .lanewise(VectorOperators.MAX, least)
                    .intoMemorySegment(dst, to + 3 * pixel, ORDER);
        }
    }

    /**
     * Weights, H, W, I, O in memory, to [36, I, O]: G g G^T. With {@code turned} the kernel is rotated by half a turn, as the
     * gradient of the source needs it.
     */
    static void weights(
            MemorySegment from, MemorySegment to, long rowFrom, long rowTo, long ic, long oc, boolean turned) {
        float[] g = new float[18 * L];
        long plane = ic * oc * Float.BYTES;
        for (long at = rowFrom * oc * Float.BYTES; at < rowTo * oc * Float.BYTES; at += VECTOR) {
            for (int x = 0; x < 3; x++) {
                int kx = turned ? 2 - x : x;
                kernelColumn(
                        FloatVector.fromMemorySegment(SPECIES, from, at + ((turned ? 6 : 0) + kx) * plane, ORDER),
                        FloatVector.fromMemorySegment(SPECIES, from, at + (3 + kx) * plane, ORDER),
                        FloatVector.fromMemorySegment(SPECIES, from, at + ((turned ? 0 : 6) + kx) * plane, ORDER),
                        g,
                        x * L);
            }
            for (int y = 0; y < Winograd.REACH; y++) {
                kernelRow(g, 3 * y * L, to, at + y * (Winograd.REACH * plane), plane);
            }
        }
    }

    private static void kernelColumn(FloatVector g0, FloatVector g1, FloatVector g2, float[] to, int at) {
        FloatVector a = g0.add(g2).mul(-1f / 6);
        FloatVector b = g1.mul(1f / 6);
        FloatVector c = g0.mul(1f / 24).add(g2.mul(1f / 6));
        FloatVector d = g1.mul(1f / 12);
        int step = 3 * L;
        g0.mul(0.25f).intoArray(to, at);
        a.sub(b).intoArray(to, at + step);
        a.add(b).intoArray(to, at + 2 * step);
        c.add(d).intoArray(to, at + 3 * step);
        c.sub(d).intoArray(to, at + 4 * step);
        g2.intoArray(to, at + 5 * step);
    }

    private static void kernelRow(float[] from, int at, MemorySegment to, long offset, long plane) {
        FloatVector g0 = FloatVector.fromArray(SPECIES, from, at);
        FloatVector g1 = FloatVector.fromArray(SPECIES, from, at + L);
        FloatVector g2 = FloatVector.fromArray(SPECIES, from, at + 2 * L);
        FloatVector a = g0.add(g2).mul(-1f / 6);
        FloatVector b = g1.mul(1f / 6);
        FloatVector c = g0.mul(1f / 24).add(g2.mul(1f / 6));
        FloatVector d = g1.mul(1f / 12);
        g0.mul(0.25f).intoMemorySegment(to, offset, ORDER);
        a.sub(b).intoMemorySegment(to, offset + plane, ORDER);
        a.add(b).intoMemorySegment(to, offset + 2 * plane, ORDER);
        c.add(d).intoMemorySegment(to, offset + 3 * plane, ORDER);
        c.sub(d).intoMemorySegment(to, offset + 4 * plane, ORDER);
        g2.intoMemorySegment(to, offset + 5 * plane, ORDER);
    }
}
