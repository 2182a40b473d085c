package org.resnet4j.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.resnet4j.cost.Cost;
import org.resnet4j.cost.NodeCost;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.GraphPrinter;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Phase;
import org.resnet4j.outline.Table;
import org.resnet4j.resnet.ResNetSpec;
import org.resnet4j.zoo.NetworkSpec;
import org.resnet4j.zoo.Networks;
import org.resnet4j.zoo.SpecJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Table 1 of the paper for any network, or its layers one by one. */
@Command(
        name = "summary",
        description = "Prints table 1 of the paper for a network: output sizes, blocks, parameters, multiply-adds.",
        footer = {
            "",
            "Examples:",
            "  resnet summary resnet50 --stride v1",
            "  resnet summary cifar_resnet1202 --shortcut A --layers",
            "  resnet summary vgg19 --json"
        })
final class SummaryCommand extends Surrounded {
    @Mixin
    @SuppressWarnings("NullAway.Init") // set by the parser
    private ModelOptions model;

    @Option(names = "--layers", description = "Every operation instead of the table.")
    private boolean layers;

    @Option(names = "--json", description = "Totals, rows and the network itself as one line of JSON.")
    private boolean json;

    SummaryCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() {
        NetworkSpec spec = model.spec();
        Table table = Table.of(spec);
        if (json) {
            out().println(Main.json(json(spec, table)));
            return 0;
        }
        if (layers) {
            layers(Networks.graph(spec, Phase.INFERENCE));
        } else {
            rows(table);
        }
        out().println();
        out().println(spec.name() + switches(spec) + ": " + spec.layers() + " layers, "
                + Main.grouped(table.parameters()) + " parameters, " + Main.grouped(table.macs())
                + " multiply-adds at " + spec.inputSize() + "x" + spec.inputSize() + " pixels");
        if (!Table.printedFlops(spec.name()).isEmpty()) {
            out().println("The paper prints " + Table.printedFlops(spec.name()) + " FLOPs" + note(spec) + ".");
        }
        if (!Table.printedParameters(spec.name()).isEmpty()) {
            out().println("The paper prints " + Table.printedParameters(spec.name()) + " parameters.");
        }
        return 0;
    }

    private static Map<String, Object> json(NetworkSpec spec, Table table) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("model", spec.name());
        all.put("layers", (long) spec.layers());
        all.put("param_count", table.parameters());
        all.put("macs", table.macs());
        all.put("img_size", (long) spec.inputSize());
        if (!Table.printedFlops(spec.name()).isEmpty()) {
            all.put("paper_flops", Table.printedFlops(spec.name()));
        }
        if (!Table.printedParameters(spec.name()).isEmpty()) {
            all.put("paper_params", Table.printedParameters(spec.name()));
        }
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Table.Row r : table.rows()) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("name", r.name());
            row.put("output_size", (long) r.size());
            row.put("layers", r.layers());
            row.put("param_count", r.parameters());
            row.put("macs", r.macs());
            rows.add(row);
        }
        all.put("rows", rows);
        all.put("network", SpecJson.write(spec));
        return all;
    }

    private void rows(Table table) {
        int words =
                table.rows().stream().mapToInt(r -> r.layers().length()).max().orElse(0);
        String form = "%-8s %-9s %-" + Math.max(6, words) + "s %14s %18s%n";
        out().printf(Locale.ROOT, form, "name", "output", "layers", "parameters", "multiply-adds");
        for (Table.Row r : table.rows()) {
            out().printf(
                            Locale.ROOT,
                            form,
                            r.name(),
                            r.size() + "x" + r.size(),
                            r.layers(),
                            Main.grouped(r.parameters()),
                            Main.grouped(r.macs()));
        }
    }

    private void layers(Graph graph) {
        Cost cost = Cost.of(graph);
        String form = "%-32s %-28s %-22s %14s %18s%n";
        out().printf(Locale.ROOT, form, "layer", "operation", "output", "parameters", "multiply-adds");
        for (int i = 0; i < graph.nodes().size(); i++) {
            NodeCost c = cost.nodes().get(i);
            Node n = graph.nodes().get(i);
            out().printf(
                            Locale.ROOT,
                            form,
                            n.name(),
                            GraphPrinter.describe(n.op()),
                            n.output().type().shape(),
                            Main.grouped(c.parameters()),
                            Main.grouped(c.macs()));
        }
    }

    private static String switches(NetworkSpec spec) {
        if (!(spec instanceof ResNetSpec s)) {
            return "";
        }
        String stride = s.block() == ResNetSpec.Block.BOTTLENECK ? ", stride " + s.stride() : "";
        return (s.residual() ? ", shortcut " + s.shortcut() : "") + stride;
    }

    /** The printed numbers are those of the paper's own stride; torchvision's costs more. */
    private static String note(NetworkSpec spec) {
        return spec instanceof ResNetSpec s
                        && s.block() == ResNetSpec.Block.BOTTLENECK
                        && s.stride() == ResNetSpec.Stride.V1_5
                ? ", with --stride v1"
                : "";
    }
}
