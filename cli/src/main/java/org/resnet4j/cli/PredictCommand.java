package org.resnet4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.resnet4j.image.ExifOrientation;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImageException;
import org.resnet4j.image.ImageFile;
import org.resnet4j.image.ReadOptions;
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
            "  resnet predict RUN/model DIR 'photos/*.jpg' --topk 3 --results-format csv",
            "  resnet predict RUN/model - --json < photo.jpg"
        })
final class PredictCommand extends Surrounded {
    /** How answers are printed. */
    enum Format {
        /** Lines for people. */
        TEXT,
        /** A row an answer, under a header. */
        CSV,
        /** A line of JSON a picture. */
        JSON
    }

    @Parameters(index = "0", paramLabel = "MODEL", description = "A model folder, or a run that has one.")
    @SuppressWarnings("NullAway.Init") // required
    private Path model;

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "PICTURE",
            description = "Files, folders (with all below), quoted globs, or - for one picture on standard input.")
    @SuppressWarnings("NullAway.Init") // required
    private List<String> pictures;

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

    @Option(
            names = "--results-format",
            defaultValue = "text",
            paramLabel = "text|csv|json",
            description = "A block, rows or a line of JSON a picture; default ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // has a default
    private Format format;

    @Option(
            names = "--exif",
            defaultValue = "obey",
            paramLabel = "obey|ignore",
            description = "What is done with the orientation in EXIF data; default ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // has a default
    private ExifOrientation exif;

    @Option(names = "--json", description = "The same as --results-format json.")
    private boolean json;

    PredictCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        if (top < 1) {
            throw new IllegalArgumentException("--topk must be at least 1, found " + top);
        }
        List<Path> files = new ArrayList<>();
        for (String argument : pictures) {
            files.addAll(Pictures.named(argument));
        }
        Path known = ModelCache.of(surroundings).resolve(model);
        Path inner = known.resolve("model");
        int failed = 0;
        try (Classifier classifier =
                Classifier.open(ModelFolder.is(inner) ? inner : known, surroundings.backend(threads))) {
            if (format() == Format.CSV) {
                out().println("filename,rank,index,label,prob");
            }
            for (Path file : files) {
                try {
                    print(file.toString(), classifier.classify(read(file), top));
                } catch (ImageException e) {
                    err().println("resnet: " + e.getMessage());
                    failed++;
                }
            }
        }
        return failed == 0 ? 0 : Main.BAD_INPUT;
    }

    private Format format() {
        return json ? Format.JSON : format;
    }

    private Image read(Path file) throws ImageException {
        ReadOptions options = ReadOptions.DEFAULT.withOrientation(exif);
        return file.toString().equals(Pictures.INPUT)
                ? ImageFile.read(surroundings.input(), "standard input", options)
                : ImageFile.read(file, options);
    }

    private void print(String file, List<Prediction> predictions) {
        switch (format()) {
            case TEXT -> {
                out().println(file);
                for (Prediction p : predictions) {
                    out().printf(Locale.ROOT, "  %6.2f %%  %s%n", 100 * p.probability(), p.name());
                }
            }
            case CSV -> {
                int rank = 0;
                for (Prediction p : predictions) {
                    out().println(String.join(
                            ",",
                            quoted(file),
                            Integer.toString(++rank),
                            Integer.toString(p.index()),
                            quoted(p.name()),
                            String.format(Locale.ROOT, "%.6f", p.probability())));
                }
            }
            case JSON -> {
                List<Map<String, Object>> rows = new ArrayList<>();
                for (Prediction p : predictions) {
                    Map<String, Object> row = new LinkedHashMap<>();
                    row.put("index", (long) p.index());
                    row.put("label", p.name());
                    row.put("prob", p.probability());
                    rows.add(row);
                }
                Map<String, Object> line = new LinkedHashMap<>();
                line.put("filename", file);
                line.put("top", rows);
                out().println(Main.json(line));
            }
        }
    }

    /** A field as RFC 4180 has it. */
    private static String quoted(String field) {
        return field.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r')
                ? '"' + field.replace("\"", "\"\"") + '"'
                : field;
    }
}
