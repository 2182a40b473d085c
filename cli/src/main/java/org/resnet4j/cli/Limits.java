package org.resnet4j.cli;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.resnet4j.trainer.Checkpointing;

/** Reads sizes and intervals as people write them. */
final class Limits {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,12})\\s*([KMGT]?)i?B?", Pattern.CASE_INSENSITIVE);
    private static final Pattern INTERVAL = Pattern.compile("(\\d{1,9})\\s*(s|m|h|)");

    private Limits() {}

    /** The value of an option that has only these, whatever its case; null if it was not given. */
    static @Nullable String oneOf(String option, @Nullable String value, String... known) {
        if (value == null || List.of(known).contains(value.toLowerCase(Locale.ROOT))) {
            return value == null ? null : value.toLowerCase(Locale.ROOT);
        }
        throw new IllegalArgumentException(option + " must be " + String.join(" or ", known) + ", found " + value);
    }

    /** 5m, 30s, 1h, or a number of steps. */
    static Checkpointing checkpoints(String interval) {
        Matcher m = INTERVAL.matcher(interval);
        if (!m.matches()) {
            throw new IllegalArgumentException(
                    "--checkpoint-interval must be like 5m, 30s or 500 (steps), found " + interval);
        }
        long n = Long.parseLong(m.group(1));
        int keep = Checkpointing.DEFAULT.keep();
        return switch (m.group(2)) {
            case "s" -> new Checkpointing(0, Duration.ofSeconds(n), keep);
            case "m" -> new Checkpointing(0, Duration.ofMinutes(n), keep);
            case "h" -> new Checkpointing(0, Duration.ofHours(n), keep);
            default -> new Checkpointing(n, Duration.ZERO, keep);
        };
    }

    /** A number of bytes: 512M, 4G, 1000000; all memory if there is none. */
    static long bytes(@Nullable String text) {
        if (text == null) {
            return Long.MAX_VALUE;
        }
        Matcher m = SIZE.matcher(text.strip());
        if (!m.matches()) {
            throw new IllegalArgumentException(
                    "--max-memory must be like 512M, 4G or a number of bytes, found " + text);
        }
        int power = m.group(2).isEmpty()
                ? 0
                : "KMGT".indexOf(Character.toUpperCase(m.group(2).charAt(0))) + 1;
        return Math.multiplyExact(Long.parseLong(m.group(1)), 1L << (10 * power));
    }
}
