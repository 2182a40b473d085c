package org.resnet4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.dataset.Datasets;
import org.resnet4j.dataset.Part;
import org.resnet4j.infer.Evaluation;
import org.resnet4j.infer.ModelFolder;
import org.resnet4j.infer.Pretrained;
import org.resnet4j.metric.Metrics;
import org.resnet4j.resnet.ResNetSpec.Stride;
import org.resnet4j.resnet.ResNetSpec.ZeroPad;
import org.resnet4j.trainer.RunRecord;
import org.resnet4j.trainer.TrainOptions;
import org.resnet4j.zoo.Models;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures a model folder, or the model of a run, on a data set. */
@Command(
        name = "evaluate",
        description = "Measures a model on a data set's test part.",
        footer = {
            "",
            "Examples:",
            "  resnet evaluate RUN --data shapes",
            "  resnet evaluate RUN/model --data DIR --json",
            "  resnet evaluate --weights resnet20.th --data DIR"
        })
final class EvaluateCommand extends Surrounded {
    private static final int BATCH = 100;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "FOLDER",
            description = "A run or a model folder; timm's and transformers' too.")
    private @Nullable Path folder;

    @Option(names = "--data", required = true, paramLabel = "DIR", description = "Folder with data, or 'shapes'.")
    @SuppressWarnings("NullAway.Init") // required
    private String data;

    @Option(
            names = "--weights",
            paramLabel = "best|last|FILE",
            description = "Of a run, default last; or without a folder a file: safetensors, .pth, tfjs.")
    private @Nullable String weights;

    @Option(names = "--model", paramLabel = "MODEL", description = "Network of a file; default: found out.")
    private @Nullable String network;

    @Option(names = "--stride", paramLabel = "v1|v1.5", description = "Where names and shapes do not tell.")
    private @Nullable String stride;

    @Option(names = "--pad", paramLabel = "append|split", description = "Where names and shapes do not tell.")
    private @Nullable String pad;

    @Option(names = "--plain", description = "The file's network has no shortcuts.")
    private boolean plain;

    @Option(names = "--train-part", description = "Measure on the training part instead.")
    private boolean trainPart;

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
            description = "Loader threads.")
    private int workers;

    @Option(names = "--json", description = "One line of JSON.")
    private boolean json;

    EvaluateCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        Dataset set = Datasets.open(data, trainPart ? Part.TRAIN : Part.TEST);
        Metrics metrics;
        String name;
        try (Pretrained model = model()) {
            (json ? err() : out()).print(lines(model.notes()));
            requireSameClasses(model, set);
            name = model.spec().name();
            try (Evaluation evaluator = Evaluation.open(model.spec(), BATCH, surroundings.backend(threads))) {
                model.fill(evaluator.parameters());
                evaluator.parametersChanged();
                metrics = evaluator.evaluate(set, model.preprocessing(), workers);
            }
        }
        if (json) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("model", name);
            row.put("samples", metrics.samples());
            row.put("top1", Double.parseDouble(Main.two(metrics.top1())));
            row.put("top1_err", Double.parseDouble(Main.percent(metrics.top1Error())));
            row.put("top5", Double.parseDouble(Main.two(metrics.top5())));
            row.put("top5_err", Double.parseDouble(Main.percent(metrics.top5Error())));
            row.put("loss", metrics.loss());
            out().println(Main.json(row));
        } else {
            out().println(set.description() + ", " + metrics.samples() + " samples");
            out().printf(
                            Locale.ROOT,
                            "top-1 %s %%  top-5 %s %%  loss %.4f%n",
                            Main.two(metrics.top1()),
                            Main.two(metrics.top5()),
                            metrics.loss());
        }
        return 0;
    }

    private static String lines(List<String> notes) {
        return notes.stream().map(n -> n + System.lineSeparator()).collect(Collectors.joining());
    }

    private static void requireSameClasses(Pretrained model, Dataset set) throws IOException {
        boolean same = model.namesClasses()
                ? model.classNames().equals(set.classNames())
                : model.spec().classes() == set.classNames().size();
        if (!same) {
            throw new IOException(model.spec().name() + ": the model's classes are " + model.classNames()
                    + ", the data has " + set.classNames() + "; the order counts");
        }
    }

    /** The folder's own model, what a run's options say with the run's weights, or a file's. */
    private Pretrained model() throws IOException {
        if (folder == null) {
            if (weights == null) {
                throw new IllegalArgumentException("name a run, a model folder, or a file with --weights FILE");
            }
            return Pretrained.open(Path.of(weights), choice());
        }
        if (Files.isRegularFile(folder.resolve("config.json"))) {
            return Pretrained.open(folder, choice());
        }
        String which = weights == null ? "last" : weights;
        if (!which.equals("best") && !which.equals("last")) {
            throw new IllegalArgumentException("--weights must be best or last of a run, found " + which);
        }
        TrainOptions options = RunRecord.read(folder).options();
        Job job = Job.of(options.model(), options.inputs(), options.seed());
        return Pretrained.of(new ModelFolder(
                job.spec(),
                job.data().train().classNames(),
                job.data().normalization(),
                folder.resolve(which + ".safetensors")));
    }

    private Pretrained.Choice choice() {
        return new Pretrained.Choice(
                network == null ? null : Models.byName(network),
                stride == null ? null : ModelOptions.constant("--stride", stride, List.of(Stride.values())),
                pad == null ? null : ModelOptions.constant("--pad", pad, List.of(ZeroPad.values())),
                plain);
    }
}
