package org.resnet4j.report;

import java.util.List;
import java.util.Locale;
import org.resnet4j.metric.Calibration;

/**
 * A reliability diagram as SVG: for each bin of confidence a bar as high as its accuracy, its width the bin's, its opacity growing
 * with its samples; a mark at the bin's mean confidence shows the gap. Honest confidence is the diagonal. As in Guo et al. 2017.
 */
public final class ReliabilityChart {
    private static final int SIDE = 300;
    private static final int LEFT = 48;
    private static final int TOP = 12;
    private static final int BOTTOM = 40;

    private ReliabilityChart() {}

    /** The diagram. */
    public static String svg(List<Calibration.Bin> bins) {
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg class=\"chart\" viewBox=\"0 0 %d %d\" width=\"%d\" role=\"img\" font-size=\"12\" font-family=\"sans-serif\">%n"
                        + "<title>Accuracy by confidence</title>%n",
                LEFT + SIDE + 16,
                TOP + SIDE + BOTTOM,
                LEFT + SIDE + 16));
        for (int i = 0; i <= 5; i++) {
            double v = i / 5.0;
            svg.append(line("grid", 0, v, 1, v));
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.1f</text><text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.1f</text>%n",
                    LEFT - 6,
                    y(v) + 4,
                    v,
                    x(v),
                    TOP + SIDE + 16,
                    v));
        }
        long most = bins.stream().mapToLong(Calibration.Bin::samples).max().orElse(0);
        for (Calibration.Bin bin : bins) {
            if (bin.samples() > 0) {
                svg.append(bar(bin, most));
            }
        }
        return svg.append(line("ink", 0, 0, 1, 1))
                .append(String.format(
                        Locale.ROOT,
                        "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">confidence of the answer</text>%n"
                                + "<text transform=\"translate(12 %.1f) rotate(-90)\" text-anchor=\"middle\">accuracy</text>%n</svg>",
                        x(0.5),
                        TOP + SIDE + 34,
                        y(0.5)))
                .toString();
    }

    private static String bar(Calibration.Bin bin, long most) {
        return String.format(
                        Locale.ROOT,
                        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"#3d85d6\" fill-opacity=\"%.2f\">"
                                + "<title>%d pictures, confidence %.3f, right %.3f</title></rect>%n",
                        x(bin.low()) + 1,
                        y(bin.accuracy()),
                        x(bin.high()) - x(bin.low()) - 2,
                        y(0) - y(bin.accuracy()),
                        0.3 + 0.7 * bin.samples() / most,
                        bin.samples(),
                        bin.confidence(),
                        bin.accuracy())
                + String.format(
                        Locale.ROOT,
                        "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#d9534f\" stroke-width=\"2.5\"/>%n",
                        x(bin.low()) + 1,
                        x(bin.high()) - 1,
                        y(bin.confidence()),
                        y(bin.confidence()));
    }

    private static String line(String kind, double x1, double y1, double x2, double y2) {
        return String.format(
                Locale.ROOT,
                "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>%n",
                kind,
                x(x1),
                y(y1),
                x(x2),
                y(y2));
    }

    private static double x(double share) {
        return LEFT + SIDE * share;
    }

    private static double y(double share) {
        return TOP + SIDE * (1 - share);
    }
}
