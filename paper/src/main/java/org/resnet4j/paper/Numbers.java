package org.resnet4j.paper;

import java.util.Locale;

/** Numbers as people read them. */
final class Numbers {
    private Numbers() {}

    /** 64,000. */
    static String grouped(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }

    /** The mean and, of several runs, the deviation: {@code 8.75 ± 0.16}. */
    static String spread(Quantity quantity, Sample sample) {
        String mean = quantity.format(sample.mean());
        return sample.n() < 2 ? mean : mean + " ± " + quantity.format(sample.deviation());
    }
}
