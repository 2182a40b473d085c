package org.resnet4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.dataset.Datasets;
import org.resnet4j.dataset.Part;
import org.resnet4j.infer.ModelFolder;
import org.resnet4j.infer.Preprocessing;
import org.resnet4j.infer.Pretrained;
import org.resnet4j.zoo.NetworkSpec;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Trains a network that others have trained on pictures of one's own. */
@Command(
        name = "finetune",
        description =
                "Trains a pretrained network on a folder of pictures, one folder a class: a new last layer, all else from the weights,"
                        + " with the preprocessing that they were trained with. Leaves a run folder, as train does, with the model in it.",
        footer = {
            "",
            "Examples:",
            "  resnet model get resnet50.keras_in1k",
            "  resnet finetune DIR --from resnet50.keras_in1k",
            "  resnet finetune DIR --from resnet50.keras_in1k --freeze backbone --out runs/head",
            "  resnet finetune DIR --from runs/head --freeze none --lr 0.001 --layer-decay 0.8 --bn precise --out runs/all",
            "  resnet finetune --resume runs/all",
            "  resnet evaluate runs/all --data DIR --labels runs/all/split.csv",
            "",
            "DIR has train/ and val/ with a folder a class, or the class folders alone: then a fifth of each class is held back, by the"
                    + " seed, and RUN/split.csv says which files. Options that are not given come from the recipe finetune:"
                    + " docs/training.md."
        })
final class FinetuneCommand extends TrainingCommand {
    private static final double HELD_BACK = 0.2;

    @Parameters(index = "0", arity = "0..1", paramLabel = "DIR", description = "Folder of class folders.")
    private @Nullable String folder;

    @Option(
            names = "--from",
            paramLabel = "MODEL",
            description = "Model that was fetched or imported, model folder, run, or file of weights.")
    private @Nullable String from;

    @Option(
            names = "--new-head",
            description = "Begin with a new last layer even if the model has the folder's classes.")
    private boolean newHead;

    @Option(
            names = "--val-share",
            paramLabel = "X",
            description = "Of each class, held back to evaluate on; default 0.2 where DIR has no val, else none.")
    private @Nullable Double share;

    private final List<String> notes = new ArrayList<>();

    FinetuneCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    String usualRecipe() {
        return "finetune";
    }

    @Override
    TrainingCommand another() {
        return new FinetuneCommand(surroundings);
    }

    /** {@code runs/<DIR>-<MODEL>}, with a number if there is one already. */
    @Override
    Path usualRun() {
        String name = lastName(folder == null ? "pictures" : folder) + "-" + lastName(from == null ? "model" : from);
        Path run = Path.of("runs", name);
        for (int i = 2; Files.exists(run); i++) {
            run = Path.of("runs", name + "-" + i);
        }
        return run;
    }

    private static String lastName(String path) {
        Path name = Path.of(path).toAbsolutePath().normalize().getFileName();
        return name == null ? "root" : name.toString();
    }

    @Override
    NetworkSpec network(Map<String, String> words, long seed) throws IOException {
        if (folder != null && words.putIfAbsent(Job.DATA, folder) != null) {
            throw new IllegalArgumentException("DIR and --data are the same; give one of them");
        }
        if (from != null && words.putIfAbsent(Job.INITIAL, from) != null) {
            throw new IllegalArgumentException("--from and --initial-checkpoint are the same; give one of them");
        }
        String where = words.get(Job.DATA);
        String model = words.get(Job.INITIAL);
        if (where == null || model == null) {
            throw new IllegalArgumentException(
                    "a folder of pictures and --from MODEL are needed; resnet model list shows what is here, resnet model get"
                            + " resnet50.keras_in1k fetches one");
        }
        Path place = place(model);
        words.put(Job.INITIAL, place.toAbsolutePath().toString());
        if (share != null || (!Datasets.isDivided(where) && !words.containsKey(Job.VALIDATION))) {
            words.put(Job.SPLIT, Double.toString(share == null ? HELD_BACK : share));
        }
        Dataset train = Datasets.open(where, Part.TRAIN);
        try (Pretrained pretrained = Pretrained.open(place)) {
            notes.addAll(pretrained.notes());
            keepPreprocessing(words, pretrained.preprocessing());
            boolean known = !newHead && pretrained.classNames().equals(train.classNames());
            words.put(Job.HEAD, known ? "kept" : "new");
            notes.add(
                    known
                            ? "the last layer is kept: the model has these classes already"
                            : "a new last layer for " + train.classNames().size() + " classes");
            notes.add("frozen: " + words.getOrDefault(Job.FREEZE, "none") + "; batch norms of trained layers: "
                    + words.getOrDefault(Job.NORM, "train"));
            return pretrained.spec().withClasses(train.classNames().size());
        }
    }

    private static void keepPreprocessing(Map<String, String> words, Preprocessing preprocessing) {
        if (!words.containsKey(Job.NORMALIZE)) {
            words.put(Job.PREPROCESSING, preprocessing.toText());
        }
    }

    /** A run stands for its model. */
    private Path place(String model) {
        Path place = ModelCache.of(surroundings).resolve(Path.of(model));
        return ModelFolder.is(place.resolve("model")) ? place.resolve("model") : place;
    }

    @Override
    List<String> notes() {
        return notes;
    }
}
