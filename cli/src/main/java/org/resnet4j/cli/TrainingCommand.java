package org.resnet4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.resnet4j.engine.Backend;
import org.resnet4j.infer.ModelFolder;
import org.resnet4j.infer.NormModes;
import org.resnet4j.infer.Pretrained;
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
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What all commands that train have in common: they make a run of what their options say, or go on with one, and leave a model folder and
 * a report. Runs that several of them began are all the same; each goes on with any.
 */
abstract sealed class TrainingCommand extends Surrounded permits TrainCommand, FinetuneCommand {
    private static final double LOWEST_RATE = 1e-5;
    private static final double HIGHEST_RATE = 10;
    private static final int RATES = 100;

    @Mixin
    private final DataFlags data = new DataFlags();

    @Mixin
    private final ScheduleFlags schedule = new ScheduleFlags();

    @Mixin
    private final DescentFlags descent = new DescentFlags();

    @Mixin
    private final ObjectiveFlags objective = new ObjectiveFlags();

    @Mixin
    private final TuneFlags tuning = new TuneFlags();

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

    @Mixin
    private final MemoryOption memory = new MemoryOption();

    @Option(
            names = "--checkpoint-interval",
            defaultValue = "5m",
            paramLabel = "T",
            description = "Between checkpoints: 5m, 30s or 500 (steps).")
    @SuppressWarnings("NullAway.Init") // has a default
    private String interval;

    @Option(names = "--json", description = "The result as one line of JSON, progress on standard error.")
    private boolean json;

    TrainingCommand(Surroundings surroundings) {
        super(surroundings);
    }

    /** The recipe where none is named; null for none. */
    @Nullable
    abstract String usualRecipe();

    /** A command of the same kind. */
    abstract TrainingCommand another();

    /** The run folder where none is named; null if one must be. */
    abstract @Nullable Path usualRun();

    /**
     * The network to train.
     *
     * @param words what was said of data and start; may be added to
     * @param seed of the run
     */
    abstract NetworkSpec network(Map<String, String> words, long seed) throws IOException;

    /** What a person is told before the run begins: what was taken for granted. */
    abstract List<String> notes();

    @Override
    public Integer call() throws IOException {
        if (resume != null) {
            return resumed(resume, commandLine());
        }
        boolean tries = dryRun || findRate;
        Path folder = run != null || tries ? run : usualRun();
        if (folder == null && !tries) {
            throw new IllegalArgumentException("--out RUN is needed, or --resume RUN");
        }
        Prepared prepared = prepared();
        Job job = prepared.job();
        TrainOptions options = prepared.options();
        PrintWriter people = json ? err() : out();
        out().flush();
        people.println("training on " + job.data().train().description() + ", evaluating on "
                + job.data().evaluation().description());
        notes().forEach(people::println);
        people.print(options.toYaml());
        people.flush();
        Backend backend = threads.backend(surroundings);
        if (folder == null || tries) {
            return tryOut(options, job.on(backend, memory.bytes()));
        }
        Trainer trainer = Trainer.start(folder, options, job.on(backend, memory.bytes()), bar());
        return train(trainer, job, backend, folder, options);
    }

    /**
     * A training that was asked for and not begun.
     *
     * @param job what it would work on
     * @param options what it would save
     */
    record Prepared(Job job, TrainOptions options) {}

    /** What the options ask for. */
    final Prepared prepared() throws IOException {
        String named = recipe == null ? usualRecipe() : recipe;
        if (named != null) {
            Recipe.of(named).applyTo(commandLine(), this::another);
        }
        Map<String, String> words = data.words();
        words.putAll(tuning.words());
        NetworkSpec spec = network(words, seed);
        words.put(Job.NETWORK, Json.write(SpecJson.write(spec)));
        Job job = Job.of(spec.name(), words, seed);
        return new Prepared(job, options(job, words));
    }

    private int resumed(Path folder, CommandLine line) throws IOException {
        requireNothingElse(line.getParseResult());
        TrainOptions options = RunRecord.read(folder).options();
        Job job = Job.of(options.model(), options.inputs(), options.seed(), folder);
        Backend backend = threads.backend(surroundings);
        Trainer trainer = Trainer.resume(folder, options, job.on(backend, memory.bytes()), bar());
        return train(trainer, job, backend, folder, options);
    }

    /** To the end or a signal; closes the trainer, so that its memory is free for what is made of the run. */
    private int train(Trainer opened, Job job, Backend backend, Path folder, TrainOptions options) throws IOException {
        List<EpochRow> history;
        try (opened) {
            if (StopOnSignal.train(opened, err(), "resnet train --resume " + folder) == TrainOutcome.INTERRUPTED) {
                return Main.INTERRUPTED;
            }
            history = opened.history();
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
        NormModes modes = job.tuned() ? modes(job, made, backend, options) : null;
        RunReport report = new RunReport(made, job.data(), history, words(job, modes));
        report.write(folder.resolve("report.html"), report.classify(backend), backend);
        result(job, history, modes, folder);
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

    private static String words(Job job, @Nullable NormModes modes) {
        return !job.tuned() ? "" : modes == null ? job.normWords() : modes.sentence();
    }

    /** Null where no batch norm was trained by the statistics of batches: both modes are the same then. */
    private static @Nullable NormModes modes(Job job, ModelFolder made, Backend backend, TrainOptions options)
            throws IOException {
        Set<String> norms = job.normsOfBatch();
        if (norms.isEmpty()) {
            return null;
        }
        try (Pretrained weights = Pretrained.of(made)) {
            return NormModes.of(
                    weights,
                    job.data().evaluation(),
                    job.preprocessing(),
                    norms::contains,
                    options.batchSize(),
                    backend);
        }
    }

    private TrainOptions options(Job job, Map<String, String> words) {
        Batching batching = objective.batching();
        int update = Math.multiplyExact(batching.size(), batching.accumulation());
        return new TrainOptions(
                job.spec().name(),
                schedule.length(),
                batching,
                seed,
                new Descent(
                        descent.optimizer(),
                        descent.clipping(),
                        schedule.schedule(job.stepsPerEpoch(update)),
                        tuning.rates()),
                objective.objective(),
                objective.compute(),
                tuning.averaging(objective.averaging(), job.data().train().size() / batching.size()),
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

    private void result(Job job, List<EpochRow> history, @Nullable NormModes modes, Path folder) {
        double best = history.stream().mapToDouble(r -> r.judged().top1()).max().orElse(0);
        EpochRow last = history.getLast();
        if (json) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("run", folder.toString());
            row.put("step", last.step());
            row.put("top1", Double.parseDouble(Main.two(last.judged().top1())));
            row.put("best_top1", Double.parseDouble(Main.two(best)));
            if (modes != null) {
                row.put("eval_mode_top1", Double.parseDouble(Main.two(modes.stored())));
                row.put("train_mode_top1", Double.parseDouble(Main.two(modes.ofBatch())));
                row.put("batch_norm", modes.verdict().name().toLowerCase(Locale.ROOT));
            }
            out().println(Main.json(row));
        } else {
            String words = words(job, modes);
            if (!words.isEmpty()) {
                out().println(words);
            }
            out().println("done: top-1 " + Main.two(last.judged().top1()) + " %, best " + Main.two(best)
                    + " %; model folder " + folder.resolve("model") + ", report " + folder.resolve("report.html"));
        }
    }
}
