package org.resnet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.grad.Gradients;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Phase;
import org.resnet4j.pass.Passes;

/**
 * The plans of networks are files under {@code models/plans}: a refactoring leaves them as they are, and an optimisation shows
 * its effect as a diff. To accept a change, write them anew and look at {@code git diff}:
 *
 * <pre>mvn -B test -pl models -am -Dtest=PlanTest -Dsurefire.failIfNoSpecifiedTests=false -Dplans.write=true</pre>
 */
final class PlanTest {
    private static final Path PLANS = Path.of("plans");

    private static Graph inference(String name, int batch) {
        return Passes.run(Networks.graph(Models.byName(name), Phase.INFERENCE), Passes.forInference())
                .withBatch(batch);
    }

    private static Graph training(String name, int batch) {
        Graph forward =
                Passes.run(Networks.trainingGraph(Models.byName(name), Phase.TRAINING, 0), Passes.forTraining());
        return Gradients.of(forward, forward.output("loss")).withBatch(batch);
    }

    @ParameterizedTest
    @CsvSource({
        "cifar_resnet20, train, 128",
        "cifar_resnet20, inference, 1",
        "cifar_plain20, train, 128",
        "resnet18, train, 32",
        "resnet18, inference, 1",
        "resnet50, inference, 1",
    })
    void stepsAreThoseOfTheFile(String name, String kind, int batch) throws IOException {
        Graph graph = kind.equals("train") ? training(name, batch) : inference(name, batch);
        check(name + "-" + kind + "-b" + batch, StepTable.of(graph).lines());
    }

    /** Every network of the zoo, in one file: too many lines for all of their steps. */
    @Test
    void totalsAreThoseOfTheFile() throws IOException {
        check(
                "totals",
                Models.names().stream()
                        .map(n -> {
                            int batch = n.startsWith("cifar_") ? 128 : 32;
                            return n + "\n  inference, batch 1: "
                                    + StepTable.of(inference(n, 1)).totals() + "\n  training, batch " + batch + ": "
                                    + StepTable.of(training(n, batch)).totals() + "\n";
                        })
                        .collect(Collectors.joining()));
    }

    private static void check(String plan, String text) throws IOException {
        Path file = PLANS.resolve(plan + ".txt");
        if (Boolean.getBoolean("plans.write")) {
            Files.createDirectories(PLANS);
            Files.writeString(file, text);
        }
        assertThat(text)
                .as("models/" + file + " is out of date; the comment of PlanTest has the command that writes it anew")
                .isEqualTo(Files.readString(file));
    }
}
