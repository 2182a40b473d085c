package org.resnet4j.cli;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.checkpoint.AtomicFile;
import org.resnet4j.infer.Classifier;
import org.resnet4j.infer.PictureSource;
import org.resnet4j.npy.Npy;
import org.resnet4j.safetensors.Safetensors;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.weights.NamedTensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Pictures as points: what a network's last layer is given. */
@Command(
        name = "embed",
        description = {
            "Writes an embedding of each picture: what the network's last layer is given, such as 2048 means of ResNet-50.",
            "A picture that cannot be read is reported and has no row; the others are done."
        },
        footer = {
            "",
            "Examples:",
            "  resnet embed resnet50.pth photos --out photos.npy",
            "  resnet embed RUN 'photos/*.jpg' > embeddings.csv",
            "  find photos -name '*.jpg' | resnet embed timm_folder @- --out embeddings.jsonl",
            "",
            ".npy and .safetensors (tensor 'embeddings') have a row a picture and beside them FILE.txt with the names;",
            ".csv and .jsonl have the names in them. Exit codes: 0 done, 1 some pictures could not be read, 3 none could."
        })
final class EmbedCommand extends Surrounded {
    @Mixin
    @SuppressWarnings("NullAway.Init") // set by the parser
    private PictureOptions pictures;

    @Mixin
    private final PrecisionOption precision = new PrecisionOption();

    @Option(
            names = {"--out", "--results-file"},
            paramLabel = "FILE",
            description = ".npy, .safetensors, .csv or .jsonl; default: CSV on standard output.")
    private @Nullable Path file;

    EmbedCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        String name = file == null ? ".csv" : file.toString().toLowerCase(Locale.ROOT);
        String ending = name.substring(Math.max(0, name.lastIndexOf('.')));
        if (!List.of(".npy", ".safetensors", ".csv", ".jsonl").contains(ending)) {
            throw new IllegalArgumentException("--out must end in .npy, .safetensors, .csv or .jsonl, found " + file);
        }
        List<PictureSource> sources = pictures.sources(surroundings.input());
        try (Classifier classifier = pictures.classifier(surroundings, precision)) {
            classifier.model().notes().forEach(err()::println);
            return switch (ending) {
                case ".csv" -> text(classifier, sources, EmbedCommand::csv);
                case ".jsonl" -> text(classifier, sources, EmbedCommand::json);
                default -> tensor(classifier, sources, file == null ? Path.of("") : file, ending.equals(".npy"));
            };
        }
    }

    /** Writes a row. */
    private interface Row {
        /** The lines for a picture; the first is written too where it is the first picture. */
        String of(String name, float[] embedding, boolean first);
    }

    private int text(Classifier classifier, List<PictureSource> sources, Row row) throws IOException {
        int[] code = {0};
        Results.write(file, out(), text -> {
            boolean[] first = {true};
            code[0] = run(classifier, sources, (name, embedding) -> {
                text.write(row.of(name, embedding, first[0]));
                first[0] = false;
            });
        });
        return code[0];
    }

    private static String csv(String name, float[] embedding, boolean first) {
        StringBuilder line = new StringBuilder();
        if (first) {
            line.append("filename");
            for (int i = 0; i < embedding.length; i++) {
                line.append(',').append(i);
            }
            line.append('\n');
        }
        line.append(Results.quoted(name));
        for (float v : embedding) {
            line.append(',').append(v);
        }
        return line.append('\n').toString();
    }

    private static String json(String name, float[] embedding, boolean first) {
        List<Double> numbers = new ArrayList<>();
        for (float v : embedding) {
            numbers.add(Double.parseDouble(Float.toString(v))); // as short as the float is
        }
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("filename", name);
        line.put("embedding", numbers);
        return Main.json(line) + "\n";
    }

    /** Takes a row. */
    private interface Taker {
        /** The embedding of a picture that could be read. */
        void take(String name, float[] embedding) throws IOException;
    }

    private int run(Classifier classifier, List<PictureSource> sources, Taker taker) throws IOException {
        boolean shown = file != null && surroundings.terminal();
        return PictureRun.of(classifier, sources, err(), shown, (name, answer) -> taker.take(name, answer.embedding()));
    }

    private int tensor(Classifier classifier, List<PictureSource> sources, Path to, boolean npy) throws IOException {
        List<String> names = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            int width = classifier.embeddingSize();
            MemorySegment rows =
                    arena.allocate(TensorType.f32(sources.size(), width).bytes(), Float.BYTES);
            int code = run(classifier, sources, (name, embedding) -> {
                long at = Math.multiplyExact((long) names.size(), (long) width * Float.BYTES);
                MemorySegment.copy(embedding, 0, rows, ValueLayout.JAVA_FLOAT, at, width);
                names.add(name);
            });
            if (names.isEmpty()) {
                return code;
            }
            TensorType type = TensorType.f32(names.size(), width);
            NamedTensor tensor = new NamedTensor("embeddings", type, rows.asSlice(0, type.bytes()));
            AtomicFile.writeText(Path.of(to + ".txt"), String.join("\n", names) + "\n");
            if (npy) {
                Npy.write(to, tensor);
            } else {
                Safetensors.write(to, List.of(tensor), Map.of());
            }
            return code;
        }
    }
}
