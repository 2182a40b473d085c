package org.resnet4j.paper.measure;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.dataset.Datasets;
import org.resnet4j.dataset.Part;
import org.resnet4j.engine.Backend;
import org.resnet4j.infer.Pretrained;
import org.resnet4j.paper.Arm;
import org.resnet4j.paper.Evidence;
import org.resnet4j.paper.Exhibit;
import org.resnet4j.paper.Finding;
import org.resnet4j.paper.Protocol;
import org.resnet4j.paper.Result;
import org.resnet4j.paper.Study;
import org.resnet4j.paper.Target;
import org.resnet4j.report.LineChart.Line;
import org.resnet4j.resnet.ResNetSpec;
import org.resnet4j.zoo.NetworkSpec;

/**
 * Figure 7: standard deviations of layer responses of trained networks, in the order of the layers and by magnitude. Prints no numbers;
 * what it states are two orders.
 */
public final class ResponseStudy implements Study {
    private static final List<Integer> PLAIN = List.of(20, 56);
    private static final List<Integer> RESIDUAL = List.of(20, 56, 110);
    private static final int DECIMALS = 3;

    private final List<Subject> given;
    private final int pictures;
    private final int workers;

    /**
     * Of runs, and of networks that have their weights already.
     *
     * @param given other networks, measured beside the runs
     * @param pictures of the test set, from its start; all if there are fewer
     * @param workers threads that read pictures
     */
    public ResponseStudy(List<Subject> given, int pictures, int workers) {
        this.given = List.copyOf(given);
        this.pictures = pictures;
        this.workers = workers;
    }

    /** A network with the responses of its runs. */
    private record Measured(String name, NetworkSpec spec, List<Responses> runs) {
        boolean isResidual() {
            return spec instanceof ResNetSpec s && s.residual();
        }

        /** The same network without shortcuts. */
        boolean isCounterpartOf(Measured residual) {
            return !isResidual()
                    && spec instanceof ResNetSpec p
                    && residual.spec instanceof ResNetSpec r
                    && p.depths().equals(r.depths())
                    && p.widths().equals(r.widths())
                    && p.block() == r.block();
        }
    }

    @Override
    public Target target() {
        return Target.FIG7;
    }

    /** The paper's five networks; none where weights are given and no depths are asked for. */
    @Override
    public List<Arm> arms(Protocol protocol) {
        return given.isEmpty() || !protocol.only().isEmpty()
                ? Depths.arms(target(), protocol, PLAIN, RESIDUAL)
                : List.of();
    }

    @Override
    public Result conclude(Evidence evidence) throws IOException {
        Dataset test = Datasets.open(evidence.protocol().data(), Part.TEST).first(pictures);
        List<Subject> subjects =
                new ArrayList<>(evidence.runs().stream().map(Subject::of).toList());
        subjects.addAll(given);
        if (subjects.isEmpty()) {
            return new Result(
                    target(), List.of("None of its runs is finished."), List.of(), List.of(), List.of(), List.of());
        }
        Map<String, Measured> measured = new LinkedHashMap<>();
        for (Subject subject : subjects) {
            Measured one = measure(subject, test, evidence.backend());
            Measured known = measured.putIfAbsent(one.name(), one);
            if (known != null) {
                known.runs().addAll(one.runs());
            }
        }
        List<Measured> all = List.copyOf(measured.values());
        return new Result(
                target(),
                List.of(
                        "Standard deviation of the output of each 3x3 convolution, after batch norm and before ReLU or"
                                + " addition, over all pictures, channels and places; batch norm by its stored"
                                + " statistics.",
                        test.size() + " pictures of the test set, as they are."),
                findings(all),
                List.of(),
                List.of(
                        new Exhibit.Charts(
                                "Standard deviations of layer responses, layers in their order and by magnitude; bold:"
                                        + " ResNets",
                                List.of(
                                        chart(all, "in order", "layer", Responses::deviations),
                                        chart(
                                                all,
                                                "by magnitude",
                                                "layer, the strongest first",
                                                r -> r.sorted().stream()
                                                        .map(Responses.Layer::deviation)
                                                        .toList()))),
                        table(all),
                        LayerChart.table(
                                "Standard deviations, layers in their order",
                                "layer",
                                all.stream().map(Measured::name).toList(),
                                all.stream()
                                        .map(m -> mean(m.runs(), Responses::deviations))
                                        .toList())),
                List.of("The paper prints no numbers for this figure: what can be tested is the order of the"
                        + " networks."));
    }

    private Measured measure(Subject subject, Dataset test, Backend backend) throws IOException {
        try (Pretrained model = subject.opening().open()) {
            Responses found = Responses.of(model, test, backend, workers, _ -> {});
            List<Responses> runs = new ArrayList<>();
            runs.add(new Responses(subject.name(), found.pictures(), found.layers()));
            return new Measured(subject.name(), model.spec(), runs);
        }
    }

    private static List<Finding> findings(List<Measured> all) {
        List<Finding> findings = new ArrayList<>();
        List<Measured> residual = all.stream()
                .filter(Measured::isResidual)
                .sorted(Comparator.comparingInt(m -> m.spec().layers()))
                .toList();
        for (Measured r : residual) {
            for (Measured plain : all) {
                if (plain.isCounterpartOf(r)) {
                    findings.add(ResponseOrder.of(r.runs(), plain.runs())
                            .finding("ResNets have generally smaller responses than their plain counterparts: "
                                    + r.name() + " than " + plain.name() + "."));
                }
            }
        }
        for (int i = 1; i < residual.size(); i++) {
            Measured shallow = residual.get(i - 1);
            Measured deep = residual.get(i);
            if (deep.spec().layers() > shallow.spec().layers()) {
                findings.add(ResponseOrder.of(deep.runs(), shallow.runs())
                        .finding("The deeper ResNet has smaller responses: " + deep.name() + " than " + shallow.name()
                                + "."));
            }
        }
        return findings;
    }

    private static String chart(
            List<Measured> all, String title, String horizontal, Function<Responses, List<Double>> numbers) {
        List<Line> lines = all.stream()
                .map(m -> new Line(m.name(), mean(m.runs(), numbers), m.isResidual()))
                .toList();
        return LayerChart.svg(title, horizontal, "standard deviation", lines);
    }

    /** The mean over the runs, position by position. */
    private static List<Double> mean(List<Responses> runs, Function<Responses, List<Double>> numbers) {
        double[] sum = new double[runs.getFirst().layers().size()];
        for (Responses run : runs) {
            List<Double> one = numbers.apply(run);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += one.get(i) / runs.size();
            }
        }
        List<Double> out = new ArrayList<>();
        for (double s : sum) {
            out.add(s);
        }
        return out;
    }

    private static Exhibit table(List<Measured> all) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("network", "runs", "3x3 layers", "geometric mean", "smallest", "median", "largest"));
        for (Measured m : all) {
            List<Double> sorted =
                    mean(m.runs(), Responses::deviations).stream().sorted().toList();
            double logs = m.runs().stream()
                    .mapToDouble(r -> Math.log(r.geometricMean()))
                    .average()
                    .orElseThrow();
            rows.add(List.of(
                    m.name(),
                    Integer.toString(m.runs().size()),
                    Integer.toString(sorted.size()),
                    number(Math.exp(logs)),
                    number(sorted.getFirst()),
                    number(sorted.get(sorted.size() / 2)),
                    number(sorted.getLast())));
        }
        return new Exhibit.Table("Standard deviations over the layers of each network", rows);
    }

    private static String number(double x) {
        return String.format(Locale.ROOT, "%." + DECIMALS + "f", x);
    }
}
