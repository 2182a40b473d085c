package org.resnet4j.cli;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.resnet4j.lrschedule.Schedule;
import org.resnet4j.trainer.Length;
import picocli.CommandLine.Option;

/** How long to train and the learning rate of each step. Places in time are epochs, or steps where {@code --steps} is given. */
final class ScheduleFlags {
    @Option(names = "--epochs", paramLabel = "N", description = "Passes over the training part; default 10.")
    private @Nullable Integer epochs;

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "Updates, instead of epochs; also the unit of all below.")
    private @Nullable Long steps;

    @Option(names = "--lr", defaultValue = "0.1", paramLabel = "X", description = "Default ${DEFAULT-VALUE}.")
    private double lr;

    @Option(
            names = {"--sched", "--lr-scheduler"},
            defaultValue = "multistep",
            paramLabel = "multistep|step|cosine|poly|onecycle|plateau|constant",
            description = "Default ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // has a default
    private String name;

    @Option(
            names = {"--decay-milestones", "--milestones"},
            split = ",",
            paramLabel = "N",
            description = "Of multistep; default: 1/2 and 3/4 of the run.")
    private @Nullable List<Long> milestones;

    @Option(
            names = "--decay-epochs",
            paramLabel = "N",
            description = "Of step: from one decay to the next; default 30.")
    private @Nullable Long decayEvery;

    @Option(
            names = {"--decay-rate", "--lr-gamma"},
            defaultValue = "0.1",
            paramLabel = "X",
            description = "Factor of step, multistep and plateau; default ${DEFAULT-VALUE}.")
    private double factor;

    @Option(
            names = "--min-lr",
            defaultValue = "0",
            paramLabel = "X",
            description = "Where cosine, poly and plateau end.")
    private double least;

    @Option(names = "--power", defaultValue = "1", paramLabel = "X", description = "Of poly; default ${DEFAULT-VALUE}.")
    private double power;

    @Option(names = "--rise", defaultValue = "0.3", paramLabel = "X", description = "Share of onecycle that goes up.")
    private double rise;

    @Option(
            names = "--patience-epochs",
            defaultValue = "10",
            paramLabel = "N",
            description = "Of plateau: evaluations without a better one; default ${DEFAULT-VALUE}.")
    private int plateauPatience;

    @Option(names = "--warmup-epochs", defaultValue = "0", paramLabel = "N", description = "Linear warm-up.")
    private long warmup;

    @Option(
            names = "--warmup-lr",
            paramLabel = "X",
            description = "Where the warm-up begins; default: a hundredth of --lr.")
    private @Nullable Double warmupLr;

    @Option(
            names = "--warmup-prefix",
            description =
                    "The schedule begins anew after the warm-up, as torchvision's does; else it runs along, as timm's.")
    private boolean afresh;

    @Option(
            names = "--warmup-error",
            description = "The paper's warm-up of 110 layers: 0.01 until the error is below 80 %%.")
    private boolean warmupError;

    @Option(names = "--sched-on-epochs", description = "The rate moves once an epoch, as torchvision's and timm's.")
    private boolean stairs;

    Length length() {
        if (epochs != null && steps != null) {
            throw new IllegalArgumentException("--epochs and --steps are two lengths of one run; give one of them");
        }
        if (steps != null) {
            return Length.steps(steps);
        }
        int passes = epochs == null ? 10 : epochs;
        if (passes < 1) {
            throw new IllegalArgumentException("--epochs must be at least 1, found " + passes);
        }
        return Length.epochs(passes);
    }

    /** The rates, in steps, of which an epoch has so many. */
    Schedule schedule(int stepsPerEpoch) {
        Length length = length();
        boolean inSteps = length.unit() == Length.Unit.STEPS;
        if (stairs && inSteps) {
            throw new IllegalArgumentException("--sched-on-epochs needs a run in epochs; leave out --steps");
        }
        long unit = inSteps || stairs ? 1 : Math.max(1, stepsPerEpoch);
        Schedule then = plain(Math.multiplyExact(length.count(), unit), unit);
        if (warmupError) {
            return Schedule.paperWarmup(then);
        }
        if (warmup > 0) {
            double start = warmupLr == null ? lr / 100 : warmupLr;
            then = new Schedule.LinearWarmup(then, start, Math.multiplyExact(warmup, unit), afresh);
        }
        return stairs ? new Schedule.Stairs(then, Math.max(1, stepsPerEpoch)) : then;
    }

    private Schedule plain(long whole, long unit) {
        long total = afresh ? Math.max(1, whole - warmup * unit) : whole;
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "multistep" -> multiStep(total, unit);
            case "step" ->
                new Schedule.Step(lr, factor, Math.multiplyExact(decayEvery == null ? 30 : decayEvery, unit));
            case "cosine" -> new Schedule.Cosine(lr, least, total);
            case "poly" -> new Schedule.Polynomial(lr, least, power, total);
            case "onecycle" -> new Schedule.OneCycle(lr, rise, 25, 1e4, total);
            case "plateau" -> new Schedule.Plateau(lr, factor, plateauPatience, 1e-4, 0, least);
            case "constant" -> new Schedule.Constant(lr);
            default ->
                throw new IllegalArgumentException(
                        "--sched must be multistep, step, cosine, poly, onecycle, plateau or constant, found " + name);
        };
    }

    /** By default a tenth at one half and three quarters, as the paper's 32k and 48k of 64k. */
    private Schedule multiStep(long total, long unit) {
        if (milestones != null) {
            return new Schedule.MultiStep(
                    lr,
                    factor,
                    milestones.stream().map(m -> Math.multiplyExact(m, unit)).toList());
        }
        return total < 4
                ? new Schedule.Constant(lr)
                : new Schedule.MultiStep(lr, factor, List.of(total / 2, total * 3 / 4));
    }
}
