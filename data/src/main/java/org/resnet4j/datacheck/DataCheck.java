package org.resnet4j.datacheck;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.dataset.ImageFolder;

/**
 * What opening every sample of a data set found.
 *
 * @param parts what there is
 * @param findings in the order of their kinds and of the samples
 */
public record DataCheck(List<Part> parts, List<Finding> findings) {
    /** A class with so many times the samples of another is a finding. */
    static final double MOST_IMBALANCE = 5;

    /**
     * A part of the set.
     *
     * @param name of it
     * @param description of the data
     * @param samples how many
     * @param perClass how many of each class, by name
     * @param sizes how many of each width and height, {@code 160x120}
     */
    public record Part(
            String name, String description, int samples, Map<String, Integer> perClass, Map<String, Integer> sizes) {}

    /**
     * How to check.
     *
     * @param workers threads that open samples, at least 1
     * @param inputSize side of the pictures that a network sees, in pixels; 0 to compare with none
     */
    public record Options(int workers, int inputSize) {
        /** Checks the ranges. */
        public Options {
            if (workers < 1 || workers > 256 || inputSize < 0) {
                throw new IllegalArgumentException(
                        "a check needs 1 to 256 workers and an input size of 0 or more, found " + workers + " and "
                                + inputSize);
            }
        }
    }

    /** Receives how many samples of how many are done; called by any thread, one at a time. */
    @FunctionalInterface
    public interface Progress {
        /** So many are done. */
        void opened(int done, int all);
    }

    /** Copies the lists. */
    public DataCheck {
        parts = List.copyOf(parts);
        findings = List.copyOf(findings);
    }

    /**
     * Opens every sample; takes as long as reading and decoding them.
     *
     * @param data parts by name: to train on, then to evaluate with; or one
     * @throws IOException if a folder cannot be walked; a sample that cannot be read is a finding
     */
    public static DataCheck of(Map<String, Dataset> data, Options options, Progress progress) throws IOException {
        List<Samples> parts = new ArrayList<>();
        data.forEach((name, set) -> parts.add(new Samples(name, set)));
        int all = parts.stream().mapToInt(p -> p.data.size()).sum();
        AtomicInteger done = new AtomicInteger();
        for (Samples part : parts) {
            part.read(options.workers(), () -> {
                synchronized (done) {
                    progress.opened(done.incrementAndGet(), all);
                }
            });
        }
        List<Finding> findings = new ArrayList<>(Copies.of(parts));
        List<Path> folders = new ArrayList<>();
        parts.forEach(p -> {
            if (p.data instanceof ImageFolder folder) {
                folders.add(folder.folder());
            }
        });
        for (Samples part : parts) {
            samples(part, options.inputSize(), findings);
            classes(part, findings);
            if (part.data instanceof ImageFolder folder) {
                findings.addAll(Layout.of(folder.folder(), folders));
            }
        }
        names(parts, findings);
        findings.sort(Comparator.comparing(Finding::kind)); // stable: samples keep their order
        return new DataCheck(parts.stream().map(DataCheck::part).toList(), findings);
    }

    private static void samples(Samples part, int inputSize, List<Finding> findings) {
        for (int i = 0; i < part.data.size(); i++) {
            List<Finding.Place> here = List.of(part.place(i));
            String reason = part.unreadable.get(i);
            if (reason != null) {
                findings.add(new Finding(Finding.Kind.UNREADABLE, reason, here));
                continue;
            }
            if (!part.traits(i).isEmpty()) {
                String traits = part.traits(i).stream().map(Object::toString).collect(Collectors.joining(", "));
                findings.add(new Finding(Finding.Kind.COLOURS, traits, here));
            }
            if (Math.min(part.widths[i], part.heights[i]) < inputSize) {
                String size = part.widths[i] + "x" + part.heights[i];
                findings.add(new Finding(Finding.Kind.SMALL, size, here));
            }
            String other = part.misnamed.get(i);
            if (other != null) {
                findings.add(new Finding(Finding.Kind.UNUSUAL_FILE, here.getFirst() + " " + other, here));
            }
        }
    }

    private static int[] counts(Samples part) {
        int[] counts = new int[part.data.classNames().size()];
        for (int i = 0; i < part.data.size(); i++) {
            counts[part.data.label(i)]++;
        }
        return counts;
    }

    private static void classes(Samples part, List<Finding> findings) {
        int[] counts = counts(part);
        List<String> names = part.data.classNames();
        int least = -1;
        int most = 0;
        for (int c = 0; c < counts.length; c++) {
            if (counts[c] == 0) {
                findings.add(new Finding(
                        Finding.Kind.EMPTY_CLASS,
                        "class " + names.get(c) + " has no sample in " + part.part,
                        List.of()));
            } else {
                least = least < 0 || counts[c] < counts[least] ? c : least;
                most = counts[c] > counts[most] ? c : most;
            }
        }
        if (least >= 0 && counts[most] >= MOST_IMBALANCE * counts[least]) {
            findings.add(new Finding(
                    Finding.Kind.IMBALANCE,
                    String.format(
                            Locale.ROOT,
                            "%s: %d samples of %s, %d of %s, %.1f times as many",
                            part.part,
                            counts[least],
                            names.get(least),
                            counts[most],
                            names.get(most),
                            (double) counts[most] / counts[least]),
                    List.of()));
        }
    }

    private static void names(List<Samples> parts, List<Finding> findings) {
        Set<String> all = new LinkedHashSet<>();
        parts.forEach(p -> all.addAll(p.data.classNames()));
        for (Samples part : parts) {
            for (String name : all) {
                if (!part.data.classNames().contains(name)) {
                    findings.add(new Finding(
                            Finding.Kind.MISSING_CLASS, "class " + name + " is not in " + part.part, List.of()));
                }
            }
        }
        Map<String, List<String>> alike = new LinkedHashMap<>();
        for (String name : all) {
            String plain =
                    name.toLowerCase(Locale.ROOT).replaceAll("[\\s_.-]+", " ").strip();
            alike.computeIfAbsent(plain, _ -> new ArrayList<>()).add(name);
        }
        alike.values().stream()
                .filter(names -> names.size() > 1)
                .forEach(names ->
                        findings.add(new Finding(Finding.Kind.SIMILAR_NAMES, String.join(", ", names), List.of())));
    }

    private static Part part(Samples s) {
        int[] counts = counts(s);
        Map<String, Integer> perClass = new LinkedHashMap<>();
        for (int c = 0; c < counts.length; c++) {
            perClass.put(s.data.classNames().get(c), counts[c]);
        }
        Map<String, Integer> sizes = new TreeMap<>();
        for (int i = 0; i < s.data.size(); i++) {
            if (s.isReadable(i)) {
                sizes.merge(s.widths[i] + "x" + s.heights[i], 1, Integer::sum);
            }
        }
        return new Part(s.part, s.data.description(), s.data.size(), perClass, sizes);
    }

    /** How many findings of each kind there are, kinds without any left out. */
    public Map<Finding.Kind, Integer> counts() {
        Map<Finding.Kind, Integer> counts = new EnumMap<>(Finding.Kind.class);
        findings.forEach(f -> counts.merge(f.kind(), 1, Integer::sum));
        return counts;
    }

    /** This without the findings of some kinds. */
    public DataCheck without(Set<Finding.Kind> kinds) {
        return new DataCheck(
                parts, findings.stream().filter(f -> !kinds.contains(f.kind())).toList());
    }
}
