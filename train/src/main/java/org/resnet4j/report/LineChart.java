package org.resnet4j.report;

import java.util.List;
import java.util.Locale;

/** Lines over a common axis as SVG: training in light, evaluation in bold, as the paper's figure 6 draws them. */
public final class LineChart {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 280;
    private static final int LEFT = 48;
    private static final int BOTTOM = 32;
    private static final List<String> COLOURS = List.of("#d9534f", "#3d85d6", "#43a047", "#a05fc0");

    /**
     * One line.
     *
     * @param name in the legend
     * @param values one a position of the axis, from 1 on
     * @param bold true for a strong line
     */
    public record Line(String name, List<Double> values, boolean bold) {
        /** Copies the list. */
        public Line {
            values = List.copyOf(values);
        }
    }

    private LineChart() {}

    /** The chart; the vertical axis begins at 0. */
    public static String svg(String horizontal, String vertical, List<Line> lines) {
        double most = lines.stream()
                .flatMap(l -> l.values().stream())
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(1);
        double top = most <= 0 ? 1 : nice(most);
        int count = lines.stream().mapToInt(l -> l.values().size()).max().orElse(1);
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg class=\"chart\" viewBox=\"0 0 %d %d\" width=\"%d\" role=\"img\" font-size=\"12\" font-family=\"sans-serif\">%n",
                WIDTH,
                HEIGHT,
                WIDTH));
        for (int i = 0; i <= 4; i++) {
            double value = top * i / 4;
            svg.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" class=\"grid\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.3g</text>%n",
                    LEFT,
                    WIDTH - 10,
                    y(value, top),
                    y(value, top),
                    LEFT - 6,
                    y(value, top) + 4,
                    value));
        }
        for (int k = 0; k < lines.size(); k++) {
            Line line = lines.get(k);
            String colour = COLOURS.get(k % COLOURS.size());
            svg.append("<polyline fill=\"none\" stroke=\"")
                    .append(colour)
                    .append("\" stroke-width=\"")
                    .append(line.bold() ? 2.5 : 1.2)
                    .append("\" points=\"");
            for (int i = 0; i < line.values().size(); i++) {
                svg.append(String.format(
                        Locale.ROOT, "%.1f,%.1f ", x(i, count), y(line.values().get(i), top)));
            }
            svg.append(String.format(
                    Locale.ROOT,
                    "\"/>%n<text x=\"%d\" y=\"%d\" style=\"fill: %s\">%s</text>%n",
                    LEFT + 10 + 180 * k,
                    14,
                    colour,
                    Page.escape(line.name())));
        }
        return svg.append(String.format(
                        Locale.ROOT,
                        "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s (1 to %d)</text><text x=\"4\" y=\"%d\">%s</text>%n</svg>",
                        WIDTH / 2,
                        HEIGHT - 6,
                        Page.escape(horizontal),
                        count,
                        HEIGHT - 6,
                        Page.escape(vertical)))
                .toString();
    }

    private static double nice(double most) {
        double power = Math.pow(10, Math.floor(Math.log10(most)));
        for (double step : new double[] {1, 2, 4, 5, 10}) {
            if (most <= step * power) {
                return step * power;
            }
        }
        return 10 * power;
    }

    private static double x(int i, int count) {
        return LEFT + (WIDTH - 10.0 - LEFT) * (count == 1 ? 0.5 : (double) i / (count - 1));
    }

    private static double y(double value, double top) {
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - 24) * Math.clamp(value / top, 0, 1);
    }
}
