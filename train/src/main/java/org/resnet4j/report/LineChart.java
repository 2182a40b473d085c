package org.resnet4j.report;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Lines over common axes as SVG: training thin or dashed, evaluation bold, as the paper's figures draw them. Names stand below the
 * axes, so that they cover no line; what lies outside of the axes is cut off.
 */
public final class LineChart {
    private static final int WIDTH = 440;
    private static final int HEIGHT = 250;
    private static final int LEFT = 54;
    private static final int RIGHT = 12;
    private static final int TOP = 26;
    private static final int BELOW = 40;
    private static final int ROW = 18;
    private static final int SAMPLE = 24;
    private static final int LETTER = 7;
    private static final int MOST_TICKS = 6;
    /** Seen on white and on black. */
    private static final List<String> COLOURS =
            List.of("#d9534f", "#3d85d6", "#43a047", "#a05fc0", "#c98a12", "#138d90", "#8d6e63");

    /**
     * A place in a chart.
     *
     * @param x along the horizontal axis
     * @param y along the vertical axis
     */
    public record Point(double x, double y) {}

    /** How a line is drawn. */
    public enum Stroke {
        /** Of little weight. */
        THIN,
        /** Of little weight, with gaps. */
        DASHED,
        /** What is to be looked at. */
        BOLD
    }

    /**
     * One line.
     *
     * @param name below the axes; empty for none
     * @param points from left to right
     * @param stroke how it is drawn
     * @param colour index of its colour, so that lines of several charts can have the same; below 0 for that of its position
     * @param spread of each point up and down, shown as a band; empty for none
     */
    public record Line(String name, List<Point> points, Stroke stroke, int colour, List<Double> spread) {
        /** Copies the lists. */
        public Line {
            points = List.copyOf(points);
            spread = List.copyOf(spread);
            if (!spread.isEmpty() && spread.size() != points.size()) {
                throw new IllegalArgumentException(
                        name + ": a spread for each of " + points.size() + " points is needed, found " + spread.size());
            }
        }

        /** A value for each position from 1 on. */
        public Line(String name, List<Double> values, boolean bold) {
            this(
                    name,
                    IntStream.range(0, values.size())
                            .mapToObj(i -> new Point(i + 1.0, values.get(i)))
                            .toList(),
                    bold ? Stroke.BOLD : Stroke.THIN,
                    -1,
                    List.of());
        }
    }

    /**
     * A direction of the chart.
     *
     * @param name what is counted along it
     * @param low its beginning
     * @param high its end, above {@code low}
     */
    public record Axis(String name, double low, double high) {
        /** Checks the range. */
        public Axis {
            if (!(low < high) || Double.isInfinite(high - low)) {
                throw new IllegalArgumentException(name + ": an axis goes up, found " + low + " to " + high);
            }
        }

        /** From 0, or from the first number, up to a round number that is at least the last. */
        public static Axis around(String name, boolean fromZero, DoubleStream numbers) {
            var all = numbers.filter(Double::isFinite).summaryStatistics();
            if (all.getCount() == 0) {
                return new Axis(name, 0, 1);
            }
            double low = fromZero ? Math.min(0, all.getMin()) : all.getMin();
            double high = all.getMax() > low ? all.getMax() : low + 1;
            return fromZero
                    ? new Axis(name, low, low + step(high - low) * Math.ceil((high - low) / step(high - low)))
                    : new Axis(name, low, high);
        }

        /** Round distance of its ticks. */
        private static double step(double range) {
            double power = Math.pow(10, Math.floor(Math.log10(range / MOST_TICKS)));
            for (double step : new double[] {1, 2, 2.5, 5}) {
                if (range / (step * power) <= MOST_TICKS) {
                    return step * power;
                }
            }
            return 10 * power;
        }

        private double[] ticks() {
            double step = step(high - low);
            double first = Math.ceil(low / step - 1e-9);
            int count = (int) Math.floor(high / step + 1e-9 - first) + 1;
            return IntStream.range(0, count)
                    .mapToDouble(i -> (first + i) * step)
                    .toArray();
        }

        private double share(double value) {
            return (value - low) / (high - low);
        }
    }

    private LineChart() {}

    /** The chart with axes that hold all of it; the vertical one begins at 0. */
    public static String svg(String horizontal, String vertical, List<Line> lines) {
        List<Point> all = lines.stream().flatMap(l -> l.points().stream()).toList();
        return svg(
                "",
                Axis.around(horizontal, false, all.stream().mapToDouble(Point::x)),
                Axis.around(vertical, true, all.stream().mapToDouble(Point::y)),
                lines);
    }

    /** The chart; {@code title} stands above it. */
    public static String svg(String title, Axis horizontal, Axis vertical, List<Line> lines) {
        Frame frame = new Frame(horizontal, vertical);
        int rows = legendRows(lines);
        int height = HEIGHT + rows * ROW + (rows == 0 ? 0 : 4);
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg class=\"chart\" viewBox=\"0 0 %d %d\" width=\"%d\" role=\"img\" font-size=\"12\" font-family=\"sans-serif\">%n"
                        + "<title>%s</title><text x=\"%d\" y=\"15\" text-anchor=\"middle\" font-weight=\"bold\">%s</text>%n",
                WIDTH,
                height,
                WIDTH,
                Page.escape(title.isEmpty() ? vertical.name() + " over " + horizontal.name() : title),
                (LEFT + WIDTH - RIGHT) / 2,
                Page.escape(title)));
        grid(svg, frame);
        // An inner drawing cuts off what leaves it.
        svg.append(String.format(
                Locale.ROOT,
                "<svg x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" overflow=\"hidden\">%n",
                LEFT,
                TOP,
                frame.width(),
                frame.height()));
        for (int k = 0; k < lines.size(); k++) {
            band(svg, frame, lines.get(k), colour(lines, k));
        }
        for (int k = 0; k < lines.size(); k++) {
            svg.append("<polyline fill=\"none\" points=\"")
                    .append(lines.get(k).points().stream().map(frame::at).collect(Collectors.joining(" ")))
                    .append("\" ")
                    .append(stroke(lines.get(k).stroke(), colour(lines, k)))
                    .append("/>\n");
        }
        svg.append("</svg>\n");
        legend(svg, lines);
        return svg.append("</svg>").toString();
    }

    private static String colour(List<Line> lines, int k) {
        int index = lines.get(k).colour() < 0 ? k : lines.get(k).colour();
        return COLOURS.get(index % COLOURS.size());
    }

    private static String stroke(Stroke stroke, String colour) {
        String how = switch (stroke) {
            case THIN -> "1.3\"";
            case DASHED -> "1.3\" stroke-dasharray=\"5 3\"";
            case BOLD -> "2.5\"";
        };
        return "stroke=\"" + colour + "\" stroke-linejoin=\"round\" stroke-width=\"" + how;
    }

    /** Where the axes lie, in pixels of its own. */
    private record Frame(Axis horizontal, Axis vertical) {
        int width() {
            return WIDTH - LEFT - RIGHT;
        }

        int height() {
            return HEIGHT - TOP - BELOW;
        }

        double x(double value) {
            return width() * horizontal.share(value);
        }

        double y(double value) {
            return height() * (1 - vertical.share(value));
        }

        String at(Point p) {
            return String.format(Locale.ROOT, "%.1f,%.1f", x(p.x()), y(p.y()));
        }
    }

    private static void grid(StringBuilder svg, Frame frame) {
        for (double value : frame.vertical().ticks()) {
            double y = TOP + frame.y(value);
            svg.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" class=\"grid\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>%n",
                    LEFT,
                    WIDTH - RIGHT,
                    y,
                    y,
                    LEFT - 6,
                    y + 4,
                    number(value)));
        }
        for (double value : frame.horizontal().ticks()) {
            double x = LEFT + frame.x(value);
            svg.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" class=\"grid\"/><text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
                    x,
                    x,
                    TOP + frame.height(),
                    TOP + frame.height() + 4,
                    Math.min(x, WIDTH - 0.5 * LETTER * number(value).length()),
                    TOP + frame.height() + 17,
                    number(value)));
        }
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text><text transform=\"translate(13 %d) rotate(-90)\" text-anchor=\"middle\">%s</text>%n",
                (LEFT + WIDTH - RIGHT) / 2,
                HEIGHT - 5,
                Page.escape(frame.horizontal().name()),
                TOP + frame.height() / 2,
                Page.escape(frame.vertical().name())));
    }

    /** Without the zeros that doubles bring along. */
    private static String number(double value) {
        BigDecimal rounded = BigDecimal.valueOf(value).setScale(6, RoundingMode.HALF_EVEN);
        return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
    }

    private static void band(StringBuilder svg, Frame frame, Line line, String colour) {
        if (line.spread().isEmpty()) {
            return;
        }
        List<Point> points = line.points();
        StringBuilder outline = new StringBuilder();
        for (int i = 0; i < points.size(); i++) {
            outline.append(frame.at(new Point(
                            points.get(i).x(), points.get(i).y() + line.spread().get(i))))
                    .append(' ');
        }
        for (int i = points.size() - 1; i >= 0; i--) {
            outline.append(frame.at(new Point(
                            points.get(i).x(), points.get(i).y() - line.spread().get(i))))
                    .append(' ');
        }
        svg.append("<polygon fill=\"")
                .append(colour)
                .append("\" fill-opacity=\"0.18\" points=\"")
                .append(outline)
                .append("\"/>\n");
    }

    private static List<Integer> named(List<Line> lines) {
        return IntStream.range(0, lines.size())
                .filter(k -> !lines.get(k).name().isEmpty())
                .boxed()
                .toList();
    }

    private static int columns(List<Line> lines) {
        int longest = lines.stream().mapToInt(l -> l.name().length()).max().orElse(1);
        return Math.max(1, (WIDTH - LEFT) / (SAMPLE + 16 + LETTER * longest));
    }

    private static int legendRows(List<Line> lines) {
        return Math.ceilDiv(named(lines).size(), columns(lines));
    }

    private static void legend(StringBuilder svg, List<Line> lines) {
        int columns = columns(lines);
        int width = (WIDTH - LEFT) / columns;
        List<Integer> named = named(lines);
        for (int i = 0; i < named.size(); i++) {
            Line line = lines.get(named.get(i));
            int x = LEFT + width * (i % columns);
            int y = HEIGHT + ROW * (i / columns) + 12;
            svg.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\" %s/><text x=\"%d\" y=\"%d\">%s</text>%n",
                    x,
                    x + SAMPLE,
                    y - 4,
                    y - 4,
                    stroke(line.stroke(), colour(lines, named.get(i))),
                    x + SAMPLE + 6,
                    y,
                    Page.escape(line.name())));
        }
    }
}
