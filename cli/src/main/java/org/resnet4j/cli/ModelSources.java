package org.resnet4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.infer.ModelFolder;
import org.resnet4j.infer.Pretrained;
import org.resnet4j.trainer.RunRecord;
import org.resnet4j.trainer.TrainOptions;
import org.resnet4j.zoo.Models;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Trained models on the command line: folders, runs with a choice of weights, files. */
final class ModelSources {
    @Parameters(
            arity = "0..*",
            paramLabel = "FOLDER",
            description =
                    "Runs, model folders (timm's and transformers' too) or names of models. Several are averaged.")
    private @Nullable List<Path> folders;

    @Option(
            names = "--weights",
            paramLabel = "best|last|FILE",
            description =
                    "Of a run, default last; or without a folder a file: safetensors, .pth, tfjs. May be repeated.")
    private @Nullable List<String> weights;

    @Option(names = "--model", paramLabel = "MODEL", description = "Network of a file; default: found out.")
    private @Nullable String network;

    @Mixin
    private final StructureOptions structure = new StructureOptions();

    /** A model that is opened when its turn comes, so that of several only one is in memory. */
    interface Source {
        /** Opens it; the caller closes it. */
        Pretrained open() throws IOException;
    }

    /** All that are named, at least one; names of models that were fetched or imported are looked up in {@code cache}. */
    List<Source> sources(ModelCache cache) {
        List<Path> places = folders == null
                ? List.of()
                : folders.stream().map(cache::resolve).toList();
        List<String> words = weights == null ? List.of() : weights;
        List<Source> sources = new ArrayList<>();
        if (places.isEmpty()) {
            words.forEach(w -> sources.add(() -> Pretrained.open(Path.of(w), choice())));
        }
        for (Path place : places) {
            if (Files.isRegularFile(place.resolve("config.json"))) {
                sources.add(() -> Pretrained.open(place, choice()));
            } else {
                (words.isEmpty() ? List.of("last") : words).forEach(w -> sources.add(() -> ofRun(place, w)));
            }
        }
        if (sources.isEmpty()) {
            throw new IllegalArgumentException("name a run, a model folder, or a file with --weights FILE");
        }
        return sources;
    }

    /** What a run's options say, with weights of the run. */
    private static Pretrained ofRun(Path run, String which) throws IOException {
        TrainOptions options = RunRecord.read(run).options();
        Path file = which.equals("best") || which.equals("last") ? run.resolve(which + ".safetensors") : Path.of(which);
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException(
                    "--weights must be best or last of a run, or one of its files; found " + which);
        }
        Job job = Job.of(options.model(), options.inputs(), options.seed(), run);
        return Pretrained.of(new ModelFolder(job.given(), job.data().train().classNames(), job.preprocessing(), file));
    }

    private Pretrained.Choice choice() {
        return structure.choice(network == null ? null : Models.byName(network));
    }
}
