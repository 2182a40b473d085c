package org.resnet4j.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.augment.Normalization;
import org.resnet4j.augment.Transform;
import org.resnet4j.dataset.Part;
import org.resnet4j.dataset.Shapes;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.PlanException;
import org.resnet4j.engine.onednn.OnednnBackend;
import org.resnet4j.engine.reference.ReferenceBackend;
import org.resnet4j.lrschedule.Schedule;
import org.resnet4j.record.Provenance;
import org.resnet4j.testkit.ChildJava;
import org.resnet4j.testkit.ProcessMemory;
import org.resnet4j.zoo.Models;

/** What a run is said to take is what it takes, and a limit names the batch that it allows. */
final class MemoryTest {
    private static final Path NATIVES = Path.of("target", "natives");

    @TempDir
    Path folder;

    static Stream<Backend> backends() {
        return Stream.of(OnednnBackend.open(NATIVES, 2), ReferenceBackend.create());
    }

    private static TrainOptions options(int batch) {
        return TrainOptions.of("tiny", Length.steps(1), batch, new Schedule.Constant(0.05), 7)
                .withWorkers(0)
                .withEvaluationBatchSize(Math.min(batch, 20));
    }

    private static boolean fits(Backend backend, int batch, long limit) {
        TrainJob job = Tiny.job(backend, Tiny.data()).withMaxMemoryBytes(limit);
        try {
            return TrainPlans.compile(options(batch), job).need().total() <= limit;
        } catch (PlanException e) {
            return false;
        }
    }

    /** The named batch really fits, and the next one does not; limits at random between those of 1 and of 60. */
    @ParameterizedTest
    @MethodSource("backends")
    void theNamedBatchFitsAndTheNextDoesNot(Backend backend) throws IOException {
        TrainJob job = Tiny.job(backend, Tiny.data());
        long one = TrainPlans.compile(options(1), job).need().total();
        long sixty = TrainPlans.compile(options(60), job).need().total();
        Random random = new Random(3);
        for (int i = 0; i < 12; i++) {
            long limit = i == 0 ? one : i == 1 ? sixty - 1 : random.nextLong(one, sixty);
            Path run = folder.resolve(backend.name() + i);
            PlanException e = catchThrowableOfType(
                    PlanException.class, () -> Trainer.start(run, options(60), job.withMaxMemoryBytes(limit), _ -> {}));
            Matcher named = Pattern.compile("largest batch that fits is (\\d+)").matcher(e.getMessage());
            assertThat(named.find()).as(e.getMessage()).isTrue();
            int batch = Integer.parseInt(named.group(1));
            assertThat(fits(backend, batch, limit)).as("%d in %d", batch, limit).isTrue();
            assertThat(fits(backend, batch + 1, limit))
                    .as("%d in %d", batch + 1, limit)
                    .isFalse();
            assertThat(run).doesNotExist();
            try (Trainer trainer = Trainer.start(run, options(batch), job.withMaxMemoryBytes(limit), _ -> {})) {
                assertThat(trainer.train()).isEqualTo(TrainOutcome.FINISHED);
            }
        }
    }

    /** The child: trains a small network to load and compile everything, then the one that is measured. */
    public static void main(String[] args) throws IOException {
        Backend backend = OnednnBackend.open(NATIVES, 2);
        Path folder = Path.of(args[0]);
        job(folder.resolve("small"), backend, "cifar_resnet8", 4, 1);
        System.gc();
        Files.writeString(Path.of("/proc/self/clear_refs"), "5"); // the peak begins again
        long before = ProcessMemory.resident();
        MemoryNeed need =
                job(folder.resolve("large"), backend, args[1], Integer.parseInt(args[2]), Integer.parseInt(args[3]));
        System.out.println("took " + (ProcessMemory.peakResident() - before));
        System.out.println("plan " + need.total());
        System.out.println("parts " + need);
    }

    private static MemoryNeed job(Path run, Backend backend, String model, int batch, int workers) throws IOException {
        TrainData data = new TrainData(
                Shapes.of(Part.TRAIN).first(4 * batch),
                Shapes.of(Part.TEST).first(2 * batch),
                new Transform.PadCropFlip(32, 4),
                new Transform.Evaluate(32),
                Normalization.CIFAR10);
        TrainJob job = TrainJob.of(
                Network.of(Models.residual(model)), data, backend, Provenance.collect("test", backend.name(), null));
        TrainOptions options = TrainOptions.of(model, Length.steps(4), batch, new Schedule.Constant(0.05), 1)
                .withWorkers(workers)
                .withCheckpoints(new Checkpointing(0, Duration.ZERO, 1));
        Tiny.Watcher watcher = new Tiny.Watcher(-1);
        try (Trainer trainer = Trainer.start(run, options, job, watcher)) {
            trainer.train();
        }
        return watcher.all(TrainEvent.Started.class).getFirst().memory();
    }

    /** Peak resident memory less that before the plan is within 5 % of what is printed, the loader's ring included. */
    @Tag("slow")
    @ParameterizedTest
    @CsvSource({"cifar_resnet20,512,2", "cifar_resnet56,256,1", "cifar_resnet20,1024,0"})
    void thePeakIsWithinFivePercentOfWhatIsPrinted(String model, int batch, int workers) throws IOException {
        Assumptions.assumeTrue(ProcessMemory.isKnown(), "resident memory is read from /proc");
        ChildJava.Ended ended = ChildJava.of(MemoryTest.class)
                .with("-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC")
                .run(folder.toString(), model, "" + batch, "" + workers);
        double took = Double.parseDouble(ended.said("took"));
        double plan = Double.parseDouble(ended.said("plan"));
        System.out.printf(
                "RESULT %s batch %d workers %d: took %.0f bytes, printed %.0f, ratio %.4f; %s%n",
                model, batch, workers, took, plan, took / plan, ended.said("parts"));
        assertThat(took / plan).as("ratio").isBetween(0.95, 1.05);
    }
}
