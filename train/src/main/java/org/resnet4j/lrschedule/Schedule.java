package org.resnet4j.lrschedule;

import java.util.List;
import java.util.Objects;

/**
 * The learning rate of each step, counted from 0: a closed set of records. Constants out of range throw
 * {@link IllegalArgumentException}.
 */
public sealed interface Schedule {
    /** How much of the moving average of the training error survives a step: a memory of about 50 steps. */
    double ERROR_KEPT = 0.98;

    /** The same rate always. */
    record Constant(double lr) implements Schedule {
        /** Checks the rate. */
        public Constant {
            requireRate(lr);
        }
    }

    /**
     * {@code lr} times {@code factor} for each milestone that has been reached.
     *
     * @param lr at the start
     * @param factor at each milestone
     * @param milestones steps, ascending
     */
    record MultiStep(double lr, double factor, List<Long> milestones) implements Schedule {
        /** Checks the order. */
        public MultiStep {
            requireRate(lr);
            milestones = List.copyOf(milestones);
            if (!(factor > 0 && factor <= 1)) {
                throw new IllegalArgumentException("the factor of a milestone must be in (0, 1], found " + factor);
            }
            long previous = 0;
            for (long milestone : milestones) {
                if (milestone <= previous) {
                    throw new IllegalArgumentException("milestones must ascend from 1, found " + milestones);
                }
                previous = milestone;
            }
        }
    }

    /** Half a cosine from {@code lr} at step 0 to {@code end} at step {@code steps}, and {@code end} after it. */
    record Cosine(double lr, double end, long steps) implements Schedule {
        /** Checks the ranges. */
        public Cosine {
            requireRate(lr);
            if (!(end >= 0 && end <= lr)) {
                throw new IllegalArgumentException("a cosine ends between 0 and " + lr + ", found " + end);
            }
            requireSteps("a cosine", steps);
        }
    }

    /**
     * A straight line from {@code start} at step 0 to the first rate of {@code then} at step {@code steps}; from there on
     * {@code then}, whose steps are counted from the start of training, as timm does.
     */
    record LinearWarmup(Schedule then, double start, long steps) implements Schedule {
        /** Checks the ranges. */
        public LinearWarmup {
            Objects.requireNonNull(then);
            requireRate(start);
            requireSteps("a warm-up", steps);
        }
    }

    /**
     * {@code lr} until the training error falls below {@code threshold}, from there on {@code then}. The error is the moving
     * average of {@link ScheduleState#error()}, because that of one batch is noise. He et al. 2015, section 4.2, on 110 layers.
     */
    record ErrorWarmup(Schedule then, double lr, double threshold) implements Schedule {
        /** Checks the ranges. */
        public ErrorWarmup {
            Objects.requireNonNull(then);
            requireRate(lr);
            if (!(threshold > 0 && threshold <= 1)) {
                throw new IllegalArgumentException("the error to wait for must be in (0, 1], found " + threshold);
            }
        }
    }

    /** The rate of one step. */
    default double lr(long step, ScheduleState state) {
        return switch (this) {
            case Constant c -> c.lr();
            case MultiStep s -> {
                double lr = s.lr();
                for (long milestone : s.milestones()) {
                    lr = step >= milestone ? lr * s.factor() : lr;
                }
                yield lr;
            }
            case Cosine c ->
                // StrictMath: the same bits on every machine
                step >= c.steps()
                        ? c.end()
                        : c.end() + 0.5 * (c.lr() - c.end()) * (1 + StrictMath.cos(StrictMath.PI * step / c.steps()));
            case LinearWarmup w ->
                step >= w.steps()
                        ? w.then().lr(step, state)
                        : w.start() + (w.then().lr(0, state) - w.start()) * step / w.steps();
            case ErrorWarmup w -> state.released() ? w.then().lr(step, state) : w.lr();
        };
    }

    /** The state after a step whose batch had this share of wrong answers. */
    default ScheduleState next(ScheduleState state, double error) {
        double average = ERROR_KEPT * state.error() + (1 - ERROR_KEPT) * error;
        return new ScheduleState(Math.min(1, average), state.released() || average < threshold());
    }

    private double threshold() {
        return switch (this) {
            case ErrorWarmup w -> w.threshold();
            case LinearWarmup w -> w.then().threshold();
            case Constant _, MultiStep _, Cosine _ -> 0; // never reached: nothing to release
        };
    }

    /** The paper's for CIFAR: {@code lr} divided by 10 at 32,000 and 48,000 of 64,000 steps (section 4.2). */
    static Schedule paperCifar(double lr) {
        return new MultiStep(lr, 0.1, List.of(32_000L, 48_000L));
    }

    /** The paper's for 110 layers: 0.01 until the training error is below 80 %, then {@code then} (section 4.2). */
    static Schedule paperWarmup(Schedule then) {
        return new ErrorWarmup(then, 0.01, 0.8);
    }

    private static void requireRate(double lr) {
        if (!(lr > 0 && lr < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("a learning rate must be finite and above 0, found " + lr);
        }
    }

    private static void requireSteps(String what, long steps) {
        if (steps < 1) {
            throw new IllegalArgumentException(what + " takes at least 1 step, found " + steps);
        }
    }
}
