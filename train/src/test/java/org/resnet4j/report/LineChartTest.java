package org.resnet4j.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.resnet4j.report.LineChart.Axis;
import org.resnet4j.report.LineChart.Line;
import org.resnet4j.report.LineChart.Point;
import org.resnet4j.report.LineChart.Stroke;

/** What a chart draws, as far as numbers say it; how it looks was looked at in a browser. */
final class LineChartTest {
    private static List<String> texts(String svg) {
        List<String> all = new ArrayList<>();
        Matcher m = Pattern.compile("<text[^>]*>([^<]*)</text>").matcher(svg);
        while (m.find()) {
            all.add(m.group(1));
        }
        return all;
    }

    private static Line line(String name, Stroke stroke, int colour, double... ys) {
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < ys.length; i++) {
            points.add(new Point(i, ys[i]));
        }
        return new Line(name, points, stroke, colour, List.of());
    }

    @Test
    void linesAreDrawnWhereTheirNumbersAre() {
        String svg = LineChart.svg(
                "a < b",
                new Axis("iter. (1e4)", 0, 2),
                new Axis("error (%)", 0, 20),
                List.of(line("plain & more", Stroke.BOLD, 0, 20, 10, 0), line("", Stroke.DASHED, 0, 5, 5, 40)));
        // 440 wide with 54 and 12 at the sides, 250 high with 26 and 40 above and below: the inner drawing has 374 x
        // 184.
        assertThat(svg)
                .contains("points=\"0.0,0.0 187.0,92.0 374.0,184.0\"")
                .contains("<svg x=\"54\" y=\"26\" width=\"374\" height=\"184\" overflow=\"hidden\">")
                .contains("374.0,-184.0")
                .containsOnlyOnce("stroke-dasharray");
        assertThat(texts(svg))
                .contains("a &lt; b", "iter. (1e4)", "error (%)", "plain &amp; more")
                .contains("0", "5", "10", "15", "20", "0.5", "1", "1.5", "2");
        // Several stand in one page.
        assertThat(svg).doesNotContain(" id=");
    }

    @Test
    void axesEndAtRoundNumbers() {
        assertThat(Axis.around("", true, DoubleStream.of(3, 31.2))).isEqualTo(new Axis("", 0, 40));
        assertThat(Axis.around("", true, DoubleStream.of(0.031))).isEqualTo(new Axis("", 0, 0.04));
        assertThat(Axis.around("", false, DoubleStream.of(1, 6))).isEqualTo(new Axis("", 1, 6));
        assertThat(Axis.around("", false, DoubleStream.of(4))).isEqualTo(new Axis("", 4, 5));
        assertThat(Axis.around("", true, DoubleStream.of(Double.NaN))).isEqualTo(new Axis("", 0, 1));
        assertThatThrownBy(() -> new Axis("x", 2, 2)).hasMessage("x: an axis goes up, found 2.0 to 2.0");
    }

    @Test
    void smallNumbersAreWrittenOut() {
        String svg = LineChart.svg("", new Axis("x", 0, 0.0003), new Axis("y", -1, 1000), List.of());
        assertThat(texts(svg)).contains("0.00005", "0.0003", "0", "1000");
    }

    @Test
    void bandsLieAroundTheirLines() {
        Line line = new Line("a", List.of(new Point(0, 10), new Point(1, 10)), Stroke.BOLD, 2, List.of(5.0, 10.0));
        String svg = LineChart.svg("", new Axis("x", 0, 1), new Axis("y", 0, 20), List.of(line));
        assertThat(svg).contains("points=\"0.0,46.0 374.0,0.0 374.0,184.0 0.0,138.0 \"");
        assertThatThrownBy(() -> new Line("a", List.of(new Point(0, 1)), Stroke.BOLD, 0, List.of(1.0, 2.0)))
                .hasMessage("a: a spread for each of 1 points is needed, found 2");
    }

    @Test
    void namesHaveRoomBelow() {
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            lines.add(line("a network of " + i + " layers", Stroke.THIN, -1, 1, 2));
        }
        String svg = LineChart.svg("epoch", "error %", lines);
        // Two a row, four rows of 18.
        assertThat(svg).contains("viewBox=\"0 0 440 326\"");
        assertThat(texts(svg)).contains("a network of 6 layers");
    }
}
