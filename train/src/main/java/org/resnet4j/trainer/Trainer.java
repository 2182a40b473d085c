package org.resnet4j.trainer;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.resnet4j.checkpoint.Checkpoint;
import org.resnet4j.engine.Parameters;
import org.resnet4j.engine.PlanException;
import org.resnet4j.engine.Session;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Parameter;
import org.resnet4j.loader.Batch;
import org.resnet4j.loader.BatchLoader;
import org.resnet4j.loader.LoaderOptions;
import org.resnet4j.lrschedule.ScheduleState;
import org.resnet4j.metric.Metrics;
import org.resnet4j.metric.RunningMetrics;
import org.resnet4j.optim.Sgd;
import org.resnet4j.optim.WeightDecay;
import org.resnet4j.tensor.Shape;
import org.resnet4j.weights.NamedTensor;

/**
 * A training run: steps, evaluations, checkpoints.
 *
 * <p>{@link #start} or {@link #resume}, then {@link #train} once, then {@link #close}. Owns sessions, optimiser and the lock of the
 * run folder. Used by one thread, except {@link #requestStop}. Every step: a batch, forward and backward, a look at loss and
 * gradients, the optimiser, a look at the weights; a number that is not finite ends it with {@link NonFiniteLossException} in the
 * step that made it and before anything is written. Files that cannot be read throw {@link IOException}; those that cannot be
 * written are told and tried again, and throw at the fourth failure in a row.
 */
public final class Trainer implements AutoCloseable {
    private static final int RETRIES = 3;
    private static final long RETRY_NANOS = 500_000_000L;

    private final TrainOptions options;
    private final TrainJob job;
    private final RunFolder run;
    private final MemoryNeed memory;
    private final Session session;
    private final Evaluator evaluator;
    private final Sgd sgd;
    private final StepFeed feed;
    private final Consumer<TrainEvent> listener;
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
    private long savedStep = -1;
    private long lastStep = -1;
    private int failures;
    private long savedNanos = System.nanoTime();
    private long epochNanos = System.nanoTime();
    private volatile boolean stop;

    private Trainer(
            TrainOptions options, TrainJob job, RunFolder run, Resources resources, Consumer<TrainEvent> listener) {
        this.options = options;
        this.job = job;
        this.run = run;
        this.memory = resources.memory();
        this.session = resources.session();
        this.evaluator = resources.evaluator();
        this.sgd = resources.sgd();
        this.feed = StepFeed.of(session, options.seed());
        this.listener = listener;
        this.stepsPerEpoch = BatchLoader.batchesPerEpoch(job.data().train().size(), loaderOptions());
        this.steps = options.length().inSteps(stepsPerEpoch);
        this.stopwatch = new Stopwatch(options.batchSize());
    }

    /** What is opened for a run and closed with it. */
    private record Resources(MemoryNeed memory, Session session, Evaluator evaluator, Sgd sgd)
            implements AutoCloseable {
        static Resources open(TrainPlans plans, TrainOptions options, TrainJob job) {
            Session session = plans.training().open();
            Evaluator evaluator = null;
            try {
                evaluator = Evaluator.open(plans.evaluation(), job.data(), options);
                Graph graph = plans.training().graph();
                Sgd sgd = Sgd.of(session.parameters(), options.sgd(), WeightDecay.normParameters(graph));
                return new Resources(plans.need(), session, evaluator, sgd);
            } catch (RuntimeException | Error e) {
                if (evaluator != null) {
                    evaluator.close();
                }
                session.close();
                throw e;
            }
        }

        @Override
        public void close() {
            sgd.close();
            evaluator.close();
            session.close();
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
        requireFit(options, job);
        TrainPlans plans = TrainPlans.compile(options, job);
        RunFolder folder = RunFolder.create(run, RunRecord.of(options, job));
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
        requireFit(options, job);
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

    /** Fails where data and network do not fit each other. */
    private static void requireFit(TrainOptions options, TrainJob job) {
        Graph graph = job.network().evaluation();
        long outputs = graph.outputs().getFirst().type().shape().dim(1);
        int classes = job.data().train().classNames().size();
        if (outputs != classes || job.data().evaluation().classNames().size() != classes) {
            throw new IllegalArgumentException(job.network().name() + ": a network with as many outputs as there are"
                    + " classes is needed, found " + outputs + " outputs, " + classes + " classes to train on and "
                    + job.data().evaluation().classNames().size() + " to evaluate");
        }
        int samples = job.data().train().size();
        if (samples < options.batchSize() || job.data().evaluation().size() < 1) {
            throw new IllegalArgumentException(job.data().train().description() + ": at least one full batch of "
                    + options.batchSize() + " samples to train on and one sample to evaluate are needed, found "
                    + samples + " and " + job.data().evaluation().size() + "; choose a smaller batch size");
        }
    }

    private LoaderOptions loaderOptions() {
        Shape input = session.input("input").type().shape();
        return new LoaderOptions(
                input.intDim(0),
                input.intDim(2),
                job.data().trainTransform(),
                job.data().normalization(),
                options.seed(),
                true,
                true,
                options.workers());
    }

    private void announce() {
        Graph graph = session.plan().graph();
        long trainable = graph.parameters().stream()
                .filter(Parameter::trainable)
                .mapToLong(p -> p.value().type().shape().elements())
                .sum();
        String decayed = options.sgd().decay().describe(graph);
        listener.accept(new TrainEvent.Started(memory, trainable, stepsPerEpoch, steps, decayed));
    }

    private void load() throws IOException {
        if (run.checkpoints().isEmpty()) {
            job.start().fill(session.plan().graph(), session.parameters(), options.seed());
        } else {
            try (Checkpoint checkpoint = run.checkpoints().load()) {
                Weights.restore(checkpoint, session.parameters(), sgd);
                Fields state = new Fields("state.json", checkpoint.state());
                Progress found = Progress.fromJson(state.object("progress"));
                found.requirePossible(checkpoint.step(), steps, stepsPerEpoch);
                go(found);
                savedStep = step;
                listener.accept(new TrainEvent.Resumed(step, checkpoint.skipped()));
            }
        }
        session.parametersChanged();
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
        return session.parameters();
    }

    /** Updates of the whole run. */
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
        try (BatchLoader loader = BatchLoader.open(job.data().train(), loaderOptions(), epoch, batch)) {
            stopwatch.restart();
            while (true) {
                boolean epochOver = batch == stepsPerEpoch || (step == steps && batch > 0);
                if (epochOver && !endEpoch()) {
                    return interrupted();
                }
                if (step == steps) {
                    return finished();
                }
                if (stop) {
                    return interrupted();
                }
                if (isCheckpointDue()) {
                    tryCheckpoint();
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
        long waited = loader.waitNanos();
        Batch next = loader.next();
        waited = loader.waitNanos() - waited;
        lr = options.schedule().lr(step, schedule);
        feed.put(next, step);
        session.run();
        loss = feed.loss();
        if (!Double.isFinite(loss) || !Parameters.allFinite(session.parameters().gradients())) {
            NonFiniteLossException.Kind kind =
                    Double.isFinite(loss) ? NonFiniteLossException.Kind.BACKWARD : NonFiniteLossException.Kind.FORWARD;
            throw nonFinite(step + 1, kind, session.firstNonFinite().orElse("a node that a second run did not show"));
        }
        sgd.step(lr);
        requireFiniteUpdate();
        session.parametersChanged();
        int wrong = feed.countErrors(metrics, next);
        metrics.addLoss(loss, next.count());
        double error = (double) wrong / next.count();
        schedule = options.schedule().next(schedule, error);
        step++;
        batch++;
        TrainEvent.Pace pace = stopwatch.lap(waited, steps - step);
        listener.accept(new TrainEvent.Step(step, epoch, loss, error, lr, pace));
    }

    private NonFiniteLossException nonFinite(long at, NonFiniteLossException.Kind kind, String node) {
        return new NonFiniteLossException(new NonFiniteLossException.Place(at, kind, lr, loss, node));
    }

    /** Evaluates and begins the next epoch; false if asked to stop before the evaluation was over. */
    private boolean endEpoch() throws IOException {
        requireFiniteWeights();
        Optional<Metrics> evaluated = evaluator.evaluate(session.parameters(), () -> stop);
        if (evaluated.isEmpty()) {
            return false;
        }
        double seconds = (System.nanoTime() - epochNanos) / 1e9;
        double used = options.schedule().lr(step - 1, schedule);
        EpochRow row = new EpochRow(epoch, step, metrics.totals(), evaluated.get(), used, seconds);
        history.add(row);
        boolean best = row.equals(progress().best());
        if (best) {
            insist(() -> {
                try (Arena arena = Arena.ofConfined()) {
                    run.writeBest(model(arena), job.network().metadata());
                }
            });
        }
        insist(() -> run.writeSummary(history));
        schedule = options.schedule().evaluated(schedule, evaluated.get().top1Error());
        epoch++;
        batch = 0;
        metrics.reset();
        epochNanos = System.nanoTime();
        stopwatch.restart();
        listener.accept(new TrainEvent.EpochEnded(row, best, stopwatch.takeWaitShare()));
        return true;
    }

    private boolean isCheckpointDue() {
        Checkpointing c = options.checkpoints();
        boolean bySteps = c.everySteps() > 0 && step > 0 && step % c.everySteps() == 0;
        boolean byTime = !c.every().isZero()
                && System.nanoTime() - savedNanos >= c.every().toNanos();
        return bySteps || byTime;
    }

    /** Writes to the run folder. */
    private interface Write {
        void run() throws IOException;
    }

    /** Tells of a failure; the one after {@value #RETRIES} in a row ends the run. */
    private void failed(int inARow, IOException e) throws IOException {
        listener.accept(new TrainEvent.WriteFailed(step, inARow, String.valueOf(e.getMessage())));
        if (inARow > RETRIES) {
            throw e;
        }
    }

    /** For a checkpoint on the way: if it fails, the next that is due is the next try. */
    private void tryCheckpoint() throws IOException {
        try {
            checkpoint();
            failures = 0;
        } catch (IOException e) {
            failures++;
            failed(failures, e);
        }
    }

    /** For what there is no later time for: tries again and again, as long as it may. */
    private void insist(Write write) throws IOException {
        for (int inARow = 1; ; inARow++) {
            try {
                write.run();
                return;
            } catch (IOException e) {
                failed(inARow, e);
            }
            LockSupport.parkNanos(RETRY_NANOS);
        }
    }

    /** Writes a checkpoint and {@code last.safetensors}, unless this step has them: what is written is never written over. */
    private void checkpoint() throws IOException {
        savedNanos = System.nanoTime();
        if (step == savedStep && step == lastStep) {
            return;
        }
        requireFiniteWeights();
        try (Arena arena = Arena.ofConfined()) {
            List<NamedTensor> model = model(arena);
            if (step != savedStep) {
                List<NamedTensor> momentum = Weights.momentum(session.parameters(), sgd, arena);
                run.checkpoints()
                        .save(
                                step,
                                model,
                                momentum,
                                Map.of("progress", progress().toJson()));
                savedStep = step;
                listener.accept(new TrainEvent.CheckpointWritten(step, run.path()));
            }
            run.writeLast(model, job.network().metadata());
            lastStep = step;
        }
    }

    private List<NamedTensor> model(Arena arena) {
        return Weights.model(session.plan().graph(), session.parameters(), step, arena);
    }

    /** One pass over the weights, as over the gradients before: well below a hundredth of a step. */
    private void requireFiniteUpdate() {
        String bad = nonFiniteSlot(session.parameters().values(), "parameter ");
        if (bad != null) {
            throw nonFinite(step + 1, NonFiniteLossException.Kind.UPDATE, bad);
        }
    }

    private void requireFiniteWeights() {
        String bad = nonFiniteSlot(session.parameters().values(), "parameter ");
        if (bad == null) {
            bad = nonFiniteSlot(sgd.momentum(), "momentum of ");
        }
        if (bad != null) {
            throw nonFinite(step, NonFiniteLossException.Kind.UPDATE, bad);
        }
    }

    private @Nullable String nonFiniteSlot(MemorySegment block, String what) {
        if (Parameters.allFinite(block)) {
            return null;
        }
        for (Parameters.Slot slot : session.parameters().slots()) {
            boolean inside = slot.offset() + slot.bytes() <= block.byteSize();
            if (inside && !Parameters.allFinite(block.asSlice(slot.offset(), slot.bytes()))) {
                return what + slot.name();
            }
        }
        return what + "an unnamed place";
    }

    private TrainOutcome interrupted() throws IOException {
        insist(this::checkpoint);
        listener.accept(new TrainEvent.Interrupted(step));
        return TrainOutcome.INTERRUPTED;
    }

    private TrainOutcome finished() throws IOException {
        insist(this::checkpoint);
        listener.accept(new TrainEvent.Finished(step, history.getLast().evaluation()));
        return TrainOutcome.FINISHED;
    }

    /** Frees memory and the lock of the run folder. */
    @Override
    public void close() {
        sgd.close();
        evaluator.close();
        session.close();
        run.close();
    }
}
