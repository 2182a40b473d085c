package org.resnet4j.lrschedule;

import org.jspecify.annotations.Nullable;

/** What each schedule computes: one row a kind. StrictMath, so that the bits are the same on every machine. Stateless. */
final class Rates {
    /** A reduction smaller than this is none; PyTorch's {@code eps}. */
    private static final double SMALLEST_REDUCTION = 1e-8;

    private Rates() {}

    static double of(Schedule schedule, long step, ScheduleState state) {
        return switch (schedule) {
            case Schedule.Constant c -> c.lr();
            case Schedule.Step s -> {
                long times = step / s.every();
                yield s.lr() * StrictMath.pow(s.factor(), (double) times);
            }
            case Schedule.MultiStep s -> {
                double lr = s.lr();
                for (long milestone : s.milestones()) {
                    lr = step >= milestone ? lr * s.factor() : lr;
                }
                yield lr;
            }
            case Schedule.Cosine c ->
                step >= c.steps() ? c.end() : halfCosine(c.lr(), c.end(), (double) step / c.steps());
            case Schedule.Polynomial p ->
                step >= p.steps()
                        ? p.end()
                        : p.end() + (p.lr() - p.end()) * StrictMath.pow(1 - (double) step / p.steps(), p.power());
            case Schedule.Exponential e ->
                e.lr() * StrictMath.pow(e.end() / e.lr(), (double) Math.min(step, e.steps()) / e.steps());
            case Schedule.OneCycle c -> oneCycle(c, Math.min(step, c.steps() - 1));
            case Schedule.Plateau p -> reduced(p, state.plateau().reductions());
            case Schedule.LinearWarmup w -> {
                if (step >= w.steps()) {
                    yield of(w.then(), w.afresh() ? step - w.steps() : step, state);
                }
                yield w.start() + (of(w.then(), 0, state) - w.start()) * step / w.steps();
            }
            case Schedule.ErrorWarmup w -> state.released() ? of(w.then(), step, state) : w.lr();
            case Schedule.Stairs s -> of(s.then(), step / s.steps(), state);
        };
    }

    private static double halfCosine(double from, double to, double done) {
        return to + 0.5 * (from - to) * (1 + StrictMath.cos(StrictMath.PI * done));
    }

    private static double oneCycle(Schedule.OneCycle c, long step) {
        double low = c.lr() / c.start();
        double top = c.rise() * c.steps() - 1;
        return step <= top
                ? halfCosine(low, c.lr(), step / top)
                : halfCosine(c.lr(), low / c.end(), (step - top) / (c.steps() - 1 - top));
    }

    private static double reduced(Schedule.Plateau p, int times) {
        double lr = p.lr();
        for (int i = 0; i < times; i++) {
            double smaller = Math.max(lr * p.factor(), p.least());
            if (lr - smaller <= SMALLEST_REDUCTION) {
                return lr;
            }
            lr = smaller;
        }
        return lr;
    }

    /** The schedule that this one leads to; null if it stands alone. */
    private static @Nullable Schedule inside(Schedule schedule) {
        return switch (schedule) {
            case Schedule.LinearWarmup w -> w.then();
            case Schedule.ErrorWarmup w -> w.then();
            case Schedule.Stairs s -> s.then();
            case Schedule.Constant _, Schedule.Step _, Schedule.MultiStep _, Schedule.Cosine _ -> null;
            case Schedule.Polynomial _, Schedule.Exponential _, Schedule.OneCycle _, Schedule.Plateau _ -> null;
        };
    }

    /** The error below which a warm-up lets go; 0, which is never reached, where there is nothing to release. */
    static double threshold(Schedule schedule) {
        for (Schedule s = schedule; s != null; s = inside(s)) {
            if (s instanceof Schedule.ErrorWarmup w) {
                return w.threshold();
            }
        }
        return 0;
    }

    /** What a plateau inside of {@code schedule} has seen after one more evaluation; nothing new where there is none. */
    static ScheduleState.Watch watch(Schedule schedule, ScheduleState.Watch before, double error) {
        for (Schedule s = schedule; s != null; s = inside(s)) {
            if (s instanceof Schedule.Plateau p) {
                return watch(p, before, error);
            }
        }
        return before;
    }

    private static ScheduleState.Watch watch(Schedule.Plateau p, ScheduleState.Watch before, double error) {
        boolean better = before.best() > 1 || error < before.best() * (1 - p.threshold());
        double best = better ? error : before.best();
        int bad = better ? 0 : before.bad() + 1;
        int cooldown = before.cooldown();
        if (cooldown > 0) {
            cooldown--;
            bad = 0;
        }
        return bad > p.patience()
                ? new ScheduleState.Watch(best, 0, p.cooldown(), before.reductions() + 1)
                : new ScheduleState.Watch(best, bad, cooldown, before.reductions());
    }
}
