package org.resnet4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.infer.ModelFolder;
import org.resnet4j.infer.ModelWriter;
import org.resnet4j.infer.Pretrained;
import org.resnet4j.json.Json;
import org.resnet4j.json.JsonException;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.Zoo;
import org.resnet4j.zoo.ZooEntry;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Fetches, imports, exports and lists trained models. */
@Command(
        name = "model",
        mixinStandardHelpOptions = true,
        description = "Fetches, imports, exports and lists trained models.",
        subcommands = {
            ModelCommand.Get.class,
            ModelCommand.Import.class,
            ModelCommand.Export.class,
            ModelCommand.Listing.class,
            HelpCommand.class
        },
        footer = {
            "",
            "Examples:",
            "  resnet model get " + Zoo.KERAS_RESNET50,
            "  resnet model import resnet18.pth --name mine",
            "  resnet model export mine --format onnx --out mine.onnx",
            "  resnet model list"
        })
final class ModelCommand {
    /** Fetches a model by name. */
    @Command(
            name = "get",
            description =
                    "Fetches trained weights and makes a model folder of them; every file is held to its published hash.",
            footer = {
                "",
                "Examples:",
                "  resnet model get " + Zoo.KERAS_RESNET50,
                "  resnet model get hf:timm/resnet50.a1_in1k",
                "  resnet model get hf:OWNER/REPO@REVISION --base-url https://mirror.example"
            })
    static final class Get extends Surrounded {
        @Parameters(
                index = "0",
                paramLabel = "NAME",
                description = "A name of 'model list', or a folder of the Hugging Face hub: hf:OWNER/REPO[@REVISION].")
        @SuppressWarnings("NullAway.Init") // required
        private String name;

        @Option(
                names = "--base-url",
                paramLabel = "URL",
                description = "Where the archive or the hub lies; default: the official one.")
        private @Nullable String base;

        Get(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        public Integer call() throws IOException {
            Path folder = new ModelFetch(ModelCache.of(surroundings), base, message -> {
                        err().println(message);
                        err().flush();
                    })
                    .get(name);
            err().println("classify with: resnet predict " + name + " PICTURE");
            out().println(folder);
            return 0;
        }
    }

    /** Makes a model folder of a file. */
    @Command(
            name = "import",
            description =
                    "Makes a model folder of weights of any program: safetensors, PyTorch, TensorFlow.js; folders of timm and transformers.",
            footer = {
                "",
                "Examples:",
                "  resnet model import resnet18.pth --name mine",
                "  resnet model import resnet50.safetensors --num-classes 10 --out RUN/start"
            })
    static final class Import extends Surrounded {
        @Parameters(index = "0", paramLabel = "FILE|FOLDER", description = "The weights.")
        @SuppressWarnings("NullAway.Init") // required
        private Path from;

        @Option(names = "--name", paramLabel = "NAME", description = "Of the model; default: the file's.")
        private @Nullable String name;

        @Option(
                names = "--out",
                paramLabel = "DIR",
                description = "The folder to be; default: in this program's cache.")
        private @Nullable Path to;

        @Option(names = "--num-classes", paramLabel = "N", description = "A new last layer for N classes.")
        private @Nullable Integer classes;

        @Option(
                names = "--seed",
                defaultValue = "0",
                paramLabel = "N",
                description = "Of the new layer's numbers; default ${DEFAULT-VALUE}.")
        private long seed;

        @Option(names = "--model", paramLabel = "MODEL", description = "The network; default: found out.")
        private @Nullable String network;

        @Mixin
        private final StructureOptions structure = new StructureOptions();

        Import(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        public Integer call() throws IOException {
            if (classes != null && classes < 1) {
                throw new IllegalArgumentException("--num-classes must be at least 1, found " + classes);
            }
            String file = String.valueOf(from.toAbsolutePath().normalize().getFileName());
            String named = name == null ? file.replaceFirst("\\.(safetensors|pth|pt|th|bin|tar)$", "") : name;
            Path out = to == null ? ModelCache.of(surroundings).requirePlace(named) : to;
            Pretrained.Choice choice = structure.choice(network == null ? null : Models.byName(network));
            new ModelImport(named, file, Map.of())
                    .write(
                            from,
                            choice,
                            classes == null ? null : new ModelImport.Head(classes, seed),
                            out,
                            err()::println);
            out().println(out);
            return 0;
        }
    }

    /** Writes a model for other programs. */
    @Command(
            name = "export",
            description = "Writes a model so that other programs open it.",
            footer = {
                "",
                "Examples:",
                "  resnet model export RUN/model --format onnx --out resnet.onnx",
                "  resnet model export " + Zoo.KERAS_RESNET50 + " --format transformers --out DIR"
            })
    static final class Export extends Surrounded {
        @Parameters(
                index = "0",
                paramLabel = "MODEL",
                description = "A model folder, a run that has one, a file of weights, or a name.")
        @SuppressWarnings("NullAway.Init") // required
        private Path model;

        @Option(
                names = "--format",
                required = true,
                paramLabel = "safetensors|onnx|folder|transformers",
                description =
                        "One file, one file with the network in it, a folder for this program and timm, a folder as transformers'.")
        @SuppressWarnings("NullAway.Init") // required
        private ModelWriter.Format format;

        @Option(names = "--out", required = true, paramLabel = "PATH", description = "The file or folder to be.")
        @SuppressWarnings("NullAway.Init") // required
        private Path to;

        @Option(names = "--with-onnx", description = "Put model.onnx into a folder besides.")
        private boolean onnx;

        Export(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        public Integer call() throws IOException {
            Path from = ModelCache.of(surroundings).resolve(model);
            Path inner = from.resolve("model");
            from = ModelFolder.is(inner) ? inner : from;
            try (Pretrained opened = Pretrained.open(from);
                    ModelWriter writer = ModelWriter.of(opened)) {
                opened.notes().forEach(err()::println);
                writer.write(format, to, provenance(from), onnx);
            }
            out().println(to);
            return 0;
        }

        /** What the model says of itself, with this program's version. */
        private static Map<String, @Nullable Object> provenance(Path from) throws IOException {
            Map<String, @Nullable Object> provenance = new LinkedHashMap<>(read(from));
            provenance.putIfAbsent("name", String.valueOf(from.getFileName()));
            provenance.put("program", new Main.Version().getVersion()[0]);
            return provenance;
        }
    }

    /** What a model folder says of where it comes from; nothing if it says nothing. */
    private static Map<String, @Nullable Object> read(Path folder) throws IOException {
        Path file = folder.resolve(ModelWriter.PROVENANCE);
        if (!Files.isRegularFile(file) || Files.size(file) > 1 << 20) {
            return Map.of();
        }
        try {
            return Json.parseObject(Files.readString(file));
        } catch (JsonException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /** Lists what is here and what can be had. */
    @Command(
            name = "list",
            description = "Lists the models that are here and the names that can be fetched.",
            footer = {"", "Examples:", "  resnet model list", "  resnet model list --json"})
    static final class Listing extends Surrounded {
        @Option(names = "--json", description = "A line of JSON a model.")
        private boolean json;

        Listing(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        public Integer call() throws IOException {
            ModelCache cache = ModelCache.of(surroundings);
            List<Map<String, @Nullable Object>> rows = new ArrayList<>();
            List<String> here = new ArrayList<>();
            for (Path folder : cache.all()) {
                Map<String, @Nullable Object> said = read(folder);
                String name = String.valueOf(said.getOrDefault("name", String.valueOf(folder.getFileName())));
                here.add(name);
                Map<String, @Nullable Object> row = new LinkedHashMap<>();
                row.put("name", name);
                row.put("here", true);
                row.put("network", said.get("network"));
                row.put("source", said.get("source"));
                row.put("licence", said.get("licence"));
                row.put("folder", folder.toString());
                rows.add(row);
            }
            for (ZooEntry e : Zoo.entries()) {
                if (!here.contains(e.name())) {
                    Map<String, @Nullable Object> row = new LinkedHashMap<>();
                    row.put("name", e.name());
                    row.put("here", false);
                    row.put("network", e.name().substring(0, e.name().indexOf('.')));
                    row.put("source", "npm:" + e.source().npm());
                    row.put("licence", e.licence());
                    row.put("top1", e.published().top1());
                    row.put("top5", e.published().top5());
                    row.put("bytes", e.source().bytes());
                    rows.add(row);
                }
            }
            rows.forEach(r -> out().println(json ? Main.json(r) : line(r)));
            if (!json) {
                out().println("any folder of the Hugging Face hub with a network of ours: hf:OWNER/REPO[@REVISION]");
            }
            return 0;
        }

        private static String line(Map<String, @Nullable Object> row) {
            boolean here = Boolean.TRUE.equals(row.get("here"));
            String about = row.get("bytes") instanceof Long bytes
                    ? String.format(
                            Locale.ROOT, "%.0f MB, top-1 %s %%, %s", bytes / 1e6, row.get("top1"), row.get("licence"))
                    : String.valueOf(row.get("network"));
            return String.format(Locale.ROOT, "%-12s %-28s %s", here ? "here" : "can be had", row.get("name"), about);
        }
    }
}
