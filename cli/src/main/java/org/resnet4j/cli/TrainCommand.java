package org.resnet4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.resnet4j.engine.Backend;
import org.resnet4j.infer.ModelFolder;
import org.resnet4j.json.Json;
import org.resnet4j.lrschedule.Schedule;
import org.resnet4j.optim.Momentum;
import org.resnet4j.optim.SgdOptions;
import org.resnet4j.optim.WeightDecay;
import org.resnet4j.trainer.EpochRow;
import org.resnet4j.trainer.Length;
import org.resnet4j.trainer.RunRecord;
import org.resnet4j.trainer.TrainEvent;
import org.resnet4j.trainer.TrainOptions;
import org.resnet4j.trainer.TrainOutcome;
import org.resnet4j.trainer.Trainer;
import org.resnet4j.zoo.NetworkSpec;
import org.resnet4j.zoo.SpecJson;
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
            "  resnet train --resume runs/r56"
        })
final class TrainCommand extends Surrounded {
    static final int EVALUATION_BATCH = 100;

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by the parser
    private ModelOptions model;

    @Option(names = "--data", paramLabel = "DIR", description = "Folder with CIFAR, IDX or class folders, or 'shapes'.")
    private @Nullable String data;

    @Option(names = "--limit", paramLabel = "N", description = "Use only the first N training samples.")
    private @Nullable Integer limit;

    @Option(names = "--epochs", paramLabel = "N", description = "Passes over the training part; default 10.")
    private @Nullable Integer epochs;

    @Option(
            names = {"-b", "--batch-size", "--batch"},
            paramLabel = "N",
            description = "Images a step; default 128.")
    private @Nullable Integer batch;

    @Option(names = "--seed", paramLabel = "S", description = "Of weights, order and augmentation; default 1.")
    private @Nullable Long seed;

    @Option(names = "--lr", paramLabel = "X", description = "Learning rate; default 0.1.")
    private @Nullable Double lr;

    @Option(
            names = {"--sched", "--lr-scheduler"},
            paramLabel = "step|cosine|constant",
            description = "Default step: a tenth at 1/2 and 3/4.")
    private @Nullable String schedule;

    @Option(names = "--warmup-epochs", paramLabel = "N", description = "Epochs of linear warm-up.")
    private @Nullable Integer warmup;

    @Option(
            names = "--warmup-error",
            description = "The paper's warm-up of 110 layers: 0.01 until the error is below 80 %%.")
    private boolean warmupError;

    @Option(names = "--momentum", paramLabel = "X", description = "Default 0.9.")
    private @Nullable Double momentum;

    @Option(
            names = "--momentum-convention",
            paramLabel = "pytorch|caffe",
            description = "Where the rate multiplies; default pytorch.")
    private @Nullable String convention;

    @Option(
            names = {"--wd", "--weight-decay"},
            paramLabel = "X",
            description = "Default 1e-4.")
    private @Nullable Double decay;

    @Option(
            names = "--norm-weight-decay",
            paramLabel = "X",
            description = "Of batch norm's scales and shifts; default: as the weights.")
    private @Nullable Double normDecay;

    @Option(
            names = {"--label-smoothing", "--smoothing"},
            paramLabel = "X",
            description = "Default 0.")
    private @Nullable Double smoothing;

    @Option(names = "--val-split", paramLabel = "N", description = "Hold N training samples back and evaluate on them.")
    private @Nullable Integer validation;

    @Option(names = "--normalize", paramLabel = "cifar10|imagenet|per-pixel", description = "Default cifar10.")
    private @Nullable String normalize;

    @Option(names = "--no-aug", description = "No padding, cropping and mirroring.")
    private boolean noAugmentation;

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

    @Option(
            names = "--threads",
            defaultValue = "0",
            paramLabel = "N",
            description = "OpenMP threads; default: one a processor.")
    private int threads;

    @Option(
            names = {"-j", "--workers"},
            defaultValue = "1",
            paramLabel = "N",
            description = "Loader threads; default ${DEFAULT-VALUE}.")
    private int workers;

    @Option(
            names = {"--precision", "--amp-dtype"},
            defaultValue = "fp32",
            paramLabel = "fp32",
            description = "Arithmetic; fp32.")
    @SuppressWarnings("NullAway.Init") // has a default
    private String precision;

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
        if (!precision.equals("fp32")) {
            throw new IllegalArgumentException("--precision must be fp32, found " + precision);
        }
        Consumer<TrainEvent> bar = new ProgressBar(json ? err() : out(), !json && surroundings.terminal());
        if (resume != null) {
            requireNothingElse();
            TrainOptions options = RunRecord.read(resume).options();
            Job job = Job.of(options.model(), options.inputs(), options.seed());
            Backend backend = surroundings.backend(threads);
            List<EpochRow> history;
            try (Trainer trainer = Trainer.resume(resume, options, job.on(backend, Limits.bytes(maxMemory)), bar)) {
                if (!train(trainer, resume)) {
                    return Main.INTERRUPTED;
                }
                history = trainer.history();
            }
            finish(job, backend, history, resume);
            return 0;
        }
        if (run == null) {
            throw new IllegalArgumentException("--out RUN is needed, or --resume RUN");
        }
        Map<String, String> words = words();
        long seeded = seed == null ? 1 : seed;
        NetworkSpec spec = model.spec("cifar_resnet20");
        words.put(Job.NETWORK, Json.write(SpecJson.write(spec)));
        Job job = Job.of(spec.name(), words, seeded);
        TrainOptions options = options(job, words, seeded);
        out().flush();
        (json ? err() : out())
                .println("training on " + job.data().train().description() + ", evaluating on "
                        + job.data().evaluation().description());
        Backend backend = surroundings.backend(threads);
        List<EpochRow> history;
        try (Trainer trainer = Trainer.start(run, options, job.on(backend, Limits.bytes(maxMemory)), bar)) {
            if (!train(trainer, run)) {
                return Main.INTERRUPTED;
            }
            history = trainer.history();
        }
        finish(job, backend, history, run);
        return 0;
    }

    /** The model folder and the report, once the run's memory is free. */
    private void finish(Job job, Backend backend, List<EpochRow> history, Path folder) throws IOException {
        ModelFolder made = new ModelFolder(
                job.spec(),
                job.data().train().classNames(),
                job.data().normalization(),
                folder.resolve("last.safetensors"));
        made.write(folder.resolve("model"));
        RunReport report = new RunReport(made, job.data(), history);
        report.write(folder.resolve("report.html"), report.classify(backend), backend);
        result(history, folder);
    }

    private TrainOptions options(Job job, Map<String, String> words, long seeded) {
        int size = batch == null ? 128 : batch;
        int passes = epochs == null ? 10 : epochs;
        if (size < 1 || passes < 1) {
            throw new IllegalArgumentException(
                    "--batch-size and --epochs must be at least 1, found " + size + " and " + passes);
        }
        String rule = Limits.oneOf("--momentum-convention", convention, "pytorch", "caffe");
        double weight = decay == null ? 1e-4 : decay;
        SgdOptions sgd = new SgdOptions(
                momentum == null ? 0.9 : momentum,
                "caffe".equals(rule) ? Momentum.CAFFE : Momentum.PYTORCH,
                false,
                new WeightDecay(weight, normDecay == null ? weight : normDecay));
        return new TrainOptions(
                job.spec().name(),
                Length.epochs(passes),
                size,
                Math.min(size, EVALUATION_BATCH), // so that a smaller batch needs less memory in all its parts
                seeded,
                sgd,
                schedule(lr == null ? 0.1 : lr, Math.max(1, job.stepsPerEpoch(size)), passes),
                smoothing == null ? 0 : smoothing,
                workers,
                Limits.checkpoints(interval),
                words);
    }

    /** Step: a tenth at one half and three quarters, as the paper's 32k and 48k of 64k. */
    private Schedule schedule(double rate, long stepsPerEpoch, int passes) {
        long total = Math.multiplyExact(stepsPerEpoch, (long) passes);
        String name = schedule == null ? "step" : schedule;
        Schedule then = switch (name) {
            case "step" ->
                total < 4
                        ? new Schedule.Constant(rate)
                        : new Schedule.MultiStep(rate, 0.1, List.of(total / 2, total * 3 / 4));
            case "cosine" -> new Schedule.Cosine(rate, 0, total);
            case "constant" -> new Schedule.Constant(rate);
            default -> throw new IllegalArgumentException("--sched must be step, cosine or constant, found " + name);
        };
        if (warmupError) {
            return Schedule.paperWarmup(then);
        }
        return warmup == null || warmup == 0
                ? then
                : new Schedule.LinearWarmup(then, rate / 100, warmup * stepsPerEpoch);
    }

    private Map<String, String> words() {
        Map<String, String> words = new LinkedHashMap<>();
        put(words, Job.DATA, data);
        put(words, Job.LIMIT, limit);
        put(words, Job.VALIDATION, validation);
        put(words, Job.NORMALIZE, normalize);
        put(words, Job.AUGMENT, noAugmentation ? "false" : null);
        return words;
    }

    private static void put(Map<String, String> words, String name, @Nullable Object value) {
        if (value != null) {
            words.put(name, value.toString());
        }
    }

    private void requireNothingElse() {
        boolean given = !words().isEmpty() || model.given() || run != null || warmupError;
        for (Object option : new @Nullable Object[] {
            epochs, batch, seed, lr, schedule, warmup, momentum, convention, decay, normDecay, smoothing
        }) {
            given |= option != null;
        }
        if (given) {
            throw new IllegalArgumentException(
                    "--resume goes on with the run's own options and takes no others; leave them out, or"
                            + " start a new run with --out");
        }
    }

    /** False if a signal stopped it. */
    private boolean train(Trainer trainer, Path folder) throws IOException {
        CountDownLatch done = new CountDownLatch(1);
        Thread onSignal = new Thread(() -> stopAndWait(trainer, done), "stop-training");
        Runtime.getRuntime().addShutdownHook(onSignal);
        try {
            if (trainer.train() == TrainOutcome.INTERRUPTED) {
                err().println("resnet: stopped with a checkpoint; go on with: resnet train --resume " + folder);
                err().flush();
                return false;
            }
        } finally {
            done.countDown();
        }
        // Only reached where no signal came: the hook of a shutdown under way cannot be removed, and need not be.
        Runtime.getRuntime().removeShutdownHook(onSignal);
        return true;
    }

    private void stopAndWait(Trainer trainer, CountDownLatch done) {
        trainer.requestStop();
        try {
            if (!done.await(30, TimeUnit.SECONDS)) {
                err().println("resnet: no checkpoint within 30 seconds; the last one stands");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void result(List<EpochRow> history, Path folder) {
        double best =
                history.stream().mapToDouble(r -> r.evaluation().top1()).max().orElse(0);
        EpochRow last = history.getLast();
        if (json) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("run", folder.toString());
            row.put("step", last.step());
            row.put("top1", Double.parseDouble(Main.two(last.evaluation().top1())));
            row.put("best_top1", Double.parseDouble(Main.two(best)));
            out().println(Main.json(row));
        } else {
            out().println("done: top-1 " + Main.two(last.evaluation().top1()) + " %, best " + Main.two(best)
                    + " %; model folder " + folder.resolve("model") + ", report " + folder.resolve("report.html"));
        }
    }
}
