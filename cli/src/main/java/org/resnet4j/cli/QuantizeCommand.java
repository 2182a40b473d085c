package org.resnet4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.dataset.Datasets;
import org.resnet4j.dataset.Part;
import org.resnet4j.engine.Backend;
import org.resnet4j.infer.Calibrator;
import org.resnet4j.infer.ClassMatch;
import org.resnet4j.infer.Evaluation;
import org.resnet4j.infer.Measures;
import org.resnet4j.infer.ModelWriter;
import org.resnet4j.infer.Pretrained;
import org.resnet4j.infer.Scores;
import org.resnet4j.infer.Views;
import org.resnet4j.pass.Precision;
import org.resnet4j.quantize.Method;
import org.resnet4j.quantize.Ranges;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Post-training quantisation: a model folder whose convolutions multiply bytes. */
@Command(
        name = "quantize",
        description = {
            "Writes a model folder that runs in int8: looks at pictures in fp32, then compares both on the same data.",
            "Weights stay as they are; what bytes stand for is in quantization.json."
        },
        footer = {
            "",
            "Examples:",
            "  resnet quantize RUN/model --data DIR --out DIR",
            "  resnet quantize --weights resnet20.th --data DIR --method kl --keep conv1 --out DIR"
        })
final class QuantizeCommand extends Surrounded {
    private static final int WORST = 3;

    @Parameters(index = "0", arity = "0..1", paramLabel = "MODEL", description = "A model folder or a model's name.")
    private @Nullable Path model;

    @Option(names = "--weights", paramLabel = "FILE", description = "Or a file of weights of any program.")
    private @Nullable Path weights;

    @Option(names = "--data", required = true, paramLabel = "DIR", description = "Folder with data, or 'shapes'.")
    @SuppressWarnings("NullAway.Init") // required
    private String data;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "The model folder to be.")
    @SuppressWarnings("NullAway.Init") // required
    private Path to;

    @Option(
            names = "--method",
            defaultValue = "kl",
            paramLabel = "minmax|percentile|kl",
            description = "How a range is found; default ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // has a default
    private String method;

    @Option(
            names = "--percentile",
            defaultValue = "99.99",
            paramLabel = "P",
            description = "Share of the numbers within a range, in percent; default ${DEFAULT-VALUE}.")
    private double percentile;

    @Option(
            names = "--samples",
            defaultValue = "512",
            paramLabel = "N",
            description = "Pictures to look at, of the training part if there is one; default ${DEFAULT-VALUE}.")
    private int samples;

    @Option(
            names = "--keep",
            split = ",",
            paramLabel = "NAME",
            description = "Convolutions to leave in fp32, such as conv1.")
    private List<String> keep = new ArrayList<>();

    @Mixin
    private final ThreadOption threads = new ThreadOption();

    @Mixin
    private final WorkerOption workers = new WorkerOption();

    @Option(names = "--json", description = "One line of JSON.")
    private boolean json;

    QuantizeCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        if (samples < 1) {
            throw new IllegalArgumentException("--samples must be at least 1, found " + samples);
        }
        Backend backend = threads.backend(surroundings);
        Dataset test = Datasets.open(data, Part.TEST);
        try (Pretrained source = source()) {
            Map<String, Double> saturated;
            Ranges ranges;
            try (Calibrator calibrator = Calibrator.open(source, backend)) {
                Set<String> kept = kept(source);
                calibrator.look(seen(), samples, workers.count());
                ranges = calibrator.ranges(Method.of(method), percentile, kept);
                saturated = calibrator.saturation(ranges);
            }
            try (ModelWriter writer = ModelWriter.of(source)) {
                writer.quantize(ranges);
                Map<String, Object> provenance = new LinkedHashMap<>();
                provenance.put("quantized", ranges.how());
                provenance.put("program", new Main.Version().getVersion()[0]);
                writer.write(ModelWriter.Format.FOLDER, to, provenance, false);
            }
            Map<String, Object> row = compare(test, ranges, saturated, backend);
            if (json) {
                out().println(Main.json(row));
            } else {
                print(row, ranges, saturated, Calibrator.convolutions(source).size());
            }
        }
        return 0;
    }

    private Pretrained source() throws IOException {
        Path named = model;
        Path file = weights;
        if (named != null && file == null) {
            return Pretrained.open(ModelCache.of(surroundings).resolve(named));
        }
        if (file != null && named == null) {
            return Pretrained.open(file);
        }
        throw new IllegalArgumentException("name a model, or a file with --weights FILE");
    }

    /** What test pictures are measured on must not have been looked at, where there are others. */
    private Dataset seen() throws IOException {
        try {
            return Datasets.open(data, Part.TRAIN);
        } catch (IOException e) {
            err().println("no training part there (" + e.getMessage() + "): looks at the test part");
            return Datasets.open(data, Part.TEST);
        }
    }

    private Set<String> kept(Pretrained source) {
        Set<String> unknown = new TreeSet<>(keep);
        unknown.removeAll(Calibrator.convolutions(source));
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("--keep names convolutions of "
                    + source.spec().name() + ": " + Calibrator.convolutions(source) + "; found " + unknown);
        }
        return new TreeSet<>(keep);
    }

    /** Both precisions of what was written, on the test part. */
    private Map<String, Object> compare(Dataset test, Ranges ranges, Map<String, Double> saturated, Backend backend)
            throws IOException {
        try (Pretrained quantized = Pretrained.open(to);
                Scores full = scores(quantized, Precision.FP32, test, backend);
                Scores bytes = scores(quantized, Precision.INT8, test, backend)) {
            long agreeing = IntStream.range(0, test.size())
                    .filter(full::readable)
                    .filter(i -> full.answer(i) == bytes.answer(i))
                    .count();
            int[] truth = ClassMatch.of(quantized, test.classNames()).labels(test);
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("model", quantized.spec().name());
            row.put("method", ranges.how());
            row.put("samples", test.size());
            row.put("top1_fp32", percent(Measures.of(full, truth).right1(), test.size()));
            row.put("top1_int8", percent(Measures.of(bytes, truth).right1(), test.size()));
            row.put(
                    "agreement",
                    percent(agreeing, test.size() - full.unreadable().size()));
            row.put(
                    "saturated",
                    saturated.values().stream().mapToDouble(s -> s).average().orElse(0));
            return row;
        }
    }

    private void print(Map<String, Object> row, Ranges ranges, Map<String, Double> saturated, int convolutions) {
        out().printf(
                        Locale.ROOT,
                        "%s, %s; %d convolutions in int8, %d in fp32%n",
                        row.get("model"),
                        ranges.how(),
                        convolutions - ranges.kept().size(),
                        ranges.kept().size());
        out().printf(
                        Locale.ROOT,
                        "top-1 fp32 %s %%, int8 %s %%; the same answer to %s %% of %s pictures%n",
                        row.get("top1_fp32"),
                        row.get("top1_int8"),
                        row.get("agreement"),
                        row.get("samples"));
        out().print("beyond their range, in percent of a value's numbers, most:");
        saturated.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder()))
                .limit(WORST)
                .forEach(e -> out().printf(Locale.ROOT, " %s %.4f", e.getKey(), 100 * e.getValue()));
        out().println();
        out().println(to);
    }

    private static double percent(long part, long of) {
        return Double.parseDouble(Main.percent((double) part / of));
    }

    private Scores scores(Pretrained of, Precision precision, Dataset test, Backend backend) throws IOException {
        Scores scores = Scores.of(test.size(), of.spec().classes());
        int batch = Math.min(test.size(), Evaluation.usualBatch(of.spec().inputSize()));
        try (Evaluation evaluation = Evaluation.open(of, of.spec(), precision, batch, backend)) {
            evaluation.addTo(scores, test, of.preprocessing(), Views.ONE, workers.count(), _ -> {});
            return scores;
        } catch (IOException | RuntimeException | Error e) {
            scores.close();
            throw e;
        }
    }
}
