package org.resnet4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.dataset.Cifar;
import org.resnet4j.dataset.Datasets;
import org.resnet4j.engine.Backend;
import org.resnet4j.infer.ModelFolder;
import org.resnet4j.lrschedule.Schedule;
import org.resnet4j.optim.Momentum;
import org.resnet4j.optim.SgdOptions;
import org.resnet4j.optim.WeightDecay;
import org.resnet4j.report.Page;
import org.resnet4j.trainer.EpochRow;
import org.resnet4j.trainer.Length;
import org.resnet4j.trainer.RunRecord;
import org.resnet4j.trainer.TrainData;
import org.resnet4j.trainer.TrainOptions;
import org.resnet4j.trainer.Trainer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The whole story in a few minutes: train, evaluate, classify, report. */
@Command(
        name = "demo",
        description =
                "Trains ResNet-20 for a few minutes, evaluates it, classifies pictures that it has not seen and writes a report.",
        footer = {"", "Examples:", "  resnet demo", "  resnet demo --quick --out DIR", "  resnet demo --quick --json"})
final class DemoCommand extends Surrounded {
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

    @Mixin
    private final ThreadOption threads = new ThreadOption();

    @Option(names = "--json", description = "The result as one line of JSON, all else on standard error.")
    private boolean json;

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
                .withOptimizer(sgd)
                .withEvaluationBatchSize(ObjectiveFlags.EVALUATION_BATCH)
                .withWorkers(1)
                .withInputs(words);
        Backend backend = threads.backend(surroundings);
        TrainData set = job.data();
        PrintWriter progress = json ? err() : out();
        progress.println("training " + job.spec().name() + " on " + set.train().description() + ", evaluating on "
                + set.evaluation().description());
        List<EpochRow> epochs;
        try (Trainer trainer = Trainer.start(
                run,
                options,
                job.on(backend, Long.MAX_VALUE),
                new ProgressBar(progress, !json && surroundings.terminal()))) {
            trainer.train();
            epochs = trainer.history();
        }
        ModelFolder model = new ModelFolder(
                job.spec(), set.train().classNames(), set.normalization(), run.resolve("last.safetensors"));
        model.write(run.resolve("model"), RunRecord.read(run).madeOf(Job.PLACES));
        RunReport report = new RunReport(model, set, epochs, "");
        List<Page.Card> cards = report.classify(backend);
        report.write(run.resolve("report.html"), cards, backend);
        if (json) {
            out().println(Main.json(row(run, model, set, epochs.getLast())));
        } else {
            show(run, set, cards, epochs.getLast());
        }
        return 0;
    }

    private static Map<String, Object> row(Path run, ModelFolder model, TrainData set, EpochRow last) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("model", model.spec().name());
        row.put("data", set.evaluation().description());
        row.put("step", last.step());
        row.put("samples", last.evaluation().samples());
        row.put("top1", Double.parseDouble(Main.two(last.evaluation().top1())));
        row.put("top1_err", Double.parseDouble(Main.percent(last.evaluation().top1Error())));
        row.put("loss", last.evaluation().loss());
        row.put("run", run.toString());
        row.put("model_folder", run.resolve("model").toString());
        row.put("report", run.resolve("report.html").toString());
        return row;
    }

    private void show(Path run, TrainData set, List<Page.Card> cards, EpochRow last) {
        out().println();
        for (Page.Card card : cards) {
            out().printf(
                            "%-12s taken for %s%s%n",
                            card.truth(), String.join(", ", card.answers()), card.right() ? "" : "   (wrong)");
        }
        out().println();
        out().println("test accuracy " + Main.two(last.evaluation().top1()) + " % on "
                + set.evaluation().size() + " pictures that it was not trained on ("
                + set.evaluation().description() + ")");
        out().println("report: " + run.resolve("report.html"));
        out().println("model:  " + run.resolve("model"));
        out().println("next:   ./resnet predict " + run.resolve("model") + " PICTURE");
        out().println("        ./resnet data get cifar10");
        out().println("        ./resnet train cifar_resnet20 --data " + surroundings.cifar10()
                + " --epochs 20 --out runs/cifar");
    }

    private static Path free() {
        for (int n = 1; ; n++) {
            Path candidate = Path.of("runs", "demo-" + n);
            if (!Files.exists(candidate)) {
                return candidate;
            }
        }
    }
}
