package org.resnet4j.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.resnet4j.infer.ModelFolder;
import org.resnet4j.infer.Pretrained;
import org.resnet4j.paper.measure.Subject;
import picocli.CommandLine.Option;

/** Networks that have their weights, under names of the paper. */
final class SubjectOptions {
    @Option(
            names = "--weights",
            paramLabel = "NAME=MODEL",
            description =
                    "A trained network for fig7, gradients and table2 to table5: a run, a folder, a file of weights or"
                            + " a fetched model, under the paper's name where it has one: ResNet-50=FILE, ResNet-34B=RUN,"
                            + " plain-34=FILE. May be repeated.")
    private Map<String, String> weights = new LinkedHashMap<>();

    @Option(names = "--trained", description = "gradients: train the networks, and measure them afterwards too.")
    private boolean trained;

    @Option(
            names = "--pictures",
            defaultValue = "10000",
            paramLabel = "N",
            description = "fig7: of the test set, from its start; default ${DEFAULT-VALUE}.")
    private int pictures;

    /** The networks, each opened when it is measured. */
    List<Subject> subjects(ModelCache cache) {
        return weights.entrySet().stream()
                .map(e -> subject(e.getKey(), cache.resolve(Path.of(e.getValue()))))
                .toList();
    }

    private static Subject subject(String name, Path place) {
        Path inner = place.resolve("model");
        // Weights of a plain network and of one with option A have the same names and shapes; the paper's name tells.
        boolean plain = name.toLowerCase(Locale.ROOT).startsWith("plain");
        return new Subject(
                name,
                () -> ModelFolder.is(inner)
                        ? Pretrained.of(ModelFolder.open(inner))
                        : Pretrained.open(place, new Pretrained.Choice(null, null, null, plain)));
    }

    /** True if networks are to be trained for what could be measured at the start alone. */
    boolean trained() {
        return trained;
    }

    /** Pictures to show, at least 1. */
    int pictures() {
        if (pictures < 1) {
            throw new IllegalArgumentException("--pictures must be at least 1, found " + pictures);
        }
        return pictures;
    }
}
