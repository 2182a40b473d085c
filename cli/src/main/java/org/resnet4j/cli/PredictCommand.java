package org.resnet4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.resnet4j.image.ImageException;
import org.resnet4j.infer.Classifier;
import org.resnet4j.infer.ModelFolder;
import org.resnet4j.infer.Prediction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Names what is in pictures. */
@Command(
        name = "predict",
        description = "Classifies pictures; a picture that cannot be read is reported and the others are done.",
        footer = {
            "",
            "Examples:",
            "  resnet predict RUN/model photo.jpg",
            "  resnet predict RUN/model DIR --topk 3 --json"
        })
final class PredictCommand extends Surrounded {
    @Parameters(index = "0", paramLabel = "MODEL", description = "A model folder, or a run that has one.")
    @SuppressWarnings("NullAway.Init") // required
    private Path model;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "FILE", description = "Pictures, or folders of them.")
    @SuppressWarnings("NullAway.Init") // required
    private List<Path> files;

    @Option(
            names = "--topk",
            defaultValue = "5",
            paramLabel = "K",
            description = "Classes to print; default ${DEFAULT-VALUE}.")
    private int top;

    @Option(
            names = "--threads",
            defaultValue = "0",
            paramLabel = "N",
            description = "OpenMP threads; default: one a processor.")
    private int threads;

    @Option(names = "--json", description = "A line of JSON a picture.")
    private boolean json;

    PredictCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        Path folder = ModelFolder.is(model) ? model : model.resolve("model");
        int failed = 0;
        try (Classifier classifier =
                Classifier.open(ModelFolder.is(folder) ? folder : model, surroundings.backend(threads))) {
            for (Path file : expanded()) {
                try {
                    print(file, classifier.classify(file, top));
                } catch (ImageException e) {
                    err().println("resnet: " + e.getMessage());
                    failed++;
                }
            }
        }
        return failed == 0 ? 0 : Main.BAD_INPUT;
    }

    private List<Path> expanded() throws IOException {
        List<Path> all = new ArrayList<>();
        for (Path file : files) {
            if (Files.isDirectory(file)) {
                try (Stream<Path> entries = Files.list(file)) {
                    entries.filter(Files::isRegularFile).sorted().forEach(all::add);
                }
            } else {
                all.add(file);
            }
        }
        return all;
    }

    private void print(Path file, List<Prediction> predictions) {
        if (json) {
            List<Map<String, Object>> rows = new ArrayList<>();
            for (Prediction p : predictions) {
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("index", (long) p.index());
                row.put("label", p.name());
                row.put("prob", p.probability());
                rows.add(row);
            }
            out().println(Main.json(Map.of("filename", file.toString(), "top", rows)));
            return;
        }
        out().println(file);
        for (Prediction p : predictions) {
            out().printf(Locale.ROOT, "  %6.2f %%  %s%n", 100 * p.probability(), p.name());
        }
    }
}
