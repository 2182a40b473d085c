package org.resnet4j.lrschedule;

import java.util.List;
import java.util.Objects;

/**
 * The learning rate of each step, counted from 0: a closed set of records. Constants out of range throw
 * {@link IllegalArgumentException}. Every kind that PyTorch has gives PyTorch's numbers ({@code torch.optim.lr_scheduler}).
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

    /** {@code lr} times {@code factor} after each {@code every} steps: {@code StepLR}. */
    record Step(double lr, double factor, long every) implements Schedule {
        /** Checks the ranges. */
        public Step {
            requireRate(lr);
            requireFactor("a step", factor);
            requireSteps("a step", every);
        }
    }

    /**
     * {@code lr} times {@code factor} for each milestone that has been reached: {@code MultiStepLR}.
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
            requireFactor("a milestone", factor);
            long previous = 0;
            for (long milestone : milestones) {
                if (milestone <= previous) {
                    throw new IllegalArgumentException("milestones must ascend from 1, found " + milestones);
                }
                previous = milestone;
            }
        }
    }

    /** Half a cosine from {@code lr} at step 0 to {@code end} at step {@code steps}, and {@code end} after it: {@code CosineAnnealingLR}. */
    record Cosine(double lr, double end, long steps) implements Schedule {
        /** Checks the ranges. */
        public Cosine {
            requireRate(lr);
            requireEnd("a cosine", lr, end);
            requireSteps("a cosine", steps);
        }
    }

    /**
     * {@code end + (lr - end) (1 - step / steps)^power}, and {@code end} after {@code steps}: {@code PolynomialLR} where the end
     * is 0; a straight line where the power is 1.
     */
    record Polynomial(double lr, double end, double power, long steps) implements Schedule {
        /** Checks the ranges. */
        public Polynomial {
            requireRate(lr);
            requireEnd("a polynomial", lr, end);
            requireSteps("a polynomial", steps);
            if (!(power > 0 && power < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("a polynomial's power must be finite and above 0, found " + power);
            }
        }
    }

    /** From {@code lr} to {@code end} by the same factor each step: how a learning rate is looked for. */
    record Exponential(double lr, double end, long steps) implements Schedule {
        /** Checks the ranges. */
        public Exponential {
            requireRate(lr);
            requireRate(end);
            requireSteps("an exponential", steps);
        }
    }

    /**
     * Up from {@code lr / start} to {@code lr}, then down to {@code lr / start / end}, each half a cosine: {@code OneCycleLR}.
     *
     * @param lr the largest
     * @param rise share of the steps that go up, in (0, 1)
     * @param start PyTorch's {@code div_factor}, 25 there
     * @param end PyTorch's {@code final_div_factor}, 10,000 there
     * @param steps of the whole cycle; the last rate holds after it
     */
    record OneCycle(double lr, double rise, double start, double end, long steps) implements Schedule {
        /** Checks the ranges. */
        public OneCycle {
            requireRate(lr);
            requireSteps("a cycle", steps);
            if (!(rise > 0 && rise < 1 && rise * steps > 1)) {
                throw new IllegalArgumentException(
                        "a cycle rises for a share in (0, 1) of its steps, at least one step, found " + rise + " of "
                                + steps);
            }
            if (!(start >= 1 && end >= 1 && start * end < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "what a cycle's rate is divided by must be at least 1, found " + start + " and " + end);
            }
        }
    }

    /**
     * {@code lr}, made smaller by {@code factor} whenever the error of the evaluations has not been better for more than
     * {@code patience} of them: {@code ReduceLROnPlateau} with its relative threshold. The paper's ImageNet schedule
     * (section 3.4: divided by 10 when the error plateaus).
     *
     * @param lr at the start
     * @param factor at each reduction
     * @param patience evaluations in a row that may be no better
     * @param threshold by what share of the best an evaluation must be better to count
     * @param cooldown evaluations after a reduction that do not count
     * @param least below which the rate never goes
     */
    record Plateau(double lr, double factor, int patience, double threshold, int cooldown, double least)
            implements Schedule {
        /** Checks the ranges. */
        public Plateau {
            requireRate(lr);
            requireFactor("a plateau", factor);
            requireEnd("a plateau", lr, least);
            if (patience < 0 || cooldown < 0 || !(threshold >= 0 && threshold < 1)) {
                throw new IllegalArgumentException("a plateau needs a patience and a cooldown of at least 0 and a"
                        + " threshold in [0, 1), found " + patience + ", " + cooldown + " and " + threshold);
            }
        }
    }

    /**
     * A straight line from {@code start} at step 0 to the first rate of {@code then} at step {@code steps}; from there on
     * {@code then}. Its steps are counted from the start of training, as timm does, or, with {@code afresh}, from the end of the
     * warm-up, as torchvision does ({@code SequentialLR} of {@code LinearLR} and another).
     */
    record LinearWarmup(Schedule then, double start, long steps, boolean afresh) implements Schedule {
        /** Checks the ranges. */
        public LinearWarmup {
            Objects.requireNonNull(then);
            requireRate(start);
            requireSteps("a warm-up", steps);
        }

        /** Whose following schedule counts from the start of training. */
        public LinearWarmup(Schedule then, double start, long steps) {
            this(then, start, steps, false);
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

    /** {@code then}, asked once in {@code steps} steps and by the number of such spans: with an epoch's steps, a rate by epoch. */
    record Stairs(Schedule then, long steps) implements Schedule {
        /** Checks the count. */
        public Stairs {
            Objects.requireNonNull(then);
            requireSteps("a stair", steps);
        }
    }

    /** The rate of one step. */
    default double lr(long step, ScheduleState state) {
        return Rates.of(this, step, state);
    }

    /** The state after a step whose batch had this share of wrong answers. */
    default ScheduleState next(ScheduleState state, double error) {
        double average = ERROR_KEPT * state.error() + (1 - ERROR_KEPT) * error;
        boolean released = state.released() || average < Rates.threshold(this);
        return new ScheduleState(Math.min(1, average), released, state.plateau());
    }

    /** The state after an evaluation with this share of wrong answers. */
    default ScheduleState evaluated(ScheduleState state, double error) {
        return new ScheduleState(state.error(), state.released(), Rates.watch(this, state.plateau(), error));
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

    private static void requireEnd(String what, double lr, double end) {
        if (!(end >= 0 && end <= lr)) {
            throw new IllegalArgumentException(what + " ends between 0 and " + lr + ", found " + end);
        }
    }

    private static void requireFactor(String what, double factor) {
        if (!(factor > 0 && factor <= 1)) {
            throw new IllegalArgumentException("the factor of " + what + " must be in (0, 1], found " + factor);
        }
    }

    private static void requireSteps(String what, long steps) {
        if (steps < 1) {
            throw new IllegalArgumentException(what + " takes at least 1 step, found " + steps);
        }
    }
}
