package org.resnet4j.outline;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.resnet4j.outline.Outline.Box;
import org.resnet4j.outline.Outline.Bridge;
import org.resnet4j.outline.Outline.Part;
import org.resnet4j.outline.Outline.Stage;
import org.resnet4j.resnet.ResNetSpec.Shortcut;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.NetworkSpec;

/**
 * Networks drawn as in figure 3 of the paper: a column each, top to bottom, a box for each layer, coloured by stage, lines around
 * what a shortcut bridges, dotted where sizes change; the same output size stands at the same height in every column. SVG text that
 * is complete in itself and follows the reader's light or dark scheme. Pixels; stateless.
 */
public final class Drawing {
    private static final int LEFT = 96;
    private static final int TOP = 58;
    private static final int NARROWEST = 158;
    private static final int CHARACTER = 7;
    private static final int BOX_HEIGHT = 22;
    private static final int STEP = 36;
    private static final int BETWEEN = 94;
    private static final int REGION_GAP = 18;

    /** Fill and border of each stage, light then dark; the text on them takes the scheme's own colour. */
    private static final String[] STAGES = {
        "#efe3fb", "#d6e6fb", "#d9f0d3", "#fdeac6", "#fbd7d3", "#e4e4e4", "#4b3a5e", "#2d4766", "#2f5230", "#5e4a1d",
        "#603330", "#4a4a4a"
    };

    private static final int COLOURS = STAGES.length / 2;

    private final List<Column> columns;

    /** Wide enough for the longest label. */
    private final int boxWidth;

    private final StringBuilder svg = new StringBuilder();

    /** First line of each output size, largest first. */
    private final Map<Integer, Integer> top = new TreeMap<>(Comparator.reverseOrder());

    private int bottom;

    /** A network with each box's colour and position, and its multiply-adds. */
    private record Column(NetworkSpec spec, List<Placed> boxes, long macs) {}

    /** A box, how many of its output size stand above it, its colour; what leads around it and where that ends. */
    private record Placed(Box box, int rank, int colour, Bridge bridge, int length) {}

    private Drawing(List<NetworkSpec> specs) {
        this.columns = specs.stream().map(Drawing::column).toList();
        int longest = columns.stream()
                .flatMap(c -> c.boxes().stream())
                .mapToInt(p -> p.box().full().length())
                .max()
                .orElse(0);
        this.boxWidth = Math.max(NARROWEST, CHARACTER * (longest + 2));
    }

    /** Networks side by side; deep ones are tall. Throws {@link IllegalArgumentException} if there are none. */
    public static String of(List<? extends NetworkSpec> specs) {
        if (specs.isEmpty()) {
            throw new IllegalArgumentException("a drawing needs at least one network, found none");
        }
        return new Drawing(List.copyOf(specs)).draw();
    }

    /** Figure 3 itself: VGG-19, the plain network of 34 layers and the residual one. */
    public static String figure3() {
        return of(List.of(
                Models.byName("vgg19").withName("VGG-19"),
                Models.byName("plain34").withName("34-layer plain"),
                Models.residual("resnet34").withShortcut(Shortcut.A).withName("34-layer residual")));
    }

    private static Column column(NetworkSpec spec) {
        List<Placed> placed = new ArrayList<>();
        Map<Integer, Integer> counts = new HashMap<>();
        int colour = 0;
        for (Stage stage : Outline.of(spec).stages()) {
            for (Part part : stage.parts()) {
                int length = part.boxes().size();
                for (Box box : part.boxes()) {
                    int rank = counts.merge(box.size(), 1, Integer::sum) - 1;
                    placed.add(new Placed(box, rank, colour % COLOURS, part.bridge(), length));
                    length = 0;
                }
            }
            colour++;
        }
        long macs = Table.of(spec).macs();
        return new Column(spec, placed, macs);
    }

    private int columnWidth() {
        return boxWidth + BETWEEN;
    }

    private String draw() {
        place();
        for (int i = 0; i < columns.size(); i++) {
            draw(columns.get(i), LEFT + i * columnWidth());
        }
        int width = LEFT + columns.size() * columnWidth();
        String names =
                String.join(", ", columns.stream().map(c -> c.spec().name()).toList());
        return String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\""
                        + " class=\"net\" font-family=\"sans-serif\" font-size=\"12\">%n<title>%s</title>%n%s%s</svg>%n",
                width,
                bottom,
                width,
                bottom,
                escape(names),
                style(),
                svg);
    }

    /** Gives each output size the height that the column with most boxes of it needs. */
    private void place() {
        Map<Integer, Integer> most = new TreeMap<>(Comparator.reverseOrder());
        columns.forEach(c -> most.merge(c.spec().inputSize(), 0, Math::max));
        columns.forEach(c -> c.boxes().forEach(p -> most.merge(p.box().size(), p.rank() + 1, Math::max)));
        int y = TOP;
        for (Map.Entry<Integer, Integer> size : most.entrySet()) {
            top.put(size.getKey(), y);
            label(size.getKey(), y);
            y += Math.max(1, size.getValue()) * STEP + REGION_GAP;
        }
        bottom = y;
    }

    private void label(int size, int y) {
        line("size", 8, y - REGION_GAP / 2, LEFT + columns.size() * columnWidth() - 8, y - REGION_GAP / 2);
        text("note", "start", 8, y + 10, "output size:");
        text("note", "start", 8, y + 26, Integer.toString(size));
    }

    private void draw(Column column, int x) {
        int middle = x + boxWidth / 2;
        text("name", "middle", middle, 20, column.spec().name());
        text("note", "middle", middle, 37, String.format(Locale.ROOT, "%,d multiply-adds", column.macs()));
        List<Placed> boxes = column.boxes();
        int before = 41;
        for (int i = 0; i < boxes.size(); i++) {
            Placed p = boxes.get(i);
            int y = y(p);
            arrow(middle, before, y);
            if (p.bridge() != Bridge.NONE && p.length() > 0) {
                bridge(p.bridge(), x, before, y(boxes.get(i + p.length() - 1)) + BOX_HEIGHT);
            }
            box(x, y, p);
            before = y + BOX_HEIGHT;
        }
    }

    private int y(Placed p) {
        return top.getOrDefault(p.box().size(), TOP) + p.rank() * STEP;
    }

    private void arrow(int x, int from, int to) {
        line("flow", x, from, x, to - 4);
        svg.append(String.format(Locale.ROOT, "<path class=\"head\" d=\"M%d %d l-3 -5 h6 z\"/>%n", x, to));
    }

    /** From the arrow into the first box around the right side to the arrow out of the last. */
    private void bridge(Bridge bridge, int x, int from, int to) {
        int middle = x + boxWidth / 2;
        int right = x + boxWidth;
        int start = from + 4;
        int end = to + 4;
        svg.append(String.format(
                Locale.ROOT,
                "<path class=\"%s\" d=\"M%d %d H%d C%d %d %d %d %d %d H%d\"/>%n",
                bridge == Bridge.CHANGE ? "around change" : "around",
                middle,
                start,
                right + 2,
                right + 44,
                start,
                right + 44,
                end,
                right + 2,
                end,
                middle));
    }

    private void box(int x, int y, Placed p) {
        svg.append(String.format(
                Locale.ROOT,
                "<rect class=\"box s%d\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"3\"/>%n",
                p.colour(),
                x,
                y,
                boxWidth,
                BOX_HEIGHT));
        text("word", "middle", x + boxWidth / 2, y + 15, p.box().full());
    }

    private void line(String kind, int x1, int y1, int x2, int y2) {
        svg.append(String.format(Locale.ROOT, "<path class=\"%s\" d=\"M%d %d L%d %d\"/>%n", kind, x1, y1, x2, y2));
    }

    private void text(String kind, String anchor, int x, int y, String words) {
        svg.append(String.format(
                Locale.ROOT,
                "<text class=\"%s\" text-anchor=\"%s\" x=\"%d\" y=\"%d\">%s</text>%n",
                kind,
                anchor,
                x,
                y,
                escape(words)));
    }

    private static String escape(String words) {
        return words.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /** The drawing has its own background, since the page around it may follow no scheme. */
    private static String style() {
        return "<style>" + scheme("#ffffff", "#1c1c1c", "#5c5c5c", "#c4c4c4", 0)
                + ".net .paper{stroke:none}.net .flow,.net .around,.net .size{fill:none}"
                + ".net .size,.net .change{stroke-dasharray:2 3}.net .name{font-size:15px;font-weight:bold}"
                + "@media (prefers-color-scheme:dark){" + scheme("#121212", "#ececec", "#b4b4b4", "#555555", COLOURS)
                + "}</style>\n<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n";
    }

    private static String scheme(String paper, String ink, String quiet, String faint, int first) {
        StringBuilder css =
                new StringBuilder(".net text{fill:" + ink + "}.net .note{fill:" + quiet + "}.net .head{fill:" + ink
                        + "}.net .flow,.net .around,.net .box{stroke:" + ink + "}.net .size{stroke:" + faint
                        + "}.net .paper{fill:"
                        + paper + "}");
        for (int i = 0; i < COLOURS; i++) {
            css.append(".net .s")
                    .append(i)
                    .append("{fill:")
                    .append(STAGES[first + i])
                    .append('}');
        }
        return css.toString();
    }
}
