package org.resnet4j.dataset;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.regex.Pattern;

/** How class names are sorted into the order of the logits; another order is another set of classes. */
public enum ClassOrder implements Comparator<String> {
    /** By code points, as Python's {@code sorted} and so torchvision's {@code ImageFolder}: class10 before class2. */
    CODE_POINT {
        // Not String.compareTo, which has an emoji before the last 8,192 characters of the basic plane.
        @Override
        public int compare(String a, String b) {
            return Arrays.compare(a.codePoints().toArray(), b.codePoints().toArray());
        }
    },

    /** timm's {@code natural_key}: digits as numbers, letters in lower case: class2 before class10. */
    NATURAL {
        @Override
        public int compare(String a, String b) {
            String[] left = parts(a);
            String[] right = parts(b);
            for (int i = 0; i < Math.min(left.length, right.length); i++) {
                // Texts and numbers take turns, a text first.
                int order = i % 2 == 0
                        ? CODE_POINT.compare(left[i], right[i])
                        : new BigInteger(left[i]).compareTo(new BigInteger(right[i]));
                if (order != 0) {
                    return order;
                }
            }
            int shorter = Integer.compare(left.length, right.length);
            return shorter != 0 ? shorter : CODE_POINT.compare(a, b); // timm leaves "a1" and "A01" as the disk has them
        }
    };

    private static final Pattern BORDER = Pattern.compile("(?<=\\p{Nd})(?=\\P{Nd})|(?<=\\P{Nd})(?=\\p{Nd})");

    /** A name in lower case, cut where digits begin and end; the first part is a text even where the name begins with a digit. */
    private static String[] parts(String name) {
        return BORDER.split("/" + name.toLowerCase(Locale.ROOT));
    }
}
