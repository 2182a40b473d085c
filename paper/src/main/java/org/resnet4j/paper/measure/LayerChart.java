package org.resnet4j.paper.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.resnet4j.paper.Exhibit;
import org.resnet4j.report.LineChart;
import org.resnet4j.report.LineChart.Axis;
import org.resnet4j.report.LineChart.Line;
import org.resnet4j.report.LineChart.Point;

/** A number of each layer or block, a line or a column a network. Stateless. */
final class LayerChart {
    private LayerChart() {}

    /** From 0 up, or down to what is less. */
    static String svg(String title, String horizontal, String vertical, List<Line> lines) {
        return svg(title, horizontal, vertical, true, lines);
    }

    /** From the smallest number to the largest. */
    static String between(String title, String horizontal, String vertical, List<Line> lines) {
        return svg(title, horizontal, vertical, false, lines);
    }

    private static String svg(String title, String horizontal, String vertical, boolean fromZero, List<Line> lines) {
        List<Point> all = lines.stream().flatMap(l -> l.points().stream()).toList();
        return LineChart.svg(
                title,
                Axis.around(horizontal, false, all.stream().mapToDouble(Point::x)),
                Axis.around(vertical, fromZero, all.stream().mapToDouble(Point::y)),
                lines);
    }

    /** The numbers themselves; networks may have different depths. */
    static Exhibit.Table table(String caption, String what, List<String> names, List<List<Double>> columns) {
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of(what));
        head.addAll(names);
        rows.add(head);
        int count = columns.stream().mapToInt(List::size).max().orElse(0);
        for (int i = 0; i < count; i++) {
            List<String> row = new ArrayList<>(List.of(Integer.toString(i + 1)));
            for (List<Double> column : columns) {
                row.add(i < column.size() ? String.format(Locale.ROOT, "%.4f", column.get(i)) : "");
            }
            rows.add(row);
        }
        return new Exhibit.Table(caption, rows);
    }
}
