package org.resnet4j.paper;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.resnet4j.report.Page;
import org.resnet4j.report.Page.Cell;
import org.resnet4j.report.Page.Tone;

/** A report as one HTML page: verdicts first, then charts and numbers. */
final class ReportPage {
    private ReportPage() {}

    static Page of(Report report) {
        String targets = report.results().stream().map(r -> r.target().place()).collect(Collectors.joining(", "));
        Page page = Page.titled("Deep Residual Learning, reproduced: " + targets)
                .paragraph("He, Zhang, Ren and Sun 2015, arXiv 1512.03385v1." + trained(report));
        if (!report.data().isEmpty()) {
            page.list(report.data());
        }
        report.results().forEach(r -> add(page, r));
        page.heading("Runs and machine").list(machine(report));
        if (report.runs().isEmpty()) {
            return page;
        }
        return page.table(runs(report.runs()))
                .paragraph("Verdicts. A statement on runs agrees from "
                        + String.format(Locale.ROOT, "%.0f", Finding.STANDARD_ERRORS)
                        + " standard errors of the difference and a one-sided probability of chance below 5 %"
                        + " on (Welch's test); that a network is not worse fails by the same measure. A number"
                        + " agrees where a further run, or the mean of as many as the paper's number is of,"
                        + " would lie with a probability of 95 %. Anything else differs, or there are not"
                        + " enough runs to tell.");
    }

    private static String trained(Report report) {
        return report.runs().isEmpty()
                ? ""
                : " Scale " + report.protocol().scale() + " of the paper's schedules, "
                        + report.protocol().seeds() + " seeds.";
    }

    private static void add(Page page, Result result) {
        page.heading(result.target().place() + ": " + result.target().title());
        result.about().forEach(page::paragraph);
        if (!result.findings().isEmpty()) {
            page.subheading("The paper's statements")
                    .sentences(
                            List.of("statement", "verdict", "by how much, how sure", "where the paper says so"),
                            result.findings().stream()
                                    .map(f -> List.of(
                                            Cell.of(f.statement()),
                                            new Cell(f.verdict().toString(), tone(f.verdict())),
                                            Cell.of(f.evidence()),
                                            Cell.of(f.place())))
                                    .toList());
        }
        for (Exhibit exhibit : result.exhibits()) {
            switch (exhibit) {
                case Exhibit.Charts charts -> page.figure(charts.svgs(), charts.caption());
                case Exhibit.Table table -> page.paragraph(table.caption()).table(table.rows());
            }
        }
        if (!result.comparisons().isEmpty()) {
            page.subheading("The paper's numbers")
                    .sentences(
                            List.of("network", "of", "paper", "ours", "n", "difference", "verdict", "known difference"),
                            result.comparisons().stream().map(ReportPage::cells).toList());
        }
        if (!result.remarks().isEmpty()) {
            page.subheading("What differs, and what to know").list(result.remarks());
        }
    }

    private static List<Cell> cells(Comparison c) {
        Published paper = c.paper();
        Quantity quantity = paper.quantity();
        return List.of(
                Cell.of(paper.subject() + ", " + paper.place().toLowerCase(Locale.ROOT)),
                Cell.of(quantity.toString()),
                Cell.of(paper.printed() + " " + quantity.unit()),
                Cell.of(Numbers.spread(quantity, c.ours()) + " " + quantity.unit()),
                Cell.of(Integer.toString(c.ours().n())),
                Cell.of(signed(quantity.format(c.difference()))),
                new Cell(c.verdict().toString(), tone(c.verdict())),
                Cell.of(c.known()));
    }

    private static String signed(String number) {
        if (number.matches("-0\\.0+")) {
            return number.substring(1); // too little to be seen
        }
        return number.startsWith("-") || number.startsWith("–") ? number : "+" + number;
    }

    private static Tone tone(Verdict verdict) {
        return switch (verdict) {
            case AGREES -> Tone.GOOD;
            case DIFFERS -> Tone.WRONG;
            case NOT_ENOUGH_RUNS, NOT_ENOUGH_PICTURES -> Tone.OPEN;
        };
    }

    private static List<String> machine(Report report) {
        List<String> lines = new ArrayList<>();
        report.provenance().forEach((name, value) -> {
            if (value != null) {
                lines.add(name + ": " + value);
            }
        });
        return lines;
    }

    private static List<List<String>> runs(List<Run> runs) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("run", "iterations", "epochs", "training error %", "test error %"));
        for (Run run : runs) {
            rows.add(List.of(
                    String.valueOf(run.folder().getFileName()),
                    Numbers.grouped(run.last().step()),
                    Integer.toString(run.history().size()),
                    Quantity.TRAINING_ERROR.format(run.trainingError()),
                    Quantity.TOP1_ERROR.format(run.testError())));
        }
        return rows;
    }
}
