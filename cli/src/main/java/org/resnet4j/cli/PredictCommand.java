package org.resnet4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.infer.Classifier;
import org.resnet4j.infer.PictureSource;
import org.resnet4j.infer.Prediction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Names what is in pictures. */
@Command(
        name = "predict",
        description = "Classifies pictures; a picture that cannot be read is reported and the others are done.",
        footer = {
            "",
            "Examples:",
            "  resnet predict RUN/model photo.jpg",
            "  resnet predict resnet50 --weights resnet50.pth photo.jpg --topk 3",
            "  resnet predict RUN/model DIR 'photos/*.jpg' --results-format csv --out answers.csv",
            "  find photos -name '*.jpg' | resnet predict timm_folder @- --json",
            "  resnet predict RUN/model - < photo.jpg",
            "",
            "Exit codes: 0 done, 1 some pictures could not be read, 3 none could."
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

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by the parser
    private PictureOptions pictures;

    @Mixin
    private final PrecisionOption precision = new PrecisionOption();

    @Option(
            names = {"--topk", "--top"},
            defaultValue = "5",
            paramLabel = "K",
            description = "Classes to print; default ${DEFAULT-VALUE}.")
    private int top;

    @Option(
            names = "--results-format",
            defaultValue = "text",
            paramLabel = "text|csv|json",
            description = "A block, rows or a line of JSON a picture; default ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // has a default
    private Format format;

    @Option(names = "--json", description = "The same as --results-format json.")
    private boolean json;

    @Option(
            names = {"--out", "--results-file"},
            paramLabel = "FILE",
            description = "Where answers go; default: standard output.")
    private @Nullable Path file;

    PredictCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        if (top < 1) {
            throw new IllegalArgumentException("--topk must be at least 1, found " + top);
        }
        List<PictureSource> sources = pictures.sources(surroundings.input());
        try (Classifier classifier = pictures.classifier(surroundings, precision)) {
            classifier.model().notes().forEach(err()::println);
            int[] code = {0};
            Results.write(file, out(), text -> {
                if (format() == Format.CSV) {
                    text.write("filename,rank,index,label,prob\n");
                }
                code[0] = PictureRun.of(
                        classifier,
                        sources,
                        err(),
                        file != null && surroundings.terminal(),
                        (name, answer) -> text.write(lines(name, answer.predictions(top))));
            });
            return code[0];
        }
    }

    private Format format() {
        return json ? Format.JSON : format;
    }

    private String lines(String name, List<Prediction> predictions) {
        StringBuilder text = new StringBuilder();
        switch (format()) {
            case TEXT -> {
                text.append(name).append('\n');
                for (Prediction p : predictions) {
                    text.append(String.format(Locale.ROOT, "  %6.2f %%  %s\n", 100 * p.probability(), p.name()));
                }
            }
            case CSV -> {
                int rank = 0;
                for (Prediction p : predictions) {
                    text.append(Results.quoted(name))
                            .append(',')
                            .append(++rank)
                            .append(',')
                            .append(p.index())
                            .append(',')
                            .append(Results.quoted(p.name()))
                            .append(String.format(Locale.ROOT, ",%.6f\n", p.probability()));
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
                line.put("filename", name);
                line.put("top", rows);
                text.append(Main.json(line)).append('\n');
            }
        }
        return text.toString();
    }
}
