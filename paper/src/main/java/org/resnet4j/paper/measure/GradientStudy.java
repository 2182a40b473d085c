package org.resnet4j.paper.measure;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.dataset.Datasets;
import org.resnet4j.dataset.Part;
import org.resnet4j.infer.Preprocessing;
import org.resnet4j.infer.Pretrained;
import org.resnet4j.paper.Arm;
import org.resnet4j.paper.Evidence;
import org.resnet4j.paper.Exhibit;
import org.resnet4j.paper.Finding;
import org.resnet4j.paper.Protocol;
import org.resnet4j.paper.Result;
import org.resnet4j.paper.Sample;
import org.resnet4j.paper.Study;
import org.resnet4j.paper.Target;
import org.resnet4j.paper.Verdict;
import org.resnet4j.report.LineChart.Line;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.NetworkSpec;

/**
 * Section 4.1: with batch norm the gradients that reach the layers of a plain network are healthy, so they are not what makes it hard to
 * train. Measured at the start, and after training where there are runs; and what of a block's gradient comes through its shortcut.
 */
public final class GradientStudy implements Study {
    private static final List<Integer> USUAL = List.of(20, 56);
    private static final int BATCH = 128;
    private static final int BATCHES = 4;

    /** A gradient of less than this part of the last layer's has vanished. */
    private static final double VANISHED = 0.01;

    /** Norms of layers that differ by more are not healthy; the paper does not say what is. */
    private static final double HEALTHY = 100;

    private final List<Subject> given;
    private final boolean trained;
    private final int workers;

    /**
     * Of networks at the start, and of others.
     *
     * @param given networks with weights, measured beside the others
     * @param trained true to train the networks too, and to measure them afterwards
     * @param workers threads that read pictures
     */
    public GradientStudy(List<Subject> given, boolean trained, int workers) {
        this.given = List.copyOf(given);
        this.trained = trained;
        this.workers = workers;
    }

    /**
     * A network with the norms of each seed or run.
     *
     * @param name with what its weights are
     * @param start true before training
     */
    private record Measured(String name, boolean start, List<GradientNorms> norms) {
        String sentence() {
            return name + (start ? ", at the start." : ".");
        }

        boolean isResidual() {
            return !norms.getFirst().blocks().isEmpty();
        }

        Sample sample(ToDoubleFunction<GradientNorms> number) {
            return Sample.of(norms.stream().mapToDouble(number).toArray());
        }

        /** Logarithm of the norms over the last layer's, the mean over the seeds. */
        List<Double> relative() {
            return means(
                    norms.getFirst().layers().size(),
                    (n, i) -> Math.log10(
                            n.layers().get(i).reaching() / n.layers().getLast().reaching()));
        }

        List<Double> shares() {
            return means(
                    norms.getFirst().blocks().size(),
                    (n, i) -> n.blocks().get(i).share());
        }

        private interface At {
            double number(GradientNorms norms, int i);
        }

        private List<Double> means(int count, At at) {
            List<Double> out = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int k = i;
                out.add(sample(n -> at.number(n, k)).mean());
            }
            return out;
        }
    }

    @Override
    public Target target() {
        return Target.GRADIENTS;
    }

    @Override
    public List<Arm> arms(Protocol protocol) {
        return trained ? networks(protocol) : List.of();
    }

    private List<Arm> networks(Protocol protocol) {
        return Depths.arms(target(), protocol, USUAL, USUAL);
    }

    @Override
    public Result conclude(Evidence evidence) throws IOException {
        Dataset train = Datasets.open(evidence.protocol().data(), Part.TRAIN);
        Map<String, Measured> all = new LinkedHashMap<>();
        for (Arm arm : networks(evidence.protocol())) {
            NetworkSpec spec =
                    Models.byName(arm.model()).withClasses(train.classNames().size());
            GradientNorms.Sample sample = sample(train, Preprocessing.usual(spec));
            for (int seed = 1; seed <= evidence.protocol().seeds(); seed++) {
                GradientNorms norms =
                        GradientNorms.of(spec, Weights.initial(seed), sample, evidence.backend(), workers);
                add(all, arm.name(), true, norms);
            }
        }
        List<Subject> subjects =
                new ArrayList<>(evidence.runs().stream().map(Subject::of).toList());
        subjects.addAll(given);
        for (Subject subject : subjects) {
            try (Pretrained model = subject.opening().open()) {
                GradientNorms.Sample sample = sample(train, model.preprocessing());
                GradientNorms norms =
                        GradientNorms.of(model.spec(), Weights.trained(model), sample, evidence.backend(), workers);
                add(all, subject.name() + ", trained", false, norms);
            }
        }
        return result(train, List.copyOf(all.values()));
    }

    private static GradientNorms.Sample sample(Dataset train, Preprocessing preprocessing) {
        return new GradientNorms.Sample(train, preprocessing, BATCH, BATCHES, 0);
    }

    private static void add(Map<String, Measured> all, String name, boolean start, GradientNorms norms) {
        all.computeIfAbsent(name, n -> new Measured(n, start, new ArrayList<>()))
                .norms()
                .add(norms);
    }

    private Result result(Dataset train, List<Measured> all) {
        GradientNorms first = all.getFirst().norms().getFirst();
        List<Exhibit> exhibits = new ArrayList<>();
        exhibits.add(new Exhibit.Charts(
                "Norm of the gradient that reaches each layer over that of the last layer, as a power of ten: -2 is a"
                        + " hundredth. Bold: ResNets",
                Stream.of(
                                chart(
                                        "at the start",
                                        all.stream().filter(Measured::start).toList()),
                                chart(
                                        "trained",
                                        all.stream().filter(m -> !m.start()).toList()))
                        .flatMap(Optional::stream)
                        .toList()));
        exhibits.add(table(all));
        exhibits.add(LayerChart.table(
                "Norms that reach the layers over that of the last, as powers of ten",
                "layer",
                all.stream()
                        .map(m -> m.name() + (m.start() ? ", at the start" : ""))
                        .toList(),
                all.stream().map(Measured::relative).toList()));
        List<Measured> residual = all.stream().filter(Measured::isResidual).toList();
        if (!residual.isEmpty()) {
            exhibits.add(new Exhibit.Charts(
                    "Share of a block's gradient, by its squared norm, that comes through the identity: the 1 in"
                            + " d(F(x) + x)/dx = dF/dx + 1. Above 1 where what F passes back points the other way. Bold:"
                            + " trained",
                    List.of(LayerChart.svg(
                            "through the identity",
                            "block",
                            "share",
                            residual.stream()
                                    .map(m -> new Line(m.name(), m.shares(), !m.start()))
                                    .toList()))));
            exhibits.add(shares(residual));
        }
        return new Result(
                target(),
                List.of(
                        "Norm of the gradient of a picture's loss by each layer's response (the output of a 3x3"
                                + " convolution after batch norm), in training mode: root of the mean square over the"
                                + " pictures of a batch.",
                        "Mean over " + first.batches() + " batches of " + first.batch() + " pictures of the training"
                                + " set (" + train.size() + " pictures), as they are, without augmentation."),
                findings(all),
                List.of(),
                exhibits,
                List.of(
                        "The paper prints no norms, and does not say at which time of training they are healthy. Taken here: they do not"
                                + " vanish where no layer's is below a hundredth of the last layer's, and are healthy where no layer's"
                                + " is more than a hundred times another's.",
                        "At the start batch norm makes gradients of plain networks grow exponentially with depth (Yang et al. 2019, A Mean"
                                + " Field Theory of Batch Normalization); they say that a step of training takes most of it away."));
    }

    private static Optional<String> chart(String title, List<Measured> all) {
        return all.isEmpty()
                ? Optional.empty()
                : Optional.of(LayerChart.between(
                        title,
                        "layer",
                        "log10 of norm / last layer's",
                        all.stream()
                                .map(m -> new Line(m.name(), m.relative(), m.isResidual()))
                                .toList()));
    }

    private static List<Finding> findings(List<Measured> all) {
        List<Finding> findings = new ArrayList<>();
        all.forEach(m -> findings.add(doNotVanish(m)));
        all.forEach(m -> findings.add(areHealthy(m)));
        return findings;
    }

    private static Finding doNotVanish(Measured m) {
        Sample weakest = m.sample(GradientNorms::weakest);
        double least =
                weakest.values().stream().mapToDouble(Double::doubleValue).min().orElseThrow();
        return new Finding(
                "Section 4.1",
                "Backward signals do not vanish with batch norm: " + m.sentence(),
                least >= VANISHED ? Verdict.AGREES : Verdict.DIFFERS,
                String.format(
                        Locale.ROOT,
                        "the smallest norm of any layer is %.3g of the last layer's (n = %d)",
                        least,
                        weakest.n()),
                new TreeMap<>(Map.of("weakest", least, "n", (double) weakest.n())));
    }

    private static Finding areHealthy(Measured m) {
        double spread = m.sample(GradientNorms::spread).mean();
        double growth = m.sample(GradientNorms::growth).mean();
        return new Finding(
                "Section 4.1",
                "Gradients have healthy norms with batch norm: " + m.sentence(),
                spread <= HEALTHY ? Verdict.AGREES : Verdict.DIFFERS,
                String.format(
                        Locale.ROOT,
                        "the largest norm of any layer is %.3g times the smallest; from a layer to the one before it, it"
                                + " becomes %.3f times as large",
                        spread,
                        growth),
                new TreeMap<>(Map.of("spread", spread, "growth_per_layer", growth, "n", (double)
                        m.norms().size())));
    }

    private static Exhibit table(List<Measured> all) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "network",
                "n",
                "first layer",
                "last layer",
                "smallest / last",
                "growth a layer",
                "by first weights",
                "by last weights"));
        for (Measured m : all) {
            rows.add(List.of(
                    m.name() + (m.start() ? ", at the start" : ""),
                    Integer.toString(m.norms().size()),
                    number(m.sample(n -> n.layers().getFirst().reaching())),
                    number(m.sample(n -> n.layers().getLast().reaching())),
                    number(m.sample(GradientNorms::weakest)),
                    number(m.sample(GradientNorms::growth)),
                    number(m.sample(n -> n.layers().getFirst().byWeights())),
                    number(m.sample(n -> n.layers().getLast().byWeights()))));
        }
        return new Exhibit.Table(
                "Norms that reach the first and the last 3x3 layer, and those of the gradient by their weights", rows);
    }

    private static Exhibit shares(List<Measured> residual) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("network", "blocks", "share through the identity", "first block", "last block"));
        for (Measured m : residual) {
            rows.add(List.of(
                    m.name() + (m.start() ? ", at the start" : ""),
                    Integer.toString(m.norms().getFirst().blocks().size()),
                    number(m.sample(GradientNorms::identityShare)),
                    number(m.sample(n -> n.blocks().getFirst().share())),
                    number(m.sample(n -> n.blocks().getLast().share()))));
        }
        return new Exhibit.Table("Blocks with an identity shortcut; those that change sizes are left out", rows);
    }

    private static String number(Sample sample) {
        String mean = String.format(Locale.ROOT, "%.3g", sample.mean());
        return sample.n() < 2 ? mean : mean + String.format(Locale.ROOT, " ± %.2g", sample.deviation());
    }
}
