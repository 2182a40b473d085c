package org.resnet4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.resnet4j.infer.ModelFolder;
import org.resnet4j.infer.Pretrained;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.NetworkSpec;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * One network with weights on the command line: MODEL is a run, a folder, a file of weights, or the name of a network whose weights
 * are a file; without it the file tells.
 */
final class WeightOptions {
    @Option(
            names = "--weights",
            paramLabel = "FILE|best|last",
            description = "File of weights (safetensors, .pth, tfjs); or which of a run.")
    private @Nullable String weights;

    @Mixin
    private final StructureOptions structure = new StructureOptions();

    /** True if a first positional word must be meant as something else than MODEL: there is a file, and no network is so called. */
    boolean leavesOut(String word) {
        return weights != null && !ofRun() && network(word) == null;
    }

    private boolean ofRun() {
        return "best".equals(weights) || "last".equals(weights);
    }

    private static @Nullable NetworkSpec network(String name) {
        try {
            return Models.byName(name);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Opens what MODEL, or null, and the options say; the caller closes it. */
    Pretrained open(@Nullable String model, ModelCache cache) throws IOException {
        String file = ofRun() ? null : weights;
        if (model == null) {
            if (file == null) {
                throw new IllegalArgumentException(
                        "name a run, a folder or a file of weights, or a file with --weights FILE");
            }
            return Pretrained.open(Path.of(file), structure.choice(null));
        }
        NetworkSpec network = network(model);
        if (file != null && network != null) {
            return Pretrained.open(Path.of(file), structure.choice(network));
        }
        Path place = place(model, cache);
        if (place == null) {
            if (network == null) {
                network = Models.byName(model); // says which name is nearest
            }
            throw new IllegalArgumentException(network.name() + " is a network without weights; add them with --weights"
                    + " FILE, or name a run, a folder or a file instead");
        }
        Path inner = place.resolve("model");
        if (weights == null) {
            boolean run = ModelFolder.is(inner);
            // A run of this program says all itself.
            return run && !structure.given()
                    ? Pretrained.of(ModelFolder.open(inner))
                    : Pretrained.open(run ? inner : place, structure.choice(null));
        }
        if (!ofRun() || !ModelFolder.is(inner)) {
            throw new IllegalArgumentException(model + " has weights of its own; --weights is best or last of a run, or"
                    + " a file for a network that is named, found " + weights);
        }
        ModelFolder said = ModelFolder.open(inner);
        return Pretrained.of(new ModelFolder(
                said.spec(), said.classNames(), said.preprocessing(), place.resolve(weights + ".safetensors")));
    }

    /** The file or folder of this name; null if there is none and the name does not look like one. */
    private static @Nullable Path place(String model, ModelCache cache) {
        Path path;
        try {
            path = Path.of(model);
        } catch (InvalidPathException e) {
            return null;
        }
        Path found = cache.resolve(path);
        // What looks like a path is taken for one, so that the message is about a file.
        boolean named = path.getNameCount() > 1 || path.isAbsolute() || model.contains(".");
        return Files.exists(found) || (named && network(model) == null) ? found : null;
    }
}
