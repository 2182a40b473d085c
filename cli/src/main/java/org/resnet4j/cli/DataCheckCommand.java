package org.resnet4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.resnet4j.datacheck.DataCheck;
import org.resnet4j.datacheck.Finding;
import org.resnet4j.dataset.ClassOrder;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.dataset.Datasets;
import org.resnet4j.dataset.FolderOptions;
import org.resnet4j.image.ReadOptions;
import org.resnet4j.infer.Pretrained;
import org.resnet4j.zoo.Models;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Opens every sample of a data set. */
@Command(
        name = "check",
        description =
                "Opens every sample and tells what spoils a training: damaged files, copies, leaks between the parts, pictures"
                        + " that look alike, odd colours, classes that are missing, empty or very different in size, unusual"
                        + " files. Nothing is changed.",
        footer = {
            "",
            "Examples:",
            "  resnet data check DIR",
            "  resnet data check DIR --model resnet50 --report check.html",
            "  resnet data check DIR --ignore colours,small --json",
            "",
            "Pictures look alike if hashes of their brightness are nearly the same: found are copies that were resized, coded",
            "again or made a little brighter; not found are parts, mirror images and rotations.",
            "",
            "Exit codes: 0 nothing was found, 1 findings, 3 no data."
        })
final class DataCheckCommand extends Surrounded {
    @Parameters(
            index = "0",
            paramLabel = "DIR",
            description = "Class folders, with train/ and val/ or without, CIFAR or IDX files; or 'shapes'.")
    @SuppressWarnings("NullAway.Init") // required
    private String where;

    @Option(
            names = {"--model", "--from"},
            paramLabel = "MODEL",
            description = "Look for pictures that are smaller than this network's input.")
    private @Nullable String model;

    @Option(names = "--labels", paramLabel = "FILE", description = "CSV of file name and class.")
    private @Nullable Path labels;

    @Option(
            names = "--ignore",
            split = ",",
            paramLabel = "KIND",
            description = "Kinds that are no findings here: leak, near-duplicate, colours, small, ...")
    private @Nullable List<String> ignored;

    @Option(
            names = {"-j", "--workers"},
            defaultValue = "0",
            paramLabel = "N",
            description = "Threads that open pictures; default: one a processor.")
    private int workers;

    @Option(names = "--json", description = "One line of JSON with every finding.")
    private boolean json;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = "Writes an HTML page with the pictures of the findings.")
    private @Nullable Path report;

    DataCheckCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        Set<Finding.Kind> without = kinds();
        int size = model == null ? 0 : inputSize(model);
        int threads = workers == 0 ? Runtime.getRuntime().availableProcessors() : workers;
        Map<String, Dataset> parts =
                Datasets.parts(where, new FolderOptions(ClassOrder.CODE_POINT, ReadOptions.DEFAULT, labels));
        int samples = parts.values().stream().mapToInt(Dataset::size).sum();
        EvaluationProgress progress = new EvaluationProgress(err(), surroundings.terminal() && !json, samples, 1);
        DataCheck check;
        try {
            check = DataCheck.of(parts, new DataCheck.Options(threads, size), (done, _) -> progress.done(done))
                    .without(without);
        } finally {
            progress.clear();
        }
        DataCheckText text = new DataCheckText(check, size);
        (json ? List.of(Main.json(text.json())) : text.lines()).forEach(out()::println);
        if (report != null) {
            new DataCheckReport(check, parts, text).write(report);
        }
        return check.findings().isEmpty() ? 0 : Main.FAILED;
    }

    private Set<Finding.Kind> kinds() {
        Set<Finding.Kind> kinds = EnumSet.noneOf(Finding.Kind.class);
        if (ignored != null) {
            ignored.forEach(word -> kinds.add(ModelOptions.constant("--ignore", word, List.of(Finding.Kind.values()))));
        }
        return kinds;
    }

    /** Of a network by name, or of a model with weights. */
    private int inputSize(String name) throws IOException {
        Path place = ModelCache.of(surroundings).resolve(Path.of(name));
        if (!Files.exists(place)) {
            return Models.byName(name).inputSize();
        }
        try (Pretrained pretrained = Pretrained.open(place)) {
            return pretrained.preprocessing().transform().crop();
        }
    }
}
