package org.resnet4j.paper;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.trainer.EpochRow;

/** A report as JSON values; errors are percentages, what is not a number is null. docs/reproduce.md describes the fields. */
final class ReportJson {
    private static final long FORMAT = 1;

    private ReportJson() {}

    static Map<String, @Nullable Object> of(Report report) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        Protocol protocol = report.protocol();
        json.put("format", FORMAT);
        json.put("paper", "arXiv 1512.03385v1");
        json.put("scale", protocol.scale().toString());
        json.put("seeds", (long) protocol.seeds());
        json.put("precision", protocol.precision().name().toLowerCase(Locale.ROOT));
        json.put("settings", protocol.settings());
        json.put("data", report.data());
        json.put("provenance", report.provenance());
        json.put("results", report.results().stream().map(ReportJson::result).toList());
        json.put("runs", report.runs().stream().map(ReportJson::run).toList());
        return json;
    }

    private static Map<String, @Nullable Object> result(Result result) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("target", result.target().toString());
        json.put("place", result.target().place());
        json.put("title", result.target().title());
        json.put("about", result.about());
        json.put("findings", result.findings().stream().map(ReportJson::finding).toList());
        json.put(
                "comparisons",
                result.comparisons().stream().map(ReportJson::comparison).toList());
        json.put(
                "tables",
                result.exhibits().stream()
                        .filter(Exhibit.Table.class::isInstance)
                        .map(Exhibit.Table.class::cast)
                        .map(t -> Map.of("caption", t.caption(), "rows", t.rows()))
                        .toList());
        json.put("remarks", result.remarks());
        return json;
    }

    private static Map<String, @Nullable Object> finding(Finding f) {
        Map<String, @Nullable Object> numbers = new LinkedHashMap<>();
        f.numbers().forEach((name, value) -> numbers.put(name, number(value)));
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("place", f.place());
        json.put("statement", f.statement());
        json.put("verdict", f.verdict().toString());
        json.put("evidence", f.evidence());
        json.put("numbers", numbers);
        return json;
    }

    private static Map<String, @Nullable Object> comparison(Comparison c) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("place", c.paper().place());
        json.put("subject", c.paper().subject());
        json.put("quantity", c.paper().quantity().toString());
        json.put("unit", c.paper().quantity().unit());
        json.put("paper", c.paper().value());
        json.put("paper_runs", (long) c.paper().runs());
        json.put("paper_deviation", number(c.paper().deviation()));
        json.put("n", (long) c.ours().n());
        json.put("mean", number(c.ours().mean()));
        json.put("deviation", number(c.ours().deviation()));
        json.put("values", c.ours().values().stream().map(ReportJson::number).toList());
        json.put("difference", number(c.difference()));
        json.put("verdict", c.verdict().toString());
        json.put("known", c.known());
        return json;
    }

    private static Map<String, @Nullable Object> run(Run run) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("name", String.valueOf(run.folder().getFileName()));
        json.put("model", run.arm().model());
        json.put("seed", run.seed());
        json.put("step", run.last().step());
        json.put("train_err", run.trainingError());
        json.put("top1_err", run.testError());
        json.put(
                "seconds", run.history().stream().mapToDouble(EpochRow::seconds).sum());
        json.put("history", run.history().stream().map(ReportJson::row).toList());
        return json;
    }

    private static List<Double> row(EpochRow row) {
        return List.of(
                (double) row.step(),
                100 * row.train().top1Error(),
                100 * row.judged().top1Error());
    }

    /** To six digits behind the point; probabilities that are smaller are zero. */
    private static @Nullable Double number(double value) {
        return Double.isFinite(value) ? Math.rint(value * 1e6) / 1e6 : null;
    }
}
