package org.resnet4j.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.resnet4j.datacheck.DataCheck;
import org.resnet4j.datacheck.Finding;

/**
 * What a check found, as lines and as JSON.
 *
 * @param check what was found
 * @param inputSize side of the pictures that were asked for; 0 if nothing was
 */
record DataCheckText(DataCheck check, int inputSize) {
    private static final int SHOWN = 5;

    /** A table of the kinds, and the first findings of each. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        check.parts().forEach(p -> lines.add(part(p)));
        if (check.findings().isEmpty()) {
            lines.add("nothing was found: no damaged sample, no duplicate, no leak");
            return lines;
        }
        lines.add("");
        for (List<String> row : table()) {
            lines.add(String.format(Locale.ROOT, "%-36s %8s", row.get(0), row.get(1)));
        }
        check.counts().forEach((kind, count) -> {
            lines.add("");
            lines.add(kind.title() + " (" + kind + "): " + Main.grouped(count));
            check.findings().stream()
                    .filter(f -> f.kind() == kind)
                    .limit(SHOWN)
                    .forEach(f -> lines.add("  " + sentence(f)));
            if (count > SHOWN) {
                lines.add("  and " + Main.grouped(count - SHOWN) + " more; --json has all");
            }
        });
        return lines;
    }

    /** Kinds with their numbers, under a head. */
    List<List<String>> table() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("finding", "number"));
        check.counts().forEach((kind, count) -> rows.add(List.of(kind.title(), Main.grouped(count))));
        rows.add(List.of("all", Main.grouped(check.findings().size())));
        return rows;
    }

    /** One part: how many samples, classes and sizes. */
    String part(DataCheck.Part p) {
        String sizes = p.sizes().size() == 1
                ? p.sizes().keySet().iterator().next() + " pixels"
                : Main.grouped(p.sizes().size()) + " sizes";
        int least =
                p.perClass().values().stream().mapToInt(Integer::intValue).min().orElse(0);
        int most =
                p.perClass().values().stream().mapToInt(Integer::intValue).max().orElse(0);
        return p.name() + ": " + p.description() + ", " + Main.grouped(p.samples()) + " samples, "
                + p.perClass().size() + " classes of " + (least == most ? "" + least : least + " to " + most) + ", "
                + sizes;
    }

    /** One finding: what and where. */
    String sentence(Finding f) {
        String places = f.places().stream().limit(SHOWN).map(Object::toString).collect(Collectors.joining(", "));
        String more = f.places().size() > SHOWN ? " and " + (f.places().size() - SHOWN) + " more" : "";
        return switch (f.kind()) {
            case UNREADABLE, EMPTY_CLASS, MISSING_CLASS, SIMILAR_NAMES, IMBALANCE, UNUSUAL_FILE -> f.detail();
            case COLOURS -> places + ": " + f.detail();
            case SMALL -> places + ": " + f.detail() + ", the network sees " + inputSize + "x" + inputSize;
            case LEAK, CONFLICT, DUPLICATE, NEAR_LEAK, NEAR_DUPLICATE -> f.detail() + ": " + places + more;
        };
    }

    /** Everything. */
    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("findings", (long) check.findings().size());
        Map<String, Object> counts = new LinkedHashMap<>();
        check.counts().forEach((kind, count) -> counts.put(kind.toString(), (long) count));
        json.put("counts", counts);
        json.put("parts", check.parts().stream().map(DataCheckText::json).toList());
        json.put("list", check.findings().stream().map(DataCheckText::json).toList());
        return json;
    }

    private static Map<String, Object> json(DataCheck.Part p) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", p.name());
        json.put("description", p.description());
        json.put("samples", (long) p.samples());
        Map<String, Object> classes = new LinkedHashMap<>();
        p.perClass().forEach((name, count) -> classes.put(name, (long) count));
        json.put("classes", classes);
        return json;
    }

    private static Map<String, Object> json(Finding f) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("kind", f.kind().toString());
        json.put("detail", f.detail());
        json.put("places", f.places().stream().map(Object::toString).toList());
        return json;
    }
}
