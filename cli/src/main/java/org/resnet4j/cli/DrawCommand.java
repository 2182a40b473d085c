package org.resnet4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.checkpoint.AtomicFile;
import org.resnet4j.outline.Drawing;
import org.resnet4j.zoo.Models;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Figure 3 of the paper, or any networks side by side, as SVG. */
@Command(
        name = "draw",
        description = "Draws networks side by side as SVG, as in figure 3 of the paper.",
        footer = {
            "",
            "Examples:",
            "  resnet draw --figure3 --out figure3.svg",
            "  resnet draw plain18 resnet18 > both.svg"
        })
final class DrawCommand extends Surrounded {
    /** More columns than a reader can compare. */
    private static final int LIMIT = 16;

    @Parameters(arity = "0..*", paramLabel = "NAME", description = "Networks, left to right.")
    private List<String> names = List.of();

    @Option(names = "--figure3", description = "VGG-19, the plain network of 34 layers and the residual one.")
    private boolean figure3;

    @Option(names = "--out", paramLabel = "FILE", description = "The file; default: standard output.")
    private @Nullable Path file;

    DrawCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        if (figure3 == !names.isEmpty() || names.size() > LIMIT) {
            throw new IllegalArgumentException("draw needs --figure3, or the names of 1 to " + LIMIT
                    + " networks, found " + (figure3 ? "--figure3 and " : "") + names.size() + " names");
        }
        String svg = figure3
                ? Drawing.figure3()
                : Drawing.of(names.stream().map(Models::byName).toList());
        if (file == null) {
            out().print(svg);
            out().flush();
        } else {
            AtomicFile.writeText(file, svg);
            out().println("drawn: " + file);
        }
        return 0;
    }
}
