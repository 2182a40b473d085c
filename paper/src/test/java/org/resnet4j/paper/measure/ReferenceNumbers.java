package org.resnet4j.paper.measure;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** Numbers that a script under tools/ printed. */
final class ReferenceNumbers {
    private ReferenceNumbers() {}

    /** The last column of the rows that begin with {@code key}, in their order. */
    static List<Double> column(String resource, String key) throws IOException {
        try (InputStream in = ReferenceNumbers.class.getResourceAsStream(resource)) {
            String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            return text.lines()
                    .filter(l -> l.startsWith(key + ","))
                    .map(l -> Double.valueOf(l.substring(l.lastIndexOf(',') + 1)))
                    .toList();
        }
    }
}
