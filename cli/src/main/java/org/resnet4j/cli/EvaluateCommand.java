package org.resnet4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.dataset.Datasets;
import org.resnet4j.dataset.Part;
import org.resnet4j.infer.Classifier;
import org.resnet4j.infer.Evaluation;
import org.resnet4j.infer.ModelFolder;
import org.resnet4j.metric.Metrics;
import org.resnet4j.safetensors.Safetensors;
import org.resnet4j.trainer.RunRecord;
import org.resnet4j.trainer.TrainOptions;
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
            "  resnet evaluate RUN/model --data DIR --json"
        })
final class EvaluateCommand extends Surrounded {
    private static final int BATCH = 100;

    @Parameters(index = "0", paramLabel = "FOLDER", description = "A run or a model folder.")
    @SuppressWarnings("NullAway.Init") // required
    private Path folder;

    @Option(names = "--data", required = true, paramLabel = "DIR", description = "Folder with data, or 'shapes'.")
    @SuppressWarnings("NullAway.Init") // required
    private String data;

    @Option(
            names = "--weights",
            paramLabel = "best|last",
            defaultValue = "last",
            description = "Of a run; default ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // has a default
    private String weights;

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
        ModelFolder model = model();
        if (!model.classNames().equals(set.classNames())) {
            throw new IOException(folder + ": the model's classes are " + model.classNames() + ", the data has "
                    + set.classNames() + "; the order counts");
        }
        Metrics metrics;
        try (Evaluation evaluator = Evaluation.open(model.spec(), BATCH, surroundings.backend(threads));
                Safetensors file = Safetensors.read(model.weights())) {
            Classifier.load(evaluator.parameters(), file, model.weights());
            evaluator.parametersChanged();
            metrics = evaluator.evaluate(set, model.normalization(), workers);
        }
        if (json) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("model", model.spec().name());
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

    /** The folder's own model, or what a run's options say with the run's weights. */
    private ModelFolder model() throws IOException {
        if (ModelFolder.is(folder)) {
            return ModelFolder.open(folder);
        }
        if (!weights.equals("best") && !weights.equals("last")) {
            throw new IllegalArgumentException("--weights must be best or last, found " + weights);
        }
        TrainOptions options = RunRecord.read(folder).options();
        Job job = Job.of(options.model(), options.inputs(), options.seed());
        return new ModelFolder(
                job.spec(),
                job.data().train().classNames(),
                job.data().normalization(),
                folder.resolve(weights + ".safetensors"));
    }
}
