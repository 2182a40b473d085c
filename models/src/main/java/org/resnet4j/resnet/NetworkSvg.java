package org.resnet4j.resnet;

import java.util.Locale;

/**
 * A network drawn as in figure 3 of the paper, left to right: a box for each convolution, coloured by stage, arcs for shortcuts,
 * dashed where the size changes.
 */
public final class NetworkSvg {
    private static final int STEP = 26;
    private static final int BOX = 18;
    private static final int BASE = 74;
    private static final int TALL = 72;
    private static final String[] COLOURS = {"#e3d4f5", "#cfe3f7", "#d5efd0", "#fbe6c5", "#f7cfcf"};

    private final ResNetSpec spec;
    private final StringBuilder svg = new StringBuilder();
    private int x = 8;

    private NetworkSvg(ResNetSpec spec) {
        this.spec = spec;
    }

    /** The drawing; deep networks are wide. */
    public static String of(ResNetSpec spec) {
        return new NetworkSvg(spec).draw();
    }

    private String draw() {
        box(
                spec.stem() == ResNetSpec.Stem.CIFAR
                        ? "3x3, " + spec.widths().getFirst()
                        : "7x7, " + spec.widths().getFirst() + ", /2",
                0);
        if (spec.stem() != ResNetSpec.Stem.CIFAR) {
            box("pool, /2", 0);
        }
        int channels = spec.widths().getFirst();
        for (int stage = 0; stage < spec.depths().size(); stage++) {
            int width = spec.widths().get(stage);
            for (int i = 0; i < spec.depths().get(stage); i++) {
                boolean half = stage > 0 && i == 0;
                int out = width * spec.block().expansion();
                block(width, half, stage + 1, half || channels != out);
                channels = out;
            }
        }
        box("avg pool", 0);
        box("fc " + spec.classes(), 0);
        return String.format(
                Locale.ROOT,
                "<svg viewBox=\"0 0 %d %d\" width=\"%d\" role=\"img\" font-size=\"10\" font-family=\"sans-serif\">%n%s</svg>",
                x + 4,
                BASE + TALL + 12,
                x + 4,
                svg);
    }

    private void block(int width, boolean half, int stage, boolean changes) {
        int from = x - STEP + BOX;
        switch (spec.block()) {
            case BASIC -> {
                box("3x3, " + width + (half ? ", /2" : ""), stage);
                box("3x3, " + width, stage);
            }
            case BOTTLENECK -> {
                boolean first = spec.stride() == ResNetSpec.Stride.V1;
                box("1x1, " + width + (half && first ? ", /2" : ""), stage);
                box("3x3, " + width + (half && !first ? ", /2" : ""), stage);
                box("1x1, " + 4 * width, stage);
            }
        }
        if (spec.residual()) {
            int to = x - STEP + BOX;
            svg.append(String.format(
                    Locale.ROOT,
                    "<path d=\"M%d %d C%d %d %d %d %d %d\" fill=\"none\" stroke=\"#333\"%s/>%n",
                    from,
                    BASE,
                    from,
                    BASE - 44,
                    to,
                    BASE - 44,
                    to,
                    BASE,
                    changes ? " stroke-dasharray=\"4 3\"" : ""));
        }
    }

    private void box(String label, int stage) {
        int middle = x + BOX / 2;
        svg.append(String.format(
                Locale.ROOT,
                "<line x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\" stroke=\"#333\"/><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\""
                        + " fill=\"%s\" stroke=\"#333\"/><text x=\"%d\" y=\"%d\" transform=\"rotate(-90 %d %d)\" text-anchor=\"middle\">%s</text>%n",
                x + BOX,
                x + STEP,
                BASE + TALL / 2,
                BASE + TALL / 2,
                x,
                BASE,
                BOX,
                TALL,
                COLOURS[stage % COLOURS.length],
                middle + 4,
                BASE + TALL / 2,
                middle + 4,
                BASE + TALL / 2,
                label));
        x += STEP;
    }
}
