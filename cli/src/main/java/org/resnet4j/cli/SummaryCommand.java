package org.resnet4j.cli;

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
import org.resnet4j.zoo.NetworkSpec;
import org.resnet4j.zoo.Networks;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Layers, shapes, parameters and multiply-adds. */
@Command(
        name = "summary",
        description = "Prints a network's layers, parameters and multiply-adds.",
        footer = {
            "",
            "Examples:",
            "  resnet summary cifar_resnet1202 --shortcut A",
            "  resnet summary resnet50 --stride v1 --json"
        })
final class SummaryCommand extends Surrounded {
    @Mixin
    @SuppressWarnings("NullAway.Init") // set by the parser
    private ModelOptions model;

    @Option(names = "--json", description = "Totals as one line of JSON.")
    private boolean json;

    SummaryCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() {
        NetworkSpec spec = model.spec();
        Graph graph = Networks.graph(spec, Phase.INFERENCE);
        Cost cost = Cost.of(graph);
        if (json) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("model", spec.name());
            row.put("layers", (long) spec.layers());
            row.put("param_count", cost.parameters());
            row.put("macs", cost.macs());
            row.put("img_size", (long) spec.inputSize());
            out().println(Main.json(row));
            return 0;
        }
        List<Node> nodes = graph.nodes();
        out().printf(
                        Locale.ROOT,
                        "%-24s %-24s %-22s %14s %18s%n",
                        "layer",
                        "operation",
                        "output",
                        "parameters",
                        "multiply-adds");
        for (int i = 0; i < nodes.size(); i++) {
            NodeCost c = cost.nodes().get(i);
            Node n = nodes.get(i);
            out().printf(
                            Locale.ROOT,
                            "%-24s %-24s %-22s %,14d %,18d%n",
                            n.name(),
                            GraphPrinter.describe(n.op()),
                            n.output().type().shape(),
                            c.parameters(),
                            c.macs());
        }
        out().println();
        out().println(spec.name() + ": " + spec.layers() + " layers, "
                + Main.grouped(cost.parameters()) + " parameters, " + Main.grouped(cost.macs()) + " multiply-adds at "
                + spec.inputSize() + "x" + spec.inputSize() + " pixels");
        return 0;
    }
}
