package org.resnet4j.paper;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import org.resnet4j.report.LineChart;
import org.resnet4j.report.LineChart.Axis;
import org.resnet4j.report.LineChart.Line;
import org.resnet4j.report.LineChart.Point;
import org.resnet4j.report.LineChart.Stroke;
import org.resnet4j.trainer.EpochRow;

/**
 * Error against iterations, as the paper draws it: of several runs the mean, with their deviation as a band around the test error.
 *
 * @param title above it
 * @param arms names of those that it shows, if they were run
 * @param shows which errors
 * @param low where the paper's vertical axis begins, in per cent
 * @param high where it ends; a higher one is taken where networks end above it
 */
record Panel(String title, List<String> arms, Shows shows, double low, double high) {
    private static final double STEPS = 1e4;
    /** Depths in the order of their colours, so that one depth has the same colour in all charts. */
    private static final List<Integer> DEPTHS = List.of(56, 1202, 44, 110, 20, 32);

    /** Which errors a panel shows. */
    enum Shows {
        /** Of the mini-batches, bold: there is nothing beside it. */
        TRAINING,
        /** Of the test set, bold. */
        TEST,
        /** Training dashed, test bold. */
        BOTH
    }

    Panel {
        arms = List.copyOf(arms);
    }

    /** The chart, up to {@code top}; empty if none of its arms was run. */
    Optional<String> draw(Evidence evidence, double top) {
        List<Line> lines = lines(evidence);
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        double end = lines.stream()
                .map(l -> l.points().getLast().x())
                .max(Double::compare)
                .orElseThrow();
        String name = switch (shows) {
            case TRAINING -> "training error (%)";
            case TEST -> "test error (%)";
            case BOTH -> "error (%)";
        };
        return Optional.of(LineChart.svg(
                title, new Axis("iter. (1e4)", 0, end), new Axis(name, Math.min(low, top - 1), top), lines));
    }

    /** True if there would be nothing new in the other one. */
    boolean showsAllOf(Panel other, Evidence evidence) {
        return shows == other.shows && arms.containsAll(other.drawn(evidence));
    }

    private List<String> drawn(Evidence evidence) {
        return arms.stream().filter(a -> !evidence.of(a).isEmpty()).toList();
    }

    private List<Line> lines(Evidence evidence) {
        List<Line> lines = new ArrayList<>();
        List<String> drawn = drawn(evidence);
        for (String arm : drawn) {
            List<Run> runs = evidence.of(arm);
            int colour = colour(runs.getFirst().arm().layers(), drawn.indexOf(arm), drawn, evidence);
            if (shows != Shows.TEST) {
                boolean alone = shows == Shows.TRAINING;
                lines.add(line(
                        alone ? arm : "",
                        runs,
                        r -> r.train().top1Error(),
                        alone ? Stroke.BOLD : Stroke.DASHED,
                        colour,
                        true));
            }
            if (shows != Shows.TRAINING) {
                lines.add(line(arm, runs, r -> r.judged().top1Error(), Stroke.BOLD, colour, false));
            }
        }
        return lines;
    }

    /** The paper's end of the axis, or the next ten above what the networks end with. */
    double top(Evidence evidence) {
        double most = lines(evidence).stream()
                .mapToDouble(l -> l.points().getLast().y())
                .max()
                .orElse(high);
        return most < high ? high : Math.min(100, 10 * Math.ceil(most / 10 + 0.5));
    }

    /** That of its depth, where each has another depth; else that of its position. */
    private static int colour(int layers, int position, List<String> drawn, Evidence evidence) {
        long depths = drawn.stream()
                .map(a -> evidence.of(a).getFirst().arm().layers())
                .distinct()
                .count();
        int of = DEPTHS.indexOf(layers);
        return depths == drawn.size() && of >= 0 ? of : position;
    }

    private static Line line(
            String name, List<Run> runs, ToDoubleFunction<EpochRow> error, Stroke stroke, int colour, boolean ofEpoch) {
        int rows = runs.stream().mapToInt(r -> r.history().size()).min().orElseThrow();
        List<Point> points = new ArrayList<>();
        List<Double> spread = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            Sample sample = at(runs, i, error);
            EpochRow row = runs.getFirst().history().get(i);
            long begin = i == 0 ? 0 : runs.getFirst().history().get(i - 1).step();
            // A mean over an epoch stands in its middle.
            double step = ofEpoch ? 0.5 * (begin + row.step()) : row.step();
            points.add(new Point(step / STEPS, sample.mean()));
            spread.add(sample.n() < 2 ? 0 : sample.deviation());
        }
        boolean band = stroke == Stroke.BOLD && runs.size() > 1;
        return new Line(name, points, stroke, colour, band ? spread : List.of());
    }

    private static Sample at(List<Run> runs, int row, ToDoubleFunction<EpochRow> error) {
        DoubleStream values = runs.stream()
                .mapToDouble(r -> 100 * error.applyAsDouble(r.history().get(row)));
        return new Sample(values.boxed().toList());
    }
}
