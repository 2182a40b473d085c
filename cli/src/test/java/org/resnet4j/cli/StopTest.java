package org.resnet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.testkit.ChildJava;

/** CKP-11: a process that is told to end writes a checkpoint first, within 30 seconds. */
final class StopTest {
    @TempDir
    Path folder;

    /** The process that is told to end. */
    public static void main(String[] args) {
        Surroundings surroundings = new Surroundings(
                Map.of(
                        "RESNET4J_HOME",
                        Path.of("target", "home").toAbsolutePath().toString()),
                false);
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        System.exit(Main.run(surroundings, out, out, args));
    }

    private Process train(String... arguments) throws IOException {
        String[] all = Stream.concat(Stream.of("train"), Stream.of(arguments)).toArray(String[]::new);
        return ChildJava.quick(StopTest.class).start(folder.resolve("output"), all);
    }

    private String output() throws IOException {
        return Files.readString(folder.resolve("output"));
    }

    /** Told to end once, or again and again. */
    @ParameterizedTest
    @ValueSource(ints = {1, 5})
    void aTerminatedRunHasACheckpointAndGoesOn(int times) throws IOException, InterruptedException {
        Path run = folder.resolve("run");
        Process first = train(
                "cifar_resnet20",
                "--data",
                "shapes",
                "--limit",
                "64",
                "--batch-size",
                "16",
                "--epochs",
                "500",
                "--checkpoint-interval",
                "100000",
                "--out",
                run.toString());
        Assumptions.assumeTrue(first.supportsNormalTermination(), "processes can be told to end here");
        try {
            // Written when the first epoch is over, so training is under way.
            for (int i = 0; i < 12_000 && first.isAlive() && !Files.exists(run.resolve("best.safetensors")); i++) {
                Thread.sleep(10);
            }
            assertThat(first.isAlive()).as(output()).isTrue();
            assertThat(run.resolve("CURRENT")).doesNotExist();
            for (int i = 0; i < times; i++) {
                first.destroy();
                Thread.sleep(2);
            }
            assertThat(first.waitFor(30, TimeUnit.SECONDS))
                    .as("ended within 30 seconds")
                    .isTrue();
        } finally {
            first.destroyForcibly();
        }
        assertThat(output()).contains("stopped with a checkpoint", "--resume " + run);
        assertThat(run.resolve("CURRENT")).exists();
        String step = Files.readString(run.resolve("CURRENT")).strip();
        assertThat(run.resolve("checkpoints").resolve(step).resolve("state.json"))
                .isNotEmptyFile();
        Process second = train("--resume", run.toString());
        try {
            for (int i = 0; i < 12_000 && second.isAlive() && !output().contains("resumed at step"); i++) {
                Thread.sleep(10);
            }
            assertThat(output()).contains("resumed at step " + Long.parseLong(step));
        } finally {
            second.destroyForcibly().waitFor();
        }
    }
}
