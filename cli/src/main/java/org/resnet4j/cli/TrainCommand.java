package org.resnet4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.zoo.NetworkSpec;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Trains a network, or goes on with a run. */
@Command(
        name = "train",
        description = "Trains a network and leaves a run folder that can be resumed at any instant.",
        footer = {
            "",
            "Examples:",
            "  resnet train cifar_resnet20 --data shapes --epochs 5 --out runs/shapes",
            "  resnet train cifar_resnet56 --data DIR --val-split 5000 --normalize per-pixel --out runs/r56",
            "  resnet train cifar_resnet20 --data DIR --recipe paper-cifar --out runs/paper",
            "  resnet train --resume runs/r56"
        })
final class TrainCommand extends TrainingCommand {
    @Mixin
    @SuppressWarnings("NullAway.Init") // set by the parser
    private ModelOptions model;

    TrainCommand(Surroundings surroundings) {
        super(surroundings);
    }

    /** The training that these words after {@code resnet train} ask for. */
    static Prepared prepare(Surroundings surroundings, List<String> words) throws IOException {
        TrainCommand command = new TrainCommand(surroundings);
        try {
            new CommandLine(command).parseArgs(words.toArray(String[]::new));
        } catch (CommandLine.ParameterException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        return command.prepared();
    }

    @Override
    @Nullable
    String usualRecipe() {
        return null;
    }

    @Override
    TrainingCommand another() {
        return new TrainCommand(surroundings);
    }

    @Override
    @Nullable
    Path usualRun() {
        return null;
    }

    @Override
    NetworkSpec network(Map<String, String> words, long seed) {
        return model.spec("cifar_resnet20");
    }

    @Override
    List<String> notes() {
        return List.of();
    }
}
