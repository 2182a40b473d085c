package org.resnet4j.image;

import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/** The pixels of a PNG: inflates a row at a time, undoes its filter, spreads it over the picture. For one call of decode. */
final class PngPixels {
    /** Adam7: first column and row, then the steps, of each pass. */
    private static final int[][] PASSES = {
        {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
    };

    private static final int[][] WHOLE = {{0, 0, 1, 1}};

    private final Source source;
    private final Png.Header header;
    private final byte @Nullable [] palette;
    private final List<Png.Range> data;
    private int nextData;

    PngPixels(Source source, Png.Header header, byte @Nullable [] palette, List<Png.Range> data) {
        this.source = source;
        this.header = header;
        this.palette = palette;
        this.data = data;
    }

    Image decode() throws ImageException {
        byte[] rgb = new byte[Math.multiplyExact(Math.multiplyExact(header.width(), header.height()), 3)];
        try (Inflater inflater = new Inflater()) {
            for (int[] pass : header.interlaced() ? PASSES : WHOLE) {
                pass(inflater, pass, rgb);
            }
            requireEnd(inflater);
        } catch (DataFormatException e) {
            throw source.error("damaged PNG: " + e.getMessage(), e);
        }
        return new Image(header.width(), header.height(), rgb);
    }

    private void pass(Inflater inflater, int[] pass, byte[] rgb) throws ImageException, DataFormatException {
        int columns = Math.ceilDiv(header.width() - pass[0], pass[2]);
        int rows = Math.ceilDiv(header.height() - pass[1], pass[3]);
        if (columns < 1 || rows < 1) {
            return;
        }
        int bytes = Math.toIntExact(header.rowBytes(columns)) + 1;
        int pixelBytes = Math.max(1, header.channels() * header.depth() / 8);
        byte[] row = new byte[bytes];
        byte[] above = new byte[bytes];
        for (int r = 0; r < rows; r++) {
            inflate(inflater, row);
            unfilter(row, above, pixelBytes);
            int y = pass[1] + r * pass[3];
            spread(row, columns, rgb, (y * header.width() + pass[0]) * 3, pass[2] * 3);
            byte[] used = above;
            above = row;
            row = used;
        }
    }

    private void inflate(Inflater inflater, byte[] row) throws ImageException, DataFormatException {
        int have = 0;
        while (have < row.length) {
            have += inflater.inflate(row, have, row.length - have);
            if (have < row.length) {
                feed(inflater);
            }
        }
    }

    private void feed(Inflater inflater) throws ImageException {
        if (inflater.needsDictionary()) {
            throw source.error("damaged PNG: its data asks for a preset dictionary");
        }
        if (inflater.finished() || nextData == data.size()) {
            throw source.error("the file is truncated: the PNG's data ends before its last row");
        }
        if (inflater.needsInput()) {
            Png.Range range = data.get(nextData++);
            inflater.setInput(source.bytes(), range.from(), range.length());
        }
    }

    /** After the last row the stream ends with its checksum, and nothing follows. */
    private void requireEnd(Inflater inflater) throws ImageException, DataFormatException {
        byte[] more = new byte[1];
        while (!inflater.finished()) {
            if (inflater.inflate(more) > 0) {
                throw source.error("damaged PNG: its data is longer than the picture");
            }
            if (!inflater.finished()) {
                feed(inflater);
            }
        }
        long left = inflater.getRemaining();
        while (nextData < data.size()) {
            left += data.get(nextData++).length();
        }
        if (left > 0) {
            throw source.error("damaged PNG: " + left + " bytes follow the end of its data");
        }
    }

    /** PNG, section 9; the first byte of a row names its filter. */
    private void unfilter(byte[] row, byte[] above, int back) throws ImageException {
        switch (row[0]) {
            case 0 -> {}
            case 1 -> {
                for (int i = 1 + back; i < row.length; i++) {
                    row[i] = (byte) (row[i] + row[i - back]);
                }
            }
            case 2 -> {
                for (int i = 1; i < row.length; i++) {
                    row[i] = (byte) (row[i] + above[i]);
                }
            }
            case 3 -> {
                for (int i = 1; i < row.length; i++) {
                    int left = i > back ? row[i - back] & 0xff : 0;
                    row[i] = (byte) (row[i] + (left + (above[i] & 0xff)) / 2);
                }
            }
            case 4 -> {
                for (int i = 1; i < row.length; i++) {
                    int left = i > back ? row[i - back] & 0xff : 0;
                    int corner = i > back ? above[i - back] & 0xff : 0;
                    row[i] = (byte) (row[i] + paeth(left, above[i] & 0xff, corner));
                }
            }
            default -> throw source.error("damaged PNG: no filter has the number " + (row[0] & 0xff));
        }
    }

    private static int paeth(int left, int above, int corner) {
        int guess = left + above - corner;
        int toLeft = Math.abs(guess - left);
        int toAbove = Math.abs(guess - above);
        int toCorner = Math.abs(guess - corner);
        if (toLeft <= toAbove && toLeft <= toCorner) {
            return left;
        }
        return toAbove <= toCorner ? above : corner;
    }

    /** Writes a row's pixels, {@code step} bytes from one to the next. */
    private void spread(byte[] row, int columns, byte[] rgb, int at, int step) throws ImageException {
        if (header.type() == 2 && header.depth() == 8 && step == 3) {
            System.arraycopy(row, 1, rgb, at, columns * 3);
            return;
        }
        int channels = header.channels();
        int to = at;
        for (int x = 0; x < columns; x++) {
            int first = sample(row, x * channels);
            switch (header.type()) {
                case 3 -> colour(first, rgb, to);
                case 2, 6 -> {
                    rgb[to] = (byte) first;
                    rgb[to + 1] = (byte) sample(row, x * channels + 1);
                    rgb[to + 2] = (byte) sample(row, x * channels + 2);
                }
                default -> {
                    byte grey = (byte) (header.depth() < 8 ? first * 255 / ((1 << header.depth()) - 1) : first);
                    rgb[to] = grey;
                    rgb[to + 1] = grey;
                    rgb[to + 2] = grey;
                }
            }
            to += step;
        }
    }

    /** A sample of a row; its high byte if it has two. */
    private int sample(byte[] row, int i) {
        int depth = header.depth();
        if (depth >= 8) {
            return row[1 + i * (depth / 8)] & 0xff;
        }
        int bit = i * depth;
        return row[1 + bit / 8] >> (8 - depth - bit % 8) & ((1 << depth) - 1);
    }

    private void colour(int index, byte[] rgb, int to) throws ImageException {
        if (palette == null || 3 * index >= palette.length) {
            throw source.error("damaged PNG: the palette has no colour " + index);
        }
        System.arraycopy(palette, 3 * index, rgb, to, 3);
    }
}
