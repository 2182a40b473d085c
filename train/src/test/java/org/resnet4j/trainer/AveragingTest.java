package org.resnet4j.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.engine.Parameters;
import org.resnet4j.engine.Session;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Phase;
import org.resnet4j.graph.Value;
import org.resnet4j.loader.Batch;
import org.resnet4j.loader.BatchLoader;
import org.resnet4j.lrschedule.Schedule;
import org.resnet4j.lrschedule.ScheduleState;
import org.resnet4j.metric.Metrics;
import org.resnet4j.safetensors.Safetensors;
import org.resnet4j.weights.StateDict;

/** Averages of weights, of gradients and of batch norm's statistics, against the same done by hand. */
class AveragingTest {
    private static final Checkpointing NEVER = new Checkpointing(0, Duration.ZERO, 1);

    @TempDir
    Path folder;

    @Test
    void averagedWeightsFollowTheirFormulaAndAreWhatIsBest() throws IOException {
        TrainOptions options = Tiny.options(12).withCheckpoints(NEVER).withAveraging(new Averaging(0.75, 3, 0));
        Map<String, double[]> average = new LinkedHashMap<>();
        Tiny.Watcher watcher = new Tiny.Watcher(-1) {
            @Override
            public void accept(TrainEvent event) {
                super.accept(event);
                if (event instanceof TrainEvent.Step s && s.step() % 3 == 0) {
                    Parameters p = trainer().parameters();
                    average.forEach((name, old) -> {
                        double[] now = p.doubles(name);
                        for (int i = 0; i < now.length; i++) {
                            old[i] += 0.25 * (now[i] - old[i]);
                        }
                    });
                }
            }
        };
        Path run = folder.resolve("run");
        try (Trainer trainer = Trainer.start(run, options, Tiny.job(), watcher)) {
            watcher.trainer = trainer;
            for (Parameters.Slot slot : trainer.parameters().slots()) {
                average.put(slot.name(), trainer.parameters().doubles(slot.name()));
            }
            trainer.train();
            assertThat(trainer.history())
                    .allSatisfy(row -> assertThat(row.judged()).isEqualTo(row.averaged()));
        }
        try (StateDict ema = Safetensors.read(run.resolve("ema.safetensors"))) {
            for (Map.Entry<String, double[]> wanted : average.entrySet()) {
                double[] found = ema.get(wanted.getKey()).toDoubles();
                for (int i = 0; i < found.length; i++) {
                    assertThat(found[i]).as(wanted.getKey()).isCloseTo(wanted.getValue()[i], within(1e-6));
                }
            }
        }
    }

    /** Without statistics of a batch, two batches of 4 are one of 8. */
    @Test
    void accumulatedGradientsAreThoseOfTheWhole() throws IOException {
        TrainJob plain = Tiny.job();
        TrainJob frozen = TrainJob.of(
                Network.of(Tiny.SPEC, Phase.TRAINING_FROZEN_NORM), plain.data(), plain.backend(), plain.provenance());
        TrainOptions options = Tiny.options(10).withCheckpoints(NEVER);
        Path whole = folder.resolve("whole");
        Path parts = folder.resolve("parts");
        Tiny.train(whole, options, frozen);
        Tiny.train(parts, options.withBatching(new Batching(4, 2, 8)), frozen);
        try (StateDict a = Safetensors.read(whole.resolve("last.safetensors"));
                StateDict b = Safetensors.read(parts.resolve("last.safetensors"))) {
            double[] wanted = a.get("conv1.weight").toDoubles();
            double[] found = b.get("conv1.weight").toDoubles();
            for (int i = 0; i < wanted.length; i++) {
                assertThat(found[i]).isCloseTo(wanted[i], within(1e-5));
            }
        }
    }

    @Test
    void statisticsOfBatchNormAreMeansOverBatches() throws IOException {
        TrainJob job = Tiny.job();
        TrainOptions options = Tiny.options(1);
        int batches = 3;
        try (Stepper stepper = Stepper.open(TrainPlans.compile(options, job).training(), options)) {
            job.start().fill(stepper.session().plan().graph(), stepper.parameters(), 5);
            stepper.begin(true);
            double[] weights = stepper.parameters().doubles("conv1.weight");
            try (BatchLoader loader = BatchLoader.open(job.data().train(), job.loading(options), 0, 0)) {
                PreciseNorm.estimate(stepper, loader, batches);
            }
            Map<String, double[]> wanted = byHand(job, options, stepper.parameters(), batches);
            assertThat(wanted).hasSize(6); // three batch norms
            wanted.forEach((name, values) -> {
                double[] found = stepper.parameters().doubles(name);
                for (int i = 0; i < values.length; i++) {
                    assertThat(found[i]).as("%s[%d]", name, i).isCloseTo(values[i], within(1e-5));
                }
            });
            assertThat(stepper.parameters().doubles("conv1.weight")).isEqualTo(weights);
        }
    }

    /** The statistics that each batch norm has among its results, averaged; variances unbiased. */
    private static Map<String, double[]> byHand(TrainJob job, TrainOptions options, Parameters weights, int batches)
            throws IOException {
        Graph g = job.network().training(options.objective().loss()).withBatch(options.batchSize());
        List<Value> outputs = new ArrayList<>();
        Map<String, Value> buffers = new LinkedHashMap<>();
        Map<String, Double> unbiased = new LinkedHashMap<>();
        for (Node node : g.nodes()) {
            if (node.op() instanceof Op.BatchNorm) {
                double n = (double) node.output().type().shape().elements()
                        / node.output().type().shape().dim(1);
                buffers.put(node.input(3).name(), node.output(1));
                buffers.put(node.input(4).name(), node.output(2));
                unbiased.put(node.input(3).name(), 1.0);
                unbiased.put(node.input(4).name(), n / (n - 1));
                outputs.add(node.output(1));
                outputs.add(node.output(2));
            }
        }
        Graph watched = new Graph(g.name(), g.inputs(), g.parameters(), g.nodes(), outputs, g.updates(), g.gradients());
        Map<String, double[]> sums = new LinkedHashMap<>();
        try (Session session = job.backend().compile(watched).open();
                BatchLoader loader = BatchLoader.open(job.data().train(), job.loading(options), 0, 0)) {
            session.parameters().copyFrom(weights);
            session.parametersChanged();
            for (int i = 0; i < batches; i++) {
                Batch batch = loader.next();
                MemorySegment input = session.input("input").segment();
                MemorySegment.copy(batch.images(), 0, input, 0, input.byteSize());
                session.run();
                buffers.forEach((name, value) -> {
                    double[] one = session.output(value.name()).toDoubles();
                    double[] sum = sums.computeIfAbsent(name, _ -> new double[one.length]);
                    for (int k = 0; k < one.length; k++) {
                        sum[k] += one[k] * Objects.requireNonNull(unbiased.get(name)) / batches;
                    }
                });
            }
        }
        return sums;
    }

    @Test
    void aRunWithoutHopeEnds() throws IOException {
        TrainOptions options = TrainOptions.of("tiny", Length.epochs(9), 8, new Schedule.Constant(1e-30), 7)
                .withWorkers(0)
                .withPatience(2);
        Path run = folder.resolve("run");
        try (Trainer trainer = Trainer.start(run, options, Tiny.job(), _ -> {})) {
            assertThat(trainer.train()).isEqualTo(TrainOutcome.FINISHED);
            long best = Objects.requireNonNull(
                            new Progress(0, 0, 0, ScheduleState.START, Metrics.NONE, trainer.history()).best())
                    .epoch();
            assertThat(trainer.history()).hasSizeLessThan(9);
            assertThat(trainer.history().getLast().epoch()).isEqualTo(best + 2);
        }
        Tiny.Watcher watcher = new Tiny.Watcher(-1);
        try (Trainer again = Trainer.resume(run, options, Tiny.job(), watcher)) {
            assertThat(again.train()).isEqualTo(TrainOutcome.FINISHED);
        }
        assertThat(watcher.all(TrainEvent.Step.class)).isEmpty();
    }

    @Test
    void aDryRunIsTheFirstUpdateAndLeavesNothing() throws IOException {
        TrainOptions options = Tiny.options(12).withCheckpoints(NEVER);
        Tiny.Watcher watcher = new Tiny.Watcher(-1);
        try (Trainer trainer = Trainer.start(folder.resolve("run"), options, Tiny.job(), watcher)) {
            trainer.train();
        }
        DryRun dry = DryRun.of(options, Tiny.job());
        assertThat(dry.loss())
                .isEqualTo(watcher.all(TrainEvent.Step.class).getFirst().loss());
        assertThat(dry.steps()).isEqualTo(12);
        assertThat(dry.stepsPerEpoch()).isEqualTo(8);
        assertThat(dry.memory())
                .isEqualTo(watcher.all(TrainEvent.Started.class).getFirst().memory());
    }

    @Test
    void aRateIsWhereTheLossFallsFastest() throws IOException {
        List<RateFinder.Point> points = List.of(
                new RateFinder.Point(1, 2.3),
                new RateFinder.Point(2, 2.2),
                new RateFinder.Point(4, 1.6),
                new RateFinder.Point(8, 1.4),
                new RateFinder.Point(16, 9));
        assertThat(RateFinder.steepest(points)).isEqualTo(4);
        RateFinder.Found found = RateFinder.find(Tiny.options(5), Tiny.job(), 1e-4, 100, 60);
        assertThat(found.points().getFirst().lr()).isEqualTo(1e-4);
        assertThat(found.suggested()).isBetween(1e-4, 5.0);
    }
}
