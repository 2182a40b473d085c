package org.resnet4j.paper;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.resnet4j.cost.Cost;
import org.resnet4j.graph.Phase;
import org.resnet4j.json.Json;
import org.resnet4j.metric.Interval;
import org.resnet4j.pass.Precision;
import org.resnet4j.trainer.EpochRow;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.NetworkSpec;
import org.resnet4j.zoo.Networks;
import org.resnet4j.zoo.SpecJson;

/**
 * A study of what comes out of training: networks, the statements about them, the charts and the printed numbers, all as data.
 *
 * @param target what it reproduces
 * @param networks those that can be run, in the order of the report
 * @param claims to be tested
 * @param panels to be drawn
 * @param caption below the panels
 * @param numbers that the paper prints for these networks, by the names of the arms
 * @param remarks on what differs from the paper at any scale
 */
record TrainingStudy(
        Target target,
        List<Choice> networks,
        List<Claim> claims,
        List<Panel> panels,
        String caption,
        List<Published> numbers,
        List<String> remarks)
        implements Study {
    /**
     * A network that can be run.
     *
     * @param arm the network
     * @param usual true if it is run where {@code --only} does not choose
     */
    record Choice(Arm arm, boolean usual) {}

    TrainingStudy {
        networks = List.copyOf(networks);
        claims = List.copyOf(claims);
        panels = List.copyOf(panels);
        numbers = List.copyOf(numbers);
        remarks = List.copyOf(remarks);
    }

    @Override
    public List<Arm> arms(Protocol protocol) {
        List<Arm> arms = networks.stream()
                .filter(c -> protocol.wants(c.arm().layers(), c.usual()))
                .map(Choice::arm)
                .toList();
        if (arms.isEmpty()) {
            String depths = networks.stream()
                    .map(c -> Integer.toString(c.arm().layers()))
                    .distinct()
                    .collect(Collectors.joining(", "));
            throw new IllegalArgumentException(
                    target + " has networks of " + depths + " layers, --only asks for " + protocol.only());
        }
        return arms;
    }

    @Override
    public Result conclude(Evidence evidence) throws IOException {
        if (evidence.runs().isEmpty()) {
            return new Result(
                    target, List.of("None of its runs is finished."), List.of(), List.of(), List.of(), remarks);
        }
        List<Exhibit> exhibits = new ArrayList<>();
        // One axis for all, as they are to be compared.
        double top = panels.stream().mapToDouble(p -> p.top(evidence)).max().orElse(100);
        List<String> charts = panels.stream()
                .filter(p -> panels.subList(0, panels.indexOf(p)).stream().noneMatch(q -> q.showsAllOf(p, evidence)))
                .map(p -> p.draw(evidence, top))
                .flatMap(Optional::stream)
                .toList();
        if (!charts.isEmpty()) {
            exhibits.add(new Exhibit.Charts(caption, charts));
        }
        exhibits.add(new Exhibit.Table(
                "Every network at the end of its runs: mean and deviation. The training error is that of the mini-batches of the"
                        + " last epoch, as they are trained on: of "
                        + Numbers.grouped(
                                evidence.runs().getFirst().last().train().samples())
                        + " pictures. The test error is that after the last iteration, not the best.",
                rows(evidence)));
        return new Result(
                target,
                about(evidence),
                claims.stream()
                        .map(c -> c.test(evidence))
                        .flatMap(Optional::stream)
                        .toList(),
                numbers.stream()
                        .map(n -> compare(n, evidence))
                        .flatMap(Optional::stream)
                        .toList(),
                exhibits,
                Stream.concat(known(evidence).stream(), remarks.stream()).toList());
    }

    private static List<String> about(Evidence evidence) {
        List<String> about = new ArrayList<>();
        Protocol protocol = evidence.protocol();
        Arm first = evidence.runs().getFirst().arm();
        about.add("Runs: "
                + evidence.arms().stream()
                        .map(a -> evidence.of(a.name()).size() + " of " + a.name())
                        .collect(Collectors.joining(", "))
                + "; each with a seed of its own, from 1 on.");
        about.add("Recipe " + first.recipe() + ": " + first.course().describe(protocol.scale()) + ", "
                + protocol.precision().name().toLowerCase(Locale.ROOT) + ".");
        return about;
    }

    private static List<List<String>> rows(Evidence evidence) throws IOException {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "network", "parameters", "runs", "training error %", "test error %", "best run %", "hours of a run"));
        for (Arm arm : evidence.arms()) {
            Sample test = evidence.sample(arm.name(), Run::testError);
            Sample seconds = evidence.sample(
                    arm.name(),
                    r -> r.history().stream().mapToDouble(EpochRow::seconds).sum());
            rows.add(List.of(
                    arm.name(),
                    Numbers.grouped(parameters(spec(evidence.of(arm.name()).getFirst()))),
                    Integer.toString(test.n()),
                    Numbers.spread(Quantity.TRAINING_ERROR, evidence.sample(arm.name(), Run::trainingError)),
                    Numbers.spread(Quantity.TOP1_ERROR, test),
                    Quantity.TOP1_ERROR.format(
                            test.values().stream().min(Double::compare).orElseThrow()),
                    String.format(Locale.ROOT, "%.2f", seconds.mean() / 3600)));
        }
        return rows;
    }

    /** The network as it was trained, with its switches. */
    private static NetworkSpec spec(Run run) throws IOException {
        String saved = run.options().inputs().get("network");
        return saved == null ? Models.byName(run.arm().model()) : SpecJson.read(Json.parseObject(saved));
    }

    private static long parameters(NetworkSpec spec) {
        return Cost.of(Networks.graph(spec, Phase.INFERENCE)).parameters();
    }

    private Optional<Comparison> compare(Published number, Evidence evidence) {
        Optional<Arm> arm = networks.stream()
                .map(Choice::arm)
                .filter(a -> a.name().equals(number.subject()))
                .findFirst();
        if (arm.isEmpty()) {
            return Optional.empty();
        }
        if (number.quantity() == Quantity.PARAMETERS) {
            return Optional.of(Comparison.counted(
                    number, parameters(Models.byName(arm.get().model())) / 1e6, ""));
        }
        Sample ours = evidence.sample(arm.get().name(), Run::testError);
        return ours.n() == 0
                ? Optional.empty()
                : Optional.of(Comparison.measured(number, ours, shorter(evidence.protocol())));
    }

    private static String shorter(Protocol protocol) {
        return protocol.scale().equals(Scale.WHOLE)
                ? ""
                : "Trained for " + protocol.scale() + " of the paper's iterations: a higher error is to be expected.";
    }

    /** What differs from the paper in this experiment. */
    private static List<String> known(Evidence evidence) {
        Protocol protocol = evidence.protocol();
        List<String> known = new ArrayList<>();
        if (!protocol.scale().equals(Scale.WHOLE)) {
            known.add("All schedules are shortened to " + protocol.scale()
                    + " of the paper's, the falls of the rate with them."
                    + " Errors are higher than the paper's; orders of networks can be compared, numbers cannot.");
            known.add(
                    "With fewer iterations a deeper network has had less time to make use of its depth: where a deeper ResNet ends"
                            + " behind a shallower one, that is the first thing to suspect, and a larger --scale tells.");
        }
        if (protocol.precision() == Precision.BF16) {
            known.add(
                    "Computed in bf16 with weights, statistics and gradients of weights in f32; the paper computed in f32.");
        }
        if (!protocol.settings().isEmpty()) {
            known.add("Options that go before the recipe's: " + protocol.settings() + ".");
        }
        if (evidence.arms().stream().anyMatch(a -> evidence.of(a.name()).size() == 1)) {
            known.add("One run of a network says nothing about how much its runs differ; --seeds 3 does.");
        }
        Run any = evidence.runs().getFirst();
        Interval interval = Interval.wilson(
                any.last().judged().top1Errors(), any.last().judged().samples());
        known.add(String.format(
                Locale.ROOT,
                "A test error over %s pictures is known to about ±%.2f points, whatever the number of runs.",
                Numbers.grouped(any.last().judged().samples()),
                50 * (interval.high() - interval.low())));
        return known;
    }
}
