package org.resnet4j.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a training process at random instants, as {@code kill -9} does, and starts it again each time. */
class KillTest {
    private static final int KILLS = 20;
    private static final long STEPS = 500;
    private static final long INTERVAL = 3;
    private static final TrainOptions OPTIONS =
            Tiny.options(STEPS).withWorkers(1).withCheckpoints(new Checkpointing(INTERVAL, Duration.ZERO, 2));

    @TempDir
    Path folder;

    /** The process that is killed. */
    public static void main(String[] args) throws IOException {
        Path run = Path.of(args[0]);
        boolean begun = Files.exists(run.resolve("run.json"));
        Tiny.Watcher watcher = new Tiny.Watcher(-1) {
            @Override
            public void accept(TrainEvent event) {
                super.accept(event);
                if (event instanceof TrainEvent.Step s) {
                    System.out.println("step " + s.step());
                    pause(); // so that a fast machine is not done before the last kill
                }
            }
        };
        try (Trainer trainer = begun
                ? Trainer.resume(run, RunRecord.read(run).options(), Tiny.job(), watcher)
                : Trainer.start(run, OPTIONS, Tiny.job(), watcher)) {
            System.out.println("begun "
                    + watcher.all(TrainEvent.Resumed.class).stream()
                            .mapToLong(TrainEvent.Resumed::step)
                            .sum());
            trainer.train();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(5);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The last number that a child printed after this word; -1 if none. */
    private long printed(String word) throws IOException {
        return Files.readAllLines(folder.resolve("output")).stream()
                .filter(l -> l.startsWith(word + " "))
                .mapToLong(l -> Long.parseLong(l.split(" ")[1]))
                .reduce(-1, (_, b) -> b);
    }

    @Test
    void everyRestartGoesOnAndTheEndIsTheSame() throws IOException, InterruptedException {
        TrainOptions unhindered = OPTIONS.withCheckpoints(new Checkpointing(0, Duration.ZERO, 1));
        String whole = Tiny.train(folder.resolve("whole"), unhindered, Tiny.job());
        Path run = folder.resolve("run");
        Random random = new Random(1);
        int hits = 0;
        long reached = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            Process child = start(run);
            // One in five dies anywhere, while the virtual machine starts most likely; the others at work.
            boolean anywhere = kill % 5 == 4;
            while (!anywhere && child.isAlive() && printed("begun") < 0) {
                Thread.sleep(5);
            }
            child.waitFor(random.nextInt(anywhere ? 600 : 300), TimeUnit.MILLISECONDS);
            boolean killed = child.isAlive();
            child.destroyForcibly().waitFor();
            assertThat(killed || child.exitValue() == 0)
                    .as("start %d: %s", kill, Files.readString(folder.resolve("output")))
                    .isTrue();
            if (printed("begun") >= 0) {
                assertThat(printed("begun")).as("start %d", kill).isBetween(reached - INTERVAL, reached);
                hits += killed ? 1 : 0;
            }
            reached = Math.max(reached, printed("step"));
        }
        assertThat(hits).as("kills of a process at work").isGreaterThanOrEqualTo(KILLS * 4 / 5);
        Process last = start(run);
        assertThat(last.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(last.exitValue())
                .as(Files.readString(folder.resolve("output")))
                .isZero();
        assertThat(Tiny.last(run)).isEqualTo(whole);
        try (Stream<Path> left = Files.walk(run)) {
            assertThat(left.filter(p -> p.toString().endsWith(".tmp"))).isEmpty();
        }
    }

    private Process start(Path run) throws IOException {
        String classPath = Stream.of("java.class.path", "jdk.module.path")
                .map(System::getProperty)
                .filter(Objects::nonNull)
                .reduce(Path.of("target", "test-classes").toString(), (a, b) -> a + File.pathSeparator + b);
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                classPath,
                KillTest.class.getName(),
                run.toString());
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
    }
}
