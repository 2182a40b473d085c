package org.resnet4j.outline;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.resnet4j.cost.Cost;
import org.resnet4j.cost.NodeCost;
import org.resnet4j.graph.Phase;
import org.resnet4j.outline.Outline.Box;
import org.resnet4j.outline.Outline.Part;
import org.resnet4j.outline.Outline.Stage;
import org.resnet4j.zoo.NetworkSpec;
import org.resnet4j.zoo.Networks;

/**
 * Table 1 of the paper for any network: its rows with exact counts for one image, as {@link Cost} counts.
 *
 * @param rows a stage each
 * @param parameters trainable numbers of all
 * @param macs multiply-adds of all
 */
public record Table(List<Row> rows, long parameters, long macs) {
    /** What the paper prints: table 1 in FLOPs, by which it means multiply-adds; figure 3 for the plain networks and VGG-19. */
    private static final Map<String, String> PRINTED_FLOPS = Map.ofEntries(
            Map.entry("resnet18", "1.8e9"),
            Map.entry("plain18", "1.8e9"),
            Map.entry("resnet34", "3.6e9"),
            Map.entry("plain34", "3.6e9"),
            Map.entry("resnet50", "3.8e9"),
            Map.entry("resnet101", "7.6e9"),
            Map.entry("resnet152", "11.3e9"),
            Map.entry("vgg16", "15.3e9"),
            Map.entry("vgg19", "19.6e9"));

    /** What table 6 prints. */
    private static final Map<String, String> PRINTED_PARAMETERS = Map.of(
            "cifar_resnet20", "0.27M",
            "cifar_resnet32", "0.46M",
            "cifar_resnet44", "0.66M",
            "cifar_resnet56", "0.85M",
            "cifar_resnet110", "1.7M",
            "cifar_resnet1202", "19.4M",
            "cifar_highway19", "2.3M",
            "cifar_highway32", "1.25M");

    /** Copies the list. */
    public Table {
        rows = List.copyOf(rows);
    }

    /**
     * A row.
     *
     * @param name such as {@code conv2_x}
     * @param size height and width of the output, in pixels
     * @param layers in the paper's words: {@code [3x3, 64; 3x3, 64] x 2}
     * @param parameters trainable numbers
     * @param macs multiply-adds of one image
     */
    public record Row(String name, int size, String layers, long parameters, long macs) {}

    /** The table of a network. */
    public static Table of(NetworkSpec spec) {
        Cost cost = Cost.of(Networks.graph(spec, Phase.INFERENCE));
        List<Stage> stages = Outline.of(spec).stages();
        long[] parameters = new long[stages.size()];
        long[] macs = new long[stages.size()];
        int at = 0;
        for (NodeCost c : cost.nodes()) {
            boolean next = at + 1 < stages.size()
                    && c.node().name().equals(stages.get(at + 1).start());
            at = next ? at + 1 : at;
            parameters[at] = Math.addExact(parameters[at], c.parameters());
            macs[at] = Math.addExact(macs[at], c.macs());
        }
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < parameters.length; i++) {
            Stage s = stages.get(i);
            rows.add(new Row(s.name(), s.size(), layers(s), parameters[i], macs[i]));
        }
        return new Table(rows, cost.parameters(), cost.macs());
    }

    /** The multiply-adds that the paper prints for a network of this name; empty if it has none. */
    public static String printedFlops(String name) {
        return PRINTED_FLOPS.getOrDefault(name, "");
    }

    /** The parameters that the paper prints for a network of this name; empty if it has none. */
    public static String printedParameters(String name) {
        return PRINTED_PARAMETERS.getOrDefault(name, "");
    }

    /** Equal neighbours counted; a block's stride is left out, as in the paper, since only its first has one. */
    private static String layers(Stage stage) {
        List<String> words = new ArrayList<>();
        int count = 0;
        List<Part> parts = stage.parts();
        for (int i = 0; i < parts.size(); i++) {
            count++;
            String word = word(parts.get(i));
            if (i + 1 == parts.size() || !word.equals(word(parts.get(i + 1)))) {
                words.add(count == 1 && parts.get(i).boxes().size() == 1 ? word : word + " x " + count);
                count = 0;
            }
        }
        return String.join("; ", words);
    }

    private static String word(Part part) {
        if (part.boxes().size() == 1) {
            return part.boxes().getFirst().full().replace(" conv", "");
        }
        List<String> labels = part.boxes().stream().map(Box::label).toList();
        return String.format(Locale.ROOT, "[%s]", String.join("; ", labels).replace(" conv", ""));
    }
}
