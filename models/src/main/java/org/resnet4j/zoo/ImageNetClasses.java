package org.resnet4j.zoo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The 1000 classes of ILSVRC 2012, which every ImageNet network answers with: index of the logit, WordNet id and words. Immutable,
 * read once from a resource; ids and words are WordNet's (Princeton University).
 */
public final class ImageNetClasses {
    private static final String FILE = "imagenet-classes.tsv";
    private static final Pattern WNID = Pattern.compile("n\\d{8}");
    private static final List<Entry> ALL = read();
    private static final Map<String, Integer> INDICES = indices();

    /** Of what kind a class is whose words are another's too, by WordNet id. */
    private static final Map<String, String> KINDS = Map.of("n02012849", "bird", "n03126707", "machine");

    /**
     * A class.
     *
     * @param index of its logit, 0 to 999
     * @param wnid WordNet 3.0 id: n and the eight digits of the synset's offset
     * @param lemmas its words, separated by commas, the usual one first
     */
    public record Entry(int index, String wnid, String lemmas) {
        /** The words, which are this class's alone: both cranes say what they are. */
        public String title() {
            String kind = KINDS.get(wnid);
            return kind == null ? lemmas : lemmas + " (" + kind + ")";
        }

        /** The first of the words, or the title where another class has the same first word. */
        public String name() {
            return ALL.stream().filter(e -> e.first().equals(first())).count() == 1 ? first() : title();
        }

        private String first() {
            int comma = lemmas.indexOf(',');
            return comma < 0 ? lemmas : lemmas.substring(0, comma);
        }
    }

    private ImageNetClasses() {}

    /** All of them, in the order of the logits. */
    public static List<Entry> all() {
        return ALL;
    }

    /** The logit of a WordNet id; empty if none of the 1000 has it. */
    public static OptionalInt indexOf(String wnid) {
        Integer index = INDICES.get(wnid);
        return index == null ? OptionalInt.empty() : OptionalInt.of(index);
    }

    /** True for what looks like a WordNet id, among the 1000 or not. */
    public static boolean isWnid(String text) {
        return WNID.matcher(text).matches();
    }

    /** True if these are all classes in their order: by id, title or name, or by words, which call both cranes the same. */
    public static boolean are(List<String> names) {
        return names.size() == ALL.size()
                && Stream.<Function<Entry, String>>of(
                                Entry::wnid, Entry::title, Entry::lemmas, Entry::name, Entry::first)
                        .anyMatch(f -> ALL.stream().map(f).toList().equals(names));
    }

    private static List<Entry> read() {
        List<Entry> entries = new ArrayList<>();
        try (InputStream in = ImageNetClasses.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException(FILE + " is missing beside " + ImageNetClasses.class.getName());
            }
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.startsWith("#")) {
                    String[] fields = line.split("\t", 3);
                    entries.add(new Entry(Integer.parseInt(fields[0]), fields[1], fields[2]));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(FILE, e);
        }
        return List.copyOf(entries);
    }

    private static Map<String, Integer> indices() {
        Map<String, Integer> indices = new HashMap<>();
        ALL.forEach(e -> indices.put(e.wnid(), e.index()));
        return Map.copyOf(indices);
    }
}
