package org.resnet4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.dataset.Cifar;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.dataset.Datasets;
import org.resnet4j.engine.Backend;
import org.resnet4j.infer.Classifier;
import org.resnet4j.infer.Evaluation;
import org.resnet4j.infer.ModelFolder;
import org.resnet4j.infer.Prediction;
import org.resnet4j.lrschedule.Schedule;
import org.resnet4j.metric.ConfusionMatrix;
import org.resnet4j.optim.Momentum;
import org.resnet4j.optim.SgdOptions;
import org.resnet4j.optim.WeightDecay;
import org.resnet4j.report.LineChart;
import org.resnet4j.report.Page;
import org.resnet4j.resnet.NetworkSvg;
import org.resnet4j.safetensors.Safetensors;
import org.resnet4j.trainer.EpochRow;
import org.resnet4j.trainer.Length;
import org.resnet4j.trainer.TrainData;
import org.resnet4j.trainer.TrainOptions;
import org.resnet4j.trainer.Trainer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The whole story in a few minutes: train, evaluate, classify, report. */
@Command(
        name = "demo",
        description =
                "Trains ResNet-20 for a few minutes, evaluates it, classifies pictures that it has not seen and writes a report.",
        footer = {"", "Examples:", "  resnet demo", "  resnet demo --quick --out DIR"})
final class DemoCommand extends Surrounded {
    private static final int PICTURES = 12;
    private static final int BATCH = 128;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Default: CIFAR-10 if `data get cifar10` has fetched it, else the generated shapes.")
    private @Nullable String data;

    @Option(names = "--quick", description = "A smaller network and fewer pictures: about a minute.")
    private boolean quick;

    @Option(
            names = {"--out", "--output"},
            paramLabel = "DIR",
            description = "Where the run goes; default: runs/demo-N.")
    private @Nullable Path out;

    @Option(
            names = "--threads",
            defaultValue = "0",
            paramLabel = "N",
            description = "OpenMP threads; default: one a processor.")
    private int threads;

    DemoCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        String where = data != null
                ? data
                : Cifar.is10(surroundings.cifar10()) ? surroundings.cifar10().toString() : Datasets.SHAPES;
        Path run = out == null ? free() : out;
        Map<String, String> words = new LinkedHashMap<>();
        words.put(Job.DATA, where);
        words.put(Job.LIMIT, quick ? "6000" : "20000");
        Job job = Job.of(quick ? "cifar_resnet8" : "cifar_resnet20", words, 1);
        int passes = quick ? 8 : 6;
        long steps = (long) job.stepsPerEpoch(BATCH) * passes;
        SgdOptions sgd = new SgdOptions(0.9, Momentum.PYTORCH, false, WeightDecay.everywhere(5e-4));
        TrainOptions options = TrainOptions.of(
                        job.spec().name(), Length.epochs(passes), BATCH, new Schedule.Cosine(0.1, 0, steps), 1)
                .withSgd(sgd)
                .withEvaluationBatchSize(TrainCommand.EVALUATION_BATCH)
                .withWorkers(1)
                .withInputs(words);
        Backend backend = surroundings.backend(threads);
        TrainData set = job.data();
        out().println("training " + job.spec().name() + " on " + set.train().description() + ", evaluating on "
                + set.evaluation().description());
        List<EpochRow> epochs;
        try (Trainer trainer = Trainer.start(
                run, options, job.on(backend, Long.MAX_VALUE), new ProgressBar(out(), surroundings.terminal()))) {
            trainer.train();
            epochs = trainer.history();
        }
        ModelFolder model = new ModelFolder(
                job.spec(), set.train().classNames(), set.normalization(), run.resolve("last.safetensors"));
        model.write(run.resolve("model"));
        double top1 = epochs.getLast().evaluation().top1();
        List<Page.Card> cards = classify(model, set.evaluation(), backend);
        report(run.resolve("report.html"), model, set, epochs, cards, confusion(model, set, backend));
        out().println();
        out().println("test accuracy " + Main.two(top1) + " % on "
                + set.evaluation().size() + " pictures that it was not trained on ("
                + set.evaluation().description() + ")");
        out().println("report: " + run.resolve("report.html"));
        out().println("model:  " + run.resolve("model"));
        out().println("next:   ./resnet predict " + run.resolve("model") + " PICTURE");
        out().println("        ./resnet data get cifar10");
        out().println("        ./resnet train cifar_resnet20 --data " + surroundings.cifar10()
                + " --epochs 20 --out runs/cifar");
        return 0;
    }

    private static Path free() {
        for (int n = 1; ; n++) {
            Path candidate = Path.of("runs", "demo-" + n);
            if (!Files.exists(candidate)) {
                return candidate;
            }
        }
    }

    private List<Page.Card> classify(ModelFolder model, Dataset set, Backend backend) throws IOException {
        List<Page.Card> cards = new ArrayList<>();
        out().println();
        try (Classifier classifier = Classifier.open(model, backend)) {
            for (int i = 0; i < Math.min(PICTURES, set.size()); i++) {
                List<Prediction> answers = classifier.classify(set.image(i), 3);
                String truth = set.classNames().get(set.label(i));
                List<String> words = answers.stream()
                        .map(p -> String.format(Locale.ROOT, "%s %.0f %%", p.name(), 100 * p.probability()))
                        .toList();
                boolean right = answers.getFirst().index() == set.label(i);
                cards.add(new Page.Card(set.image(i), truth, words, right));
                out().printf("%-12s taken for %s%s%n", truth, String.join(", ", words), right ? "" : "   (wrong)");
            }
        }
        return cards;
    }

    private static long[][] confusion(ModelFolder model, TrainData set, Backend backend) throws IOException {
        try (Evaluation evaluator = Evaluation.open(model.spec(), 100, backend);
                Safetensors weights = Safetensors.read(model.weights())) {
            Classifier.load(evaluator.parameters(), weights, model.weights());
            evaluator.parametersChanged();
            ConfusionMatrix matrix = evaluator.confusion(set.evaluation(), set.normalization(), 1);
            long[][] counts = new long[matrix.classes()][matrix.classes()];
            for (int r = 0; r < counts.length; r++) {
                for (int c = 0; c < counts.length; c++) {
                    counts[r][c] = matrix.count(r, c);
                }
            }
            return counts;
        }
    }

    private static void report(
            Path file,
            ModelFolder model,
            TrainData set,
            List<EpochRow> epochs,
            List<Page.Card> cards,
            long[][] confusion)
            throws IOException {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("epoch", "train loss", "train error %", "test loss", "test error %", "rate"));
        for (EpochRow e : epochs) {
            rows.add(List.of(
                    Long.toString(e.epoch() + 1),
                    String.format(Locale.ROOT, "%.4f", e.train().loss()),
                    Main.percent(e.train().top1Error()),
                    String.format(Locale.ROOT, "%.4f", e.evaluation().loss()),
                    Main.percent(e.evaluation().top1Error()),
                    String.format(Locale.ROOT, "%.4g", e.lr())));
        }
        List<LineChart.Line> lines = List.of(
                new LineChart.Line(
                        "training error %",
                        epochs.stream().map(e -> 100 * e.train().top1Error()).toList(), false),
                new LineChart.Line(
                        "test error %",
                        epochs.stream()
                                .map(e -> 100 * e.evaluation().top1Error())
                                .toList(),
                        true));
        Page.titled(model.spec().name() + " on " + set.train().description())
                .paragraph("Evaluated on " + set.evaluation().description() + ": "
                        + set.evaluation().size() + " pictures, test accuracy "
                        + Main.two(epochs.getLast().evaluation().top1()) + " %.")
                .heading("Training and test error")
                .svg(LineChart.svg("epoch", "error %", lines))
                .table(rows)
                .heading("Pictures that it has not seen")
                .cards(cards)
                .heading("Which class was taken for which")
                .matrix(model.classNames(), confusion)
                .heading("The network")
                .svg(NetworkSvg.of(model.spec()))
                .write(file);
    }
}
