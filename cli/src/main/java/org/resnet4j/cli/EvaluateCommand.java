package org.resnet4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.checkpoint.AtomicFile;
import org.resnet4j.dataset.ClassOrder;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.dataset.Datasets;
import org.resnet4j.dataset.FolderOptions;
import org.resnet4j.dataset.Part;
import org.resnet4j.engine.Backend;
import org.resnet4j.image.ExifOrientation;
import org.resnet4j.image.ReadOptions;
import org.resnet4j.infer.ClassMatch;
import org.resnet4j.infer.Evaluation;
import org.resnet4j.infer.Measures;
import org.resnet4j.infer.Preprocessing;
import org.resnet4j.infer.Pretrained;
import org.resnet4j.infer.Scores;
import org.resnet4j.infer.Views;
import org.resnet4j.infer.WholeEvaluation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures models on a data set. */
@Command(
        name = "evaluate",
        description = "Measures a model, or the average of several, on a data set's test part.",
        footer = {
            "",
            "Examples:",
            "  resnet evaluate RUN --data shapes",
            "  resnet evaluate RUN/model --data DIR --report report.html",
            "  resnet evaluate --weights resnet20.th --data DIR --json",
            "  resnet evaluate RUN --weights best --weights last --data DIR --tta flip",
            "",
            "Exit codes: 0 done, 3 done, but pictures could not be read; they count as wrong."
        })
final class EvaluateCommand extends Surrounded {
    @Mixin
    @SuppressWarnings("NullAway.Init") // set by the parser
    private ModelSources models;

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by the parser
    private ViewOptions view;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR",
            description = "Class folders, pictures named by WordNet id, CIFAR or IDX files; or 'shapes'.")
    @SuppressWarnings("NullAway.Init") // required
    private String data;

    @Option(
            names = "--labels",
            paramLabel = "FILE",
            description = "CSV of file name and class, or number of the output.")
    private @Nullable Path labels;

    @Option(
            names = "--class-order",
            defaultValue = "code-point",
            paramLabel = "code-point|natural",
            description = "Of class folders; natural is timm's. Default ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // has a default
    private String classOrder;

    @Option(
            names = "--exif",
            defaultValue = "ignore",
            paramLabel = "obey|ignore",
            description = "What is done with the orientation in EXIF data; default ${DEFAULT-VALUE}, as torchvision.")
    @SuppressWarnings("NullAway.Init") // has a default
    private ExifOrientation exif;

    @Option(names = "--train-part", description = "Measure on the training part instead.")
    private boolean trainPart;

    @Option(
            names = {"-b", "--batch-size", "--batch"},
            converter = BatchSize.class,
            paramLabel = "N",
            description =
                    "Views in a batch; default 100 of small pictures, 16 of large ones. Of whole pictures: one's.")
    private @Nullable Integer batch;

    @Mixin
    private final ThreadOption threads = new ThreadOption();

    @Mixin
    private final WorkerOption workers = new WorkerOption();

    @Option(names = "--per-class", description = "Print each class's accuracy, too.")
    private boolean perClass;

    @Option(names = "--json", description = "One line of JSON with timm's names.")
    private boolean json;

    @Option(names = "--results-file", paramLabel = "FILE", description = "Writes a CSV file with timm's columns.")
    private @Nullable Path results;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = "Writes an HTML page with charts and the worst mistakes.")
    private @Nullable Path report;

    @Mixin
    private final PrecisionOption precision = new PrecisionOption();

    EvaluateCommand(Surroundings surroundings) {
        super(surroundings);
    }

    /** Which networks answered, and to which classes. */
    private record Outcome(List<EvaluationText.Member> members, ClassMatch match) {}

    @Override
    public Integer call() throws IOException {
        Dataset set = Datasets.open(
                data,
                trainPart ? Part.TRAIN : Part.TEST,
                new FolderOptions(order(), ReadOptions.DEFAULT.withOrientation(exif), labels));
        List<ModelSources.Source> sources = models.sources(ModelCache.of(surroundings));
        int outputs;
        try (Pretrained first = sources.getFirst().open()) {
            match(first, set); // before there is memory for scores
            outputs = first.spec().classes();
        }
        try (Scores scores = Scores.of(set.size(), outputs)) {
            Outcome outcome = run(sources, set, scores);
            int[] truth = outcome.match().labels(set);
            Measures measures = Measures.of(scores, truth);
            scores.unreadable().values().forEach(reason -> err().println("resnet: counted as wrong: " + reason));
            EvaluationText text = new EvaluationText(
                    set.description(),
                    view.words(),
                    view.whole(),
                    outcome.members(),
                    measures,
                    outcome.match().names());
            (json ? List.of(Main.json(text.json(perClass))) : text.lines(perClass)).forEach(out()::println);
            if (results != null) {
                AtomicFile.writeText(results, text.csv());
            }
            if (report != null) {
                new EvaluationReport(text, set, scores, truth).write(report);
            }
            return measures.unreadable() == 0 ? 0 : Main.BAD_INPUT;
        }
    }

    private ClassOrder order() {
        return switch (classOrder) {
            case "code-point" -> ClassOrder.CODE_POINT;
            case "natural" -> ClassOrder.NATURAL;
            default ->
                throw new IllegalArgumentException("--class-order must be code-point or natural, found " + classOrder);
        };
    }

    private ClassMatch match(Pretrained model, Dataset set) throws IOException {
        boolean numbers = labels != null
                && set.classNames().stream().allMatch(n -> n.chars().allMatch(c -> c >= '0' && c <= '9'));
        return numbers ? ClassMatch.byNumber(model, set.classNames()) : ClassMatch.of(model, set.classNames());
    }

    /** Every model in turn, on every size. */
    private Outcome run(List<ModelSources.Source> sources, Dataset set, Scores scores) throws IOException {
        List<EvaluationText.Member> members = new ArrayList<>();
        ClassMatch matched = null;
        EvaluationProgress progress = null;
        Backend backend = threads.backend(surroundings);
        for (ModelSources.Source source : sources) {
            try (Pretrained model = source.open()) {
                ClassMatch match = match(model, set);
                model.notes().forEach((json ? err() : out())::println);
                match.notes().forEach((json ? err() : out())::println);
                if (model.spec().classes() != scores.classes()
                        || (matched != null && !matched.logits().equals(match.logits()))) {
                    throw new IllegalArgumentException(model.spec().name() + " answers with other classes than "
                            + members.getFirst().spec().name() + "; only the same can be averaged");
                }
                List<Preprocessing> passes = view.passes(model.preprocessing());
                if (progress == null) {
                    progress = new EvaluationProgress(
                            err(), surroundings.terminal() && !json, set.size(), sources.size() * passes.size());
                }
                for (Preprocessing pass : passes) {
                    pass(model, pass, set, scores, backend, progress);
                }
                matched = match;
                members.add(new EvaluationText.Member(model.spec(), passes));
            }
        }
        if (matched == null) {
            throw new IllegalStateException("no model");
        }
        return new Outcome(members, matched);
    }

    private void pass(
            Pretrained model,
            Preprocessing preprocessing,
            Dataset set,
            Scores scores,
            Backend backend,
            EvaluationProgress progress)
            throws IOException {
        Views views = view.views();
        if (view.whole()) {
            try (WholeEvaluation evaluation = WholeEvaluation.of(model, precision.of(model), backend)) {
                evaluation.addTo(scores, set, preprocessing.transform(), views, workers.count(), progress);
                progress.passEnded();
            }
            return;
        }
        int side = preprocessing.transform().crop();
        int asked = batch != null ? batch : Evaluation.usualBatch(side);
        int size = (int) Math.min(asked, (long) set.size() * views.count());
        try (Evaluation evaluation =
                Evaluation.open(model, model.spec().withInputSize(side), precision.of(model), size, backend)) {
            evaluation.addTo(scores, set, preprocessing, views, workers.count(), progress);
            progress.passEnded();
        }
    }
}
