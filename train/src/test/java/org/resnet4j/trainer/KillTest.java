package org.resnet4j.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.pass.Precision;
import org.resnet4j.testkit.ChildJava;

/**
 * CKP-01: kills a training process at random instants, as {@code kill -9} does, and starts it again each time. A run is killed
 * {@value #KILLS} times and then ends with the bits of one that was not.
 */
class KillTest {
    private static final int KILLS = 20;
    private static final long STEPS = 500;
    private static final long INTERVAL = 3;
    private static final TrainOptions PLAIN = often(Tiny.options(STEPS));
    private static final TrainOptions EVERYTHING =
            often(Tiny.everything(STEPS).withCompute(new Compute(Precision.BF16, true)));
    private static final String HEADER = "run,kill,where,resumed_from,step_reached,unfinished_files\n";

    @TempDir
    Path folder;

    private static TrainOptions often(TrainOptions options) {
        return options.withWorkers(1).withCheckpoints(new Checkpointing(INTERVAL, Duration.ZERO, 2));
    }

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
        boolean everything = args[1].equals("everything");
        TrainJob job = everything ? Tiny.everythingJob() : Tiny.job();
        try (Trainer trainer = begun
                ? Trainer.resume(run, RunRecord.read(run).options(), job, watcher)
                : Trainer.start(run, everything ? EVERYTHING : PLAIN, job, watcher)) {
            System.out.println("begun "
                    + watcher.all(TrainEvent.Resumed.class).stream()
                            .mapToLong(TrainEvent.Resumed::step)
                            .sum());
            trainer.train();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(2);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void everyRestartGoesOnAndTheEndIsTheSame() throws IOException, InterruptedException {
        kill(1, 1, folder.resolve("kills.csv"), "plain");
    }

    /** Accumulation, mixing, stochastic depth, averages, clipping, LAMB, every augmentation. */
    @Test
    void soItIsWithEverythingSwitchedOn() throws IOException, InterruptedException {
        kill(1, 1, folder.resolve("kills.csv"), "everything");
    }

    /**
     * The count that is recorded, or as many as {@code -Dresnet4j.kills=N} says; {@code -Dresnet4j.kills.first=R} begins with run
     * R, so that a thousand can be done in parts. One line a kill goes to {@code target/kills.csv}.
     */
    @Test
    @Tag("slow")
    void aThousandTimes() throws IOException, InterruptedException {
        int first = Integer.getInteger("resnet4j.kills.first", 1);
        kill(first, Integer.getInteger("resnet4j.kills", 1_000) / KILLS, Path.of("target", "kills.csv"), "plain");
    }

    private void kill(int first, int runs, Path csv, String what) throws IOException, InterruptedException {
        boolean everything = what.equals("everything");
        TrainOptions unhindered =
                (everything ? EVERYTHING : PLAIN).withCheckpoints(new Checkpointing(0, Duration.ZERO, 1));
        String whole = Tiny.train(folder.resolve("whole"), unhindered, everything ? Tiny.everythingJob() : Tiny.job());
        if (Files.notExists(csv)) {
            Files.writeString(csv, HEADER);
        }
        for (int run = first; run < first + runs; run++) {
            Files.writeString(csv, killOneRun(run, what), StandardOpenOption.APPEND);
            assertThat(Tiny.last(folder.resolve("run" + run))).as("run %d", run).isEqualTo(whole);
        }
    }

    private String killOneRun(int number, String options) throws IOException, InterruptedException {
        Path run = folder.resolve("run" + number);
        SplittableRandom random = new SplittableRandom(number);
        StringBuilder rows = new StringBuilder();
        int hits = 0;
        long reached = 0;
        for (int kill = 1; kill <= KILLS; kill++) {
            Process child = start(run, options);
            // One in five dies anywhere, while the virtual machine starts most likely; the others at work.
            boolean anywhere = kill % 5 == 0;
            while (!anywhere && child.isAlive() && printed("begun") < 0) {
                Thread.sleep(2);
            }
            child.waitFor(random.nextInt(anywhere ? 600 : 150), TimeUnit.MILLISECONDS);
            boolean killed = child.isAlive();
            child.destroyForcibly().waitFor();
            String what = "run " + number + ", kill " + kill + ": " + Files.readString(folder.resolve("output"));
            assertThat(killed || child.exitValue() == 0).as(what).isTrue();
            long begun = printed("begun");
            if (begun >= 0) {
                assertThat(begun).as(what).isBetween(reached - INTERVAL, reached);
                hits += killed ? 1 : 0;
            }
            reached = Math.max(reached, printed("step"));
            rows.append(number + "," + kill + "," + (killed ? begun < 0 ? "starting" : "at work" : "ended") + ","
                    + (begun < 0 ? "" : begun) + "," + reached + ","
                    + unfinished(run).size() + "\n");
        }
        assertThat(hits).as("kills of a process at work in run %d", number).isGreaterThanOrEqualTo(KILLS * 4 / 5);
        Process last = start(run, options);
        assertThat(last.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(last.exitValue())
                .as(Files.readString(folder.resolve("output")))
                .isZero();
        assertThat(unfinished(run)).isEmpty();
        return rows.toString();
    }

    private Process start(Path run, String options) throws IOException {
        return ChildJava.quick(KillTest.class).start(folder.resolve("output"), run.toString(), options);
    }

    /** The last number that a child printed after this word; -1 if none. */
    private long printed(String word) throws IOException {
        return Files.readAllLines(folder.resolve("output")).stream()
                .filter(l -> l.startsWith(word + " "))
                .mapToLong(l -> Long.parseLong(l.split(" ")[1]))
                .reduce(-1, (_, b) -> b);
    }

    /** What a write that was cut off left behind. */
    private static List<Path> unfinished(Path run) throws IOException {
        if (Files.notExists(run)) {
            return List.of();
        }
        try (Stream<Path> left = Files.walk(run)) {
            return left.filter(p -> p.toString().endsWith(".tmp")).toList();
        }
    }
}
