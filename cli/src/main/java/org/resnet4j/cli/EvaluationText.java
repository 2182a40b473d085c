package org.resnet4j.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.resnet4j.augment.Transform;
import org.resnet4j.graph.Parameter;
import org.resnet4j.graph.Phase;
import org.resnet4j.infer.Measures;
import org.resnet4j.infer.Preprocessing;
import org.resnet4j.metric.Interval;
import org.resnet4j.zoo.NetworkSpec;
import org.resnet4j.zoo.Networks;

/**
 * The figures of an evaluation in words: lines for people, a row under timm's column names for programs.
 *
 * @param description of the data
 * @param views in words
 * @param whole true if they are whole pictures, which no crop says anything of
 * @param members the networks whose answers were averaged, at least one
 * @param measures what was counted
 * @param names of the outputs
 */
record EvaluationText(
        String description, String views, boolean whole, List<Member> members, Measures measures, List<String> names) {
    private static final int CONFUSIONS = 20;

    /**
     * A network of the average.
     *
     * @param spec the network
     * @param passes how pictures were prepared for it, once for each size
     */
    record Member(NetworkSpec spec, List<Preprocessing> passes) {}

    /** The networks' names. */
    String model() {
        return String.join(
                        " + ",
                        members.stream().map(m -> m.spec().name()).distinct().toList())
                + times();
    }

    private String times() {
        return members.size() == 1 ? "" : " (" + members.size() + " averaged)";
    }

    /** The figures, a sentence each. */
    List<String> lines(boolean perClass) {
        List<String> lines = new ArrayList<>();
        lines.add(description + ", " + measures.samples() + " samples");
        lines.add(preparation());
        if (measures.unreadable() > 0) {
            lines.add(measures.unreadable() + " pictures could not be read and count as wrong");
        }
        lines.add(String.format(
                Locale.ROOT,
                "top-1 %s %%  top-5 %s %%  loss %.4f",
                Main.two(measures.top1()),
                Main.two(measures.top5()),
                measures.loss()));
        lines.add("95 % intervals (Wilson): top-1 " + interval(measures.top1Interval()) + ", top-5 "
                + interval(measures.top5Interval()));
        lines.add("expected calibration error "
                + Main.percent(measures.calibration().error()) + " %, 15 bins");
        if (perClass) {
            perClass().forEach(r -> lines.add(String.join("  ", r)));
        }
        return lines;
    }

    private static String interval(Interval i) {
        return Main.percent(i.low()) + " to " + Main.percent(i.high()) + " %";
    }

    /** How pictures were shown. */
    String preparation() {
        Transform.Evaluate t = first();
        return whole
                ? views + ", " + filter(t)
                : views + " of " + t.crop() + " pixels, resized to " + t.resize() + ", " + filter(t);
    }

    private Transform.Evaluate first() {
        return members.getFirst().passes().getFirst().transform();
    }

    private static String filter(Transform.Evaluate t) {
        return t.filter().name().toLowerCase(Locale.ROOT);
    }

    /** A head, then a row a class that has pictures, the worst first. */
    List<List<String>> perClass() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("class", "pictures", "top-1 %", "top-5 %"));
        measures.perClass().stream()
                .filter(c -> c.samples() > 0)
                .sorted(Comparator.comparingDouble(Measures.ClassCount::accuracy))
                .forEach(c -> rows.add(List.of(
                        names.get(c.index()),
                        Long.toString(c.samples()),
                        Main.percent(c.accuracy()),
                        Main.percent((double) c.right5() / c.samples()))));
        return rows;
    }

    /** A head, then the commonest mistakes. */
    List<List<String>> confusions() {
        record Mistake(int is, int takenFor, long count) {}
        List<Mistake> mistakes = new ArrayList<>();
        long[][] counts = measures.confusion().counts();
        for (int r = 0; r < counts.length; r++) {
            for (int c = 0; c < counts.length; c++) {
                if (r != c && counts[r][c] > 0) {
                    mistakes.add(new Mistake(r, c, counts[r][c]));
                }
            }
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("is", "taken for", "pictures"));
        mistakes.stream()
                .sorted(Comparator.comparingLong(Mistake::count).reversed())
                .limit(CONFUSIONS)
                .forEach(m -> rows.add(List.of(names.get(m.is()), names.get(m.takenFor()), Long.toString(m.count()))));
        return rows;
    }

    /** The figures under timm's names, and ours after them; no number where JSON has none. */
    Map<String, Object> row() {
        Transform.Evaluate t = first();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put(
                "model",
                String.join("+", members.stream().map(m -> m.spec().name()).toList()));
        row.put("samples", measures.samples());
        row.put("top1", rounded(measures.top1()));
        row.put("top1_err", rounded(100 - measures.top1()));
        row.put("top5", rounded(measures.top5()));
        row.put("top5_err", rounded(100 - measures.top5()));
        row.put(
                "param_count",
                rounded(members.stream().mapToLong(m -> parameters(m.spec())).sum() / 1e6));
        row.put("img_size", (long) t.crop());
        row.put("crop_pct", Double.parseDouble(String.format(Locale.ROOT, "%.3f", (double) t.crop() / t.resize())));
        row.put("interpolation", filter(t));
        row.put("views", views);
        put(row, "loss", measures.loss());
        put(row, "ece", measures.calibration().error());
        row.put("top1_low", rounded(100 * measures.top1Interval().low()));
        row.put("top1_high", rounded(100 * measures.top1Interval().high()));
        row.put("top5_low", rounded(100 * measures.top5Interval().low()));
        row.put("top5_high", rounded(100 * measures.top5Interval().high()));
        row.put("unreadable", measures.unreadable());
        return row;
    }

    private static void put(Map<String, Object> row, String key, double value) {
        row.put(key, Double.isFinite(value) ? (Object) value : Double.toString(value));
    }

    private static double rounded(double n) {
        return Double.parseDouble(Main.two(n));
    }

    private static long parameters(NetworkSpec spec) {
        return Networks.graph(spec, Phase.INFERENCE).parameters().stream()
                .filter(Parameter::trainable)
                .mapToLong(p -> p.value().type().shape().elements())
                .sum();
    }

    /** The row with each class's counts. */
    Map<String, Object> json(boolean perClass) {
        Map<String, Object> row = row();
        if (perClass) {
            row.put(
                    "classes",
                    measures.perClass().stream()
                            .filter(c -> c.samples() > 0)
                            .map(c -> Map.of(
                                    "index",
                                    (long) c.index(),
                                    "label",
                                    names.get(c.index()),
                                    "samples",
                                    c.samples(),
                                    "top1",
                                    rounded(100 * c.accuracy())))
                            .toList());
        }
        return row;
    }

    /** The row under its head. */
    String csv() {
        Map<String, Object> row = row();
        return String.join(",", row.keySet()) + "\n"
                + String.join(
                        ",",
                        row.values().stream().map(v -> quoted(v.toString())).toList())
                + "\n";
    }

    private static String quoted(String field) {
        return field.contains(",") || field.contains("\"") ? '"' + field.replace("\"", "\"\"") + '"' : field;
    }
}
