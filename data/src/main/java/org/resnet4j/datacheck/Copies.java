package org.resnet4j.datacheck;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Groups of samples that are the same picture, or nearly. Nearly: at most {@value #MOST_BITS} bits of the perceptual hash differ, so
 * that one of {@value #BANDS} bands of it is the same, the brightness of 8 x 8 cells differs by at most {@value #MOST_LEVELS} levels
 * in the mean, and the shapes by at most a twentieth. Pictures without contrast are left out. Of a band that very many share, each
 * picture is compared with the next {@value #MOST_COMPARED} only, so that time stays in proportion to the set.
 */
final class Copies {
    private static final int MOST_BITS = 4;
    private static final int BANDS = MOST_BITS + 1;
    private static final int BAND_BITS = 13;
    private static final int MOST_LEVELS = 5;
    private static final int MOST_COMPARED = 500;
    private static final double MOST_SHAPE = 1.05;

    /** A sample of a part. */
    private record Ref(Samples of, int i) {
        Finding.Place place() {
            return of.place(i);
        }
    }

    private record Hash(long high, long low) {}

    private final List<Ref> firsts = new ArrayList<>();
    private final Map<Hash, List<Ref>> same = new LinkedHashMap<>();

    private Copies(List<Samples> parts) {
        for (Samples part : parts) {
            for (int i = 0; i < part.data.size(); i++) {
                if (part.isReadable(i)) {
                    Ref ref = new Ref(part, i);
                    Hash hash = new Hash(part.pixels[2 * i], part.pixels[2 * i + 1]);
                    List<Ref> group = same.computeIfAbsent(hash, _ -> new ArrayList<>(1));
                    if (group.isEmpty()) {
                        firsts.add(ref);
                    }
                    group.add(ref);
                }
            }
        }
    }

    /** Every group of copies in these parts. */
    static List<Finding> of(List<Samples> parts) {
        Copies copies = new Copies(parts);
        List<Finding> found = new ArrayList<>();
        copies.same.values().stream().filter(g -> g.size() > 1).forEach(g -> found.add(exact(g)));
        copies.near().forEach(g -> found.add(nearly(g)));
        return found;
    }

    private static boolean areInBothParts(List<Ref> group) {
        return group.stream().map(Ref::of).distinct().count() > 1;
    }

    private static boolean areInTwoClasses(List<Ref> group) {
        return group.stream().map(r -> r.of().className(r.i())).distinct().count() > 1;
    }

    private static Finding exact(List<Ref> group) {
        boolean bytes = group.stream()
                        .map(r -> new Hash(r.of().bytes[2 * r.i()], r.of().bytes[2 * r.i() + 1]))
                        .distinct()
                        .count()
                == 1;
        boolean files = group.getFirst().of().data.file(group.getFirst().i()).isPresent();
        Finding.Kind kind = areInBothParts(group)
                ? Finding.Kind.LEAK
                : areInTwoClasses(group) ? Finding.Kind.CONFLICT : Finding.Kind.DUPLICATE;
        String detail = group.size() + " of the same " + (files && bytes ? "bytes" : "pixels")
                + (areInTwoClasses(group) ? ", in classes " + classes(group) : "");
        return new Finding(kind, detail, group.stream().map(Ref::place).toList());
    }

    private static Finding nearly(List<Ref> group) {
        Finding.Kind kind = areInBothParts(group) ? Finding.Kind.NEAR_LEAK : Finding.Kind.NEAR_DUPLICATE;
        String detail = group.size() + " look alike" + (areInTwoClasses(group) ? ", in classes " + classes(group) : "");
        return new Finding(kind, detail, group.stream().map(Ref::place).toList());
    }

    private static List<String> classes(List<Ref> group) {
        return group.stream()
                .map(r -> r.of().className(r.i()))
                .distinct()
                .sorted()
                .toList();
    }

    /** Groups of different pictures that look alike, connected by pairs; the first of each exact group stands for it. */
    private List<List<Ref>> near() {
        List<Ref> all = firsts.stream()
                .filter(r -> !PictureHash.isFlat(r.of().cells(r.i())))
                .toList();
        int[] parent = new int[all.size()];
        Arrays.setAll(parent, i -> i);
        for (int band = 0; band < BANDS; band++) {
            int shift = BAND_BITS * band;
            Comparator<Integer> byBand = Comparator.comparingLong(i -> band(all.get(i), shift));
            List<Integer> order = new ArrayList<>();
            for (int i = 0; i < all.size(); i++) {
                order.add(i);
            }
            order.sort(byBand.thenComparingInt(i -> i));
            for (int a = 0; a < order.size(); a++) {
                int i = order.get(a);
                long key = band(all.get(i), shift);
                int last = Math.min(order.size(), a + 1 + MOST_COMPARED);
                for (int b = a + 1; b < last && band(all.get(order.get(b)), shift) == key; b++) {
                    if (lookAlike(all.get(i), all.get(order.get(b)))) {
                        join(parent, i, order.get(b));
                    }
                }
            }
        }
        Map<Integer, List<Ref>> groups = new TreeMap<>();
        for (int i = 0; i < parent.length; i++) {
            groups.computeIfAbsent(root(parent, i), _ -> new ArrayList<>(1)).add(all.get(i));
        }
        return groups.values().stream().filter(g -> g.size() > 1).toList();
    }

    /** 13 bits of the hash, 12 in the last band. */
    private static long band(Ref ref, int shift) {
        return (ref.of().differences[ref.i()] >>> shift) & ((1L << BAND_BITS) - 1);
    }

    private static boolean lookAlike(Ref a, Ref b) {
        if (Long.bitCount(a.of().differences[a.i()] ^ b.of().differences[b.i()]) > MOST_BITS) {
            return false;
        }
        double shape = (double) a.of().widths[a.i()]
                * b.of().heights[b.i()]
                / ((double) a.of().heights[a.i()] * b.of().widths[b.i()]);
        if (shape > MOST_SHAPE || shape < 1 / MOST_SHAPE) {
            return false;
        }
        int difference = 0;
        for (int k = 0; k < PictureHash.CELLS; k++) {
            int x = a.of().cells[PictureHash.CELLS * a.i() + k] & 0xff;
            int y = b.of().cells[PictureHash.CELLS * b.i() + k] & 0xff;
            difference += Math.abs(x - y);
        }
        return difference <= MOST_LEVELS * PictureHash.CELLS;
    }

    private static int root(int[] parent, int i) {
        int at = i;
        while (parent[at] != at) {
            parent[at] = parent[parent[at]];
            at = parent[at];
        }
        return at;
    }

    /** The smaller index stays the root, so that groups come in the order of their first samples. */
    private static void join(int[] parent, int a, int b) {
        int x = root(parent, a);
        int y = root(parent, b);
        parent[Math.max(x, y)] = Math.min(x, y);
    }
}
