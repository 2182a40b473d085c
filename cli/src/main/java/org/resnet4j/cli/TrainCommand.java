package org.resnet4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.resnet4j.engine.Backend;
import org.resnet4j.infer.ModelFolder;
import org.resnet4j.json.Json;
import org.resnet4j.trainer.Batching;
import org.resnet4j.trainer.Descent;
import org.resnet4j.trainer.DryRun;
import org.resnet4j.trainer.EpochRow;
import org.resnet4j.trainer.RateFinder;
import org.resnet4j.trainer.RunRecord;
import org.resnet4j.trainer.TrainEvent;
import org.resnet4j.trainer.TrainJob;
import org.resnet4j.trainer.TrainOptions;
import org.resnet4j.trainer.TrainOutcome;
import org.resnet4j.trainer.Trainer;
import org.resnet4j.zoo.NetworkSpec;
import org.resnet4j.zoo.SpecJson;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains a network, or goes on with a run. */
@Command(
        name = "train",
        description = "Trains a network and leaves a run folder that can be resumed at any instant.",
        footer = {
            "",
            "Examples:",
            "  resnet train cifar_resnet20 --data shapes --epochs 5 --out runs/shapes",
            "  resnet train cifar_resnet56 --data DIR --val-split 5000 --normalize per-pixel --out runs/r56",
            "  resnet train cifar_resnet20 --data DIR --recipe paper-cifar --out runs/paper",
            "  resnet train --resume runs/r56"
        })
final class TrainCommand extends Surrounded {
    private static final double LOWEST_RATE = 1e-5;
    private static final double HIGHEST_RATE = 10;
    private static final int RATES = 100;

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by the parser
    private ModelOptions model;

    @Mixin
    private final DataFlags data = new DataFlags();

    @Mixin
    private final ScheduleFlags schedule = new ScheduleFlags();

    @Mixin
    private final DescentFlags descent = new DescentFlags();

    @Mixin
    private final ObjectiveFlags objective = new ObjectiveFlags();

    @Option(
            names = "--seed",
            defaultValue = "1",
            paramLabel = "S",
            description = "Of weights, order and augmentation; default ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = {"--recipe", "-c", "--config"},
            paramLabel = "NAME|FILE",
            description = "Options from a recipe; those given here go before. See docs/training.md.")
    private @Nullable String recipe;

    @Option(names = "--dry-run", description = "Do all that a run needs, make one update, write nothing.")
    private boolean dryRun;

    @Option(names = "--find-lr", description = "Look for a learning rate with 100 growing ones, write nothing.")
    private boolean findRate;

    @Option(
            names = {"--out", "--output"},
            paramLabel = "RUN",
            description = "The run folder; must not hold a run yet.")
    private @Nullable Path run;

    @Option(
            names = "--resume",
            paramLabel = "RUN",
            description = "Go on with this run, with the options that it was started with.")
    private @Nullable Path resume;

    @Mixin
    private final ThreadOption threads = new ThreadOption();

    @Mixin
    private final WorkerOption workers = new WorkerOption();

    @Option(
            names = "--max-memory",
            paramLabel = "BYTES",
            description = "Refuse to allocate more natively; 4G, 512M or a number.")
    private @Nullable String maxMemory;

    @Option(
            names = "--checkpoint-interval",
            defaultValue = "5m",
            paramLabel = "T",
            description = "Between checkpoints: 5m, 30s or 500 (steps).")
    @SuppressWarnings("NullAway.Init") // has a default
    private String interval;

    @Option(names = "--json", description = "The result as one line of JSON, progress on standard error.")
    private boolean json;

    TrainCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        if (resume != null) {
            return resumed(resume, commandLine());
        }
        if (run == null && !dryRun && !findRate) {
            throw new IllegalArgumentException("--out RUN is needed, or --resume RUN");
        }
        Prepared prepared = prepared();
        Job job = prepared.job();
        TrainOptions options = prepared.options();
        PrintWriter people = json ? err() : out();
        out().flush();
        people.println("training on " + job.data().train().description() + ", evaluating on "
                + job.data().evaluation().description());
        people.print(options.toYaml());
        people.flush();
        Backend backend = threads.backend(surroundings);
        if (dryRun || findRate) {
            return tryOut(options, job.on(backend, Limits.bytes(maxMemory)));
        }
        Path folder = Objects.requireNonNull(run);
        List<EpochRow> history;
        try (Trainer trainer = Trainer.start(folder, options, job.on(backend, Limits.bytes(maxMemory)), bar())) {
            if (!train(trainer, folder)) {
                return Main.INTERRUPTED;
            }
            history = trainer.history();
        }
        finish(job, backend, history, folder, options);
        return 0;
    }

    /**
     * A training that was asked for and not begun.
     *
     * @param job what it would work on
     * @param options what it would save
     */
    record Prepared(Job job, TrainOptions options) {}

    /** The training that these words after {@code resnet train} ask for. */
    static Prepared prepare(Surroundings surroundings, List<String> words) throws IOException {
        TrainCommand command = new TrainCommand(surroundings);
        try {
            new CommandLine(command).parseArgs(words.toArray(String[]::new));
        } catch (CommandLine.ParameterException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        return command.prepared();
    }

    private Prepared prepared() throws IOException {
        if (recipe != null) {
            Recipe.of(recipe).applyTo(commandLine(), () -> new TrainCommand(surroundings));
        }
        Map<String, String> words = data.words();
        NetworkSpec spec = model.spec("cifar_resnet20");
        words.put(Job.NETWORK, Json.write(SpecJson.write(spec)));
        Job job = Job.of(spec.name(), words, seed);
        return new Prepared(job, options(job, words));
    }

    private int resumed(Path folder, CommandLine line) throws IOException {
        requireNothingElse(line.getParseResult());
        TrainOptions options = RunRecord.read(folder).options();
        Job job = Job.of(options.model(), options.inputs(), options.seed());
        Backend backend = threads.backend(surroundings);
        List<EpochRow> history;
        try (Trainer trainer = Trainer.resume(folder, options, job.on(backend, Limits.bytes(maxMemory)), bar())) {
            if (!train(trainer, folder)) {
                return Main.INTERRUPTED;
            }
            history = trainer.history();
        }
        finish(job, backend, history, folder, options);
        return 0;
    }

    private Consumer<TrainEvent> bar() {
        return new ProgressBar(json ? err() : out(), !json && surroundings.terminal());
    }

    private int tryOut(TrainOptions options, TrainJob job) throws IOException {
        Map<String, Object> row = new LinkedHashMap<>();
        if (findRate) {
            RateFinder.Found found = RateFinder.find(options, job, LOWEST_RATE, HIGHEST_RATE, RATES);
            found.points().forEach(p -> row.put(Double.toString(p.lr()), p.loss()));
            if (json) {
                out().println(Main.json(Map.of("lr", found.suggested(), "loss_by_lr", row)));
            } else {
                found.points().forEach(p -> out().printf(Locale.ROOT, "lr %.3g  loss %.4f%n", p.lr(), p.loss()));
                out().printf(Locale.ROOT, "the loss falls fastest at a learning rate of %.3g%n", found.suggested());
            }
            return 0;
        }
        DryRun dry = DryRun.of(options, job);
        row.put("steps", dry.steps());
        row.put("steps_per_epoch", (long) dry.stepsPerEpoch());
        row.put("bytes", dry.memory().total());
        row.put("loss", dry.loss());
        if (json) {
            out().println(Main.json(row));
        } else {
            out().printf(
                            Locale.ROOT,
                            "dry run: %,d steps of %,d an epoch, native memory %s%nfirst update: loss %.4f, %.2f s; nothing was written%n",
                            dry.steps(),
                            dry.stepsPerEpoch(),
                            dry.memory(),
                            dry.loss(),
                            dry.seconds());
        }
        return 0;
    }

    /** The model folder and the report, once the run's memory is free. */
    private void finish(Job job, Backend backend, List<EpochRow> history, Path folder, TrainOptions options)
            throws IOException {
        ModelFolder made = modelFolder(job, folder, options);
        RunReport report = new RunReport(made, job.data(), history);
        report.write(folder.resolve("report.html"), report.classify(backend), backend);
        result(history, folder);
    }

    /** Writes the model folder of a run that is over. */
    static ModelFolder modelFolder(Job job, Path folder, TrainOptions options) throws IOException {
        ModelFolder made = new ModelFolder(
                job.given(),
                job.data().train().classNames(),
                job.preprocessing(),
                folder.resolve(options.averaging().weights() ? "ema.safetensors" : "last.safetensors"));
        made.write(folder.resolve("model"), RunRecord.read(folder).madeOf(Job.PLACES));
        return made;
    }

    private TrainOptions options(Job job, Map<String, String> words) {
        Batching batching = objective.batching();
        int update = Math.multiplyExact(batching.size(), batching.accumulation());
        return new TrainOptions(
                job.spec().name(),
                schedule.length(),
                batching,
                seed,
                new Descent(descent.optimizer(), descent.clipping(), schedule.schedule(job.stepsPerEpoch(update))),
                objective.objective(),
                objective.compute(),
                objective.averaging(),
                objective.patience(),
                workers.count(),
                Limits.checkpoints(interval),
                words);
    }

    /** What has no influence on the result may be given again. */
    private static void requireNothingElse(CommandLine.ParseResult given) {
        Set<String> allowed = Set.of("--resume", "--threads", "--max-memory", "--json");
        List<String> others = given.matchedOptions().stream()
                .map(CommandLine.Model.OptionSpec::longestName)
                .filter(name -> !allowed.contains(name))
                .toList();
        if (!others.isEmpty() || !given.matchedPositionals().isEmpty()) {
            throw new IllegalArgumentException("--resume goes on with the run's own options and takes no others, found "
                    + others + "; leave them out, or start a new run with --out");
        }
    }

    /** False if a signal stopped it. */
    private boolean train(Trainer trainer, Path folder) throws IOException {
        return StopOnSignal.train(trainer, err(), "resnet train --resume " + folder) == TrainOutcome.FINISHED;
    }

    private void result(List<EpochRow> history, Path folder) {
        double best = history.stream().mapToDouble(r -> r.judged().top1()).max().orElse(0);
        EpochRow last = history.getLast();
        if (json) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("run", folder.toString());
            row.put("step", last.step());
            row.put("top1", Double.parseDouble(Main.two(last.judged().top1())));
            row.put("best_top1", Double.parseDouble(Main.two(best)));
            out().println(Main.json(row));
        } else {
            out().println("done: top-1 " + Main.two(last.judged().top1()) + " %, best " + Main.two(best)
                    + " %; model folder " + folder.resolve("model") + ", report " + folder.resolve("report.html"));
        }
    }
}
