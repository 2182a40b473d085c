package org.resnet4j.trainer;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.resnet4j.checkpoint.Checkpoint;
import org.resnet4j.engine.Parameters;
import org.resnet4j.engine.PlanException;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Parameter;
import org.resnet4j.loader.BatchLoader;
import org.resnet4j.loader.LoaderOptions;
import org.resnet4j.lrschedule.ScheduleState;
import org.resnet4j.metric.Metrics;
import org.resnet4j.metric.RunningMetrics;

/**
 * A training run: steps, evaluations, checkpoints.
 *
 * <p>{@link #start} or {@link #resume}, then {@link #train} once, then {@link #close}. Owns sessions, optimiser and the lock of the
 * run folder. Used by one thread, except {@link #requestStop}. A number that is not finite ends it with
 * {@link NonFiniteLossException} in the step that made it and before anything is written. Files that cannot be read throw
 * {@link IOException}; those that cannot be written are told and tried again, and throw at the fourth failure in a row.
 */
public final class Trainer implements AutoCloseable {
    private final TrainOptions options;
    private final TrainJob job;
    private final RunFolder run;
    private final MemoryNeed memory;
    private final Stepper stepper;
    private final Evaluator evaluator;
    private final RunWriter writer;
    private final Consumer<TrainEvent> listener;
    private final LoaderOptions loading;
    private final int stepsPerEpoch;
    private final long steps;
    private final RunningMetrics metrics = RunningMetrics.empty();
    private final Stopwatch stopwatch;
    private final List<EpochRow> history = new ArrayList<>();
    private long step;
    private long epoch;
    private int batch;
    private ScheduleState schedule = ScheduleState.START;
    private double lr;
    private double loss;
    private long epochNanos = System.nanoTime();
    private volatile boolean stop;

    private Trainer(
            TrainOptions options, TrainJob job, RunFolder run, Resources resources, Consumer<TrainEvent> listener) {
        this.options = options;
        this.job = job;
        this.run = run;
        this.memory = resources.memory();
        this.stepper = resources.stepper();
        this.evaluator = resources.evaluator();
        this.writer = new RunWriter(options, run, stepper, job.network().metadata(), listener);
        this.listener = listener;
        this.loading = job.loading(options);
        this.stepsPerEpoch = BatchLoader.batchesPerEpoch(job.data().train().size(), loading) / loading.group();
        this.steps = options.length().inSteps(stepsPerEpoch);
        this.stopwatch = new Stopwatch(options.batchSize() * options.batching().accumulation());
    }

    /** What is opened for a run and closed with it. */
    private record Resources(MemoryNeed memory, Stepper stepper, Evaluator evaluator) implements AutoCloseable {
        static Resources open(TrainPlans plans, TrainOptions options, TrainJob job) {
            Stepper stepper = Stepper.open(plans.training(), options);
            try {
                return new Resources(plans.need(), stepper, Evaluator.open(plans.evaluation(), job.data(), options));
            } catch (RuntimeException | Error e) {
                stepper.close();
                throw e;
            }
        }

        @Override
        public void close() {
            evaluator.close();
            stepper.close();
        }
    }

    /**
     * A new run in an empty or missing folder. Everything is checked and compiled before the folder is made.
     *
     * @throws RunException if the folder holds anything
     * @throws PlanException if the plans need more memory than the job allows
     * @throws IllegalArgumentException if data and network do not fit each other
     */
    public static Trainer start(Path run, TrainOptions options, TrainJob job, Consumer<TrainEvent> listener)
            throws IOException {
        job.requireFit(options);
        TrainPlans plans = TrainPlans.compile(options, job);
        RunFolder folder = RunFolder.create(run, RunRecord.of(options, job), job.files());
        return open(folder, options, job, plans, listener);
    }

    /**
     * An existing run, from its newest complete checkpoint, or from step 0 if there is none yet.
     *
     * @param options must be those of {@link RunRecord#read}, the job the one that they describe
     * @throws RunException if anything differs that has an influence on the result, or any option
     */
    public static Trainer resume(Path run, TrainOptions options, TrainJob job, Consumer<TrainEvent> listener)
            throws IOException {
        RunRecord before = RunRecord.read(run);
        job.requireFit(options);
        before.requireSame(run, RunRecord.of(options, job));
        TrainPlans plans = TrainPlans.compile(options, job);
        return open(RunFolder.open(run, before), options, job, plans, listener);
    }

    private static Trainer open(
            RunFolder folder, TrainOptions options, TrainJob job, TrainPlans plans, Consumer<TrainEvent> listener)
            throws IOException {
        Resources resources = null;
        try {
            resources = Resources.open(plans, options, job);
            Trainer trainer = new Trainer(options, job, folder, resources, listener);
            trainer.announce();
            trainer.load();
            return trainer;
        } catch (IOException | RuntimeException | Error e) {
            if (resources != null) {
                resources.close();
            }
            folder.close();
            throw e;
        }
    }

    private void announce() {
        Graph graph = stepper.session().plan().graph();
        long trainable = graph.parameters().stream()
                .filter(Parameter::trainable)
                .mapToLong(p -> p.value().type().shape().elements())
                .sum();
        String decayed = options.descent().optimizer().decay().describe(graph);
        listener.accept(new TrainEvent.Started(memory, trainable, stepsPerEpoch, steps, decayed));
    }

    private void load() throws IOException {
        boolean fresh = run.checkpoints().isEmpty();
        if (fresh) {
            job.start().fill(stepper.session().plan().graph(), stepper.parameters(), options.seed());
        } else {
            try (Checkpoint checkpoint = run.checkpoints().load()) {
                Weights.restore(checkpoint, stepper);
                Fields state = new Fields("state.json", checkpoint.state());
                Progress found = Progress.fromJson(state.object("progress"));
                found.requirePossible(checkpoint.step(), steps, stepsPerEpoch);
                go(found);
                writer.resumedAt(step);
                listener.accept(new TrainEvent.Resumed(step, checkpoint.skipped()));
            }
        }
        stepper.begin(fresh);
        run.writeSummary(history);
    }

    private void go(Progress to) {
        step = to.step();
        epoch = to.epoch();
        batch = to.batch();
        schedule = to.schedule();
        metrics.set(to.metrics());
        history.clear();
        history.addAll(to.history());
    }

    private Progress progress() {
        return new Progress(step, epoch, batch, schedule, metrics.totals(), history);
    }

    /** The parameters as they are; valid until {@link #close}. */
    public Parameters parameters() {
        return stepper.parameters();
    }

    /** Updates of the whole run, unless it ends early. */
    public long steps() {
        return steps;
    }

    /** Ended epochs, oldest first. */
    public List<EpochRow> history() {
        return List.copyOf(history);
    }

    /** Asks {@link #train} to write a checkpoint and return after the current step. From any thread. */
    public void requestStop() {
        stop = true;
    }

    /**
     * Trains to the end, or until asked to stop.
     *
     * @throws NonFiniteLossException if a loss, gradient or weight is no finite number
     */
    public TrainOutcome train() throws IOException {
        int next = batch * loading.group();
        try (BatchLoader loader = BatchLoader.open(job.data().train(), loading, epoch, next)) {
            stopwatch.restart();
            while (true) {
                boolean epochOver = batch == stepsPerEpoch || (step == steps && batch > 0);
                if (epochOver && !endEpoch()) {
                    return interrupted();
                }
                if (step == steps || (batch == 0 && progress().isWithoutHope(options.patience()))) {
                    return finished();
                }
                if (stop) {
                    return interrupted();
                }
                if (writer.isCheckpointDue(step)) {
                    requireFinite();
                    writer.tryCheckpoint(progress());
                    stopwatch.restart();
                }
                trainStep(loader);
            }
        } catch (NonFiniteLossException e) {
            listener.accept(new TrainEvent.Diverged(e.place()));
            throw e;
        }
    }

    private void trainStep(BatchLoader loader) throws IOException {
        lr = options.schedule().lr(step, schedule);
        Stepper.Outcome done = stepper.step(loader, step, lr, metrics);
        loss = done.loss();
        schedule = options.schedule().next(schedule, done.error());
        step++;
        batch++;
        TrainEvent.Pace pace = stopwatch.lap(done.waitedNanos(), steps - step);
        listener.accept(new TrainEvent.Step(step, epoch, loss, done.error(), lr, pace));
    }

    private void requireFinite() {
        stepper.requireFinite(step, lr, loss);
    }

    /** Evaluates and begins the next epoch; false if asked to stop before the evaluation was over. */
    private boolean endEpoch() throws IOException {
        requireFinite();
        if (step == steps && options.averaging().normBatches() > 0) {
            // Weights and batches are the same whenever this is done again, so a run that stops in the evaluation may
            // repeat it.
            try (BatchLoader loader = BatchLoader.open(job.data().train(), loading, epoch, 0)) {
                PreciseNorm.estimate(stepper, loader, options.averaging().normBatches());
            }
        }
        Optional<Metrics> plain =
                evaluator.evaluate(stepper.parameters(), stepper.parameters().values(), () -> stop);
        MemorySegment average = stepper.average();
        Optional<Metrics> averaged =
                average == null ? plain : evaluator.evaluate(stepper.parameters(), average, () -> stop);
        if (plain.isEmpty() || averaged.isEmpty()) {
            return false;
        }
        double seconds = (System.nanoTime() - epochNanos) / 1e9;
        double used = options.schedule().lr(step - 1, schedule);
        EpochRow row = new EpochRow(
                epoch, step, metrics.totals(), plain.get(), average == null ? null : averaged.get(), used, seconds);
        history.add(row);
        boolean best = row.equals(progress().best());
        if (best) {
            writer.best(step);
        }
        writer.insist(step, () -> run.writeSummary(history));
        schedule = options.schedule().evaluated(schedule, row.judged().top1Error());
        epoch++;
        batch = 0;
        metrics.reset();
        epochNanos = System.nanoTime();
        stopwatch.restart();
        listener.accept(new TrainEvent.EpochEnded(row, best, stopwatch.takeWaitShare()));
        return true;
    }

    private void lastCheckpoint() throws IOException {
        requireFinite();
        writer.insist(step, () -> writer.checkpoint(progress()));
    }

    private TrainOutcome interrupted() throws IOException {
        lastCheckpoint();
        listener.accept(new TrainEvent.Interrupted(step));
        return TrainOutcome.INTERRUPTED;
    }

    private TrainOutcome finished() throws IOException {
        lastCheckpoint();
        listener.accept(new TrainEvent.Finished(step, history.getLast().judged()));
        return TrainOutcome.FINISHED;
    }

    /** Frees memory and the lock of the run folder. */
    @Override
    public void close() {
        evaluator.close();
        stepper.close();
        run.close();
    }
}
