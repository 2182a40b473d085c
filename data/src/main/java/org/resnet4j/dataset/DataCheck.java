package org.resnet4j.dataset;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.resnet4j.image.Image;

/**
 * What opening every sample of a data set found.
 *
 * @param lines for people
 * @param findings damaged samples, duplicates and leaks; 0 if all is well
 */
public record DataCheck(List<String> lines, int findings) {
    private static final int SHOWN = 10;

    /** Copies the lines. */
    public DataCheck {
        lines = List.copyOf(lines);
    }

    /** Opens every sample of both parts; takes as long as reading them. */
    public static DataCheck of(Dataset train, Dataset test) {
        Walk walk = new Walk();
        walk.visit("training", train);
        walk.visit("test", test);
        walk.compare(train, test);
        return new DataCheck(walk.lines, walk.findings);
    }

    private static final class Walk {
        private final List<String> lines = new ArrayList<>();
        private final Map<String, String> seen = new HashMap<>();
        private int findings;

        void visit(String part, Dataset data) {
            Map<String, Integer> sizes = new TreeMap<>();
            int[] perClass = new int[data.classNames().size()];
            List<String> damaged = new ArrayList<>();
            List<String> copies = new ArrayList<>();
            for (int i = 0; i < data.size(); i++) {
                perClass[data.label(i)]++;
                String name = part + " sample " + i;
                try {
                    Image image = data.image(i);
                    sizes.merge(image.width() + "x" + image.height(), 1, Integer::sum);
                    String earlier = seen.putIfAbsent(hash(image), name);
                    if (earlier != null) {
                        copies.add(name + " is " + earlier
                                + (earlier.startsWith(part) ? "" : ": a leak between the parts"));
                    }
                } catch (IOException e) {
                    damaged.add(name + ": " + e.getMessage());
                }
            }
            lines.add(data.description() + ": " + data.size() + " samples, "
                    + data.classNames().size() + " classes");
            lines.add("  sizes " + (sizes.size() <= SHOWN ? sizes : sizes.size() + " different ones"));
            for (int c = 0; c < perClass.length; c++) {
                if (perClass[c] == 0) {
                    lines.add("  class " + data.classNames().get(c) + " has no sample");
                    findings++;
                }
            }
            report("damaged", damaged);
            report("duplicates", copies);
        }

        void compare(Dataset train, Dataset test) {
            if (!train.classNames().equals(test.classNames())) {
                lines.add("the classes of the parts differ: " + train.classNames() + " and " + test.classNames());
                findings++;
            }
            if (findings == 0) {
                lines.add("no damaged sample, no duplicate, no leak");
            }
        }

        private void report(String what, List<String> found) {
            if (!found.isEmpty()) {
                lines.add("  " + what + ": " + found.size());
                found.stream().limit(SHOWN).forEach(f -> lines.add("    " + f));
                findings += found.size();
            }
        }

        private static String hash(Image image) {
            try {
                MessageDigest digest = MessageDigest.getInstance("MD5"); // to tell pictures apart, not to protect them
                digest.update(ByteBuffer.allocate(8)
                        .putInt(image.width())
                        .putInt(image.height())
                        .flip());
                return new String(digest.digest(image.rgb()), StandardCharsets.ISO_8859_1);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has MD5", e);
            }
        }
    }
}
