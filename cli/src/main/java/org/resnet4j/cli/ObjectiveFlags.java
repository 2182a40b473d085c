package org.resnet4j.cli;

import org.jspecify.annotations.Nullable;
import org.resnet4j.pass.Precision;
import org.resnet4j.trainer.Averaging;
import org.resnet4j.trainer.Batching;
import org.resnet4j.trainer.Compute;
import org.resnet4j.trainer.Objective;
import picocli.CommandLine.Option;

/** The loss, in what numbers it is computed, what is mixed and what is averaged. */
final class ObjectiveFlags {
    static final int EVALUATION_BATCH = 100;

    @Option(
            names = {"-b", "--batch-size", "--batch"},
            converter = BatchSize.class,
            defaultValue = "128",
            paramLabel = "N",
            description = "Images of a batch; default ${DEFAULT-VALUE}.")
    private int batch;

    @Option(
            names = "--grad-accum-steps",
            defaultValue = "1",
            paramLabel = "N",
            description = "Batches of an update; default ${DEFAULT-VALUE}.")
    private int accumulation;

    @Option(
            names = {"--label-smoothing", "--smoothing"},
            defaultValue = "0",
            paramLabel = "X",
            description = "Default ${DEFAULT-VALUE}.")
    private double smoothing;

    @Option(names = "--bce-loss", description = "Binary cross entropy for each class instead of softmax.")
    private boolean binary;

    @Option(
            names = "--bce-target-thresh",
            defaultValue = "0",
            paramLabel = "X",
            description = "Mixed targets above it count as 1, others as 0.")
    private double threshold;

    @Option(names = "--mixup", defaultValue = "0", paramLabel = "ALPHA", description = "Mix pictures; 0 for none.")
    private double mixup;

    @Option(names = "--cutmix", defaultValue = "0", paramLabel = "ALPHA", description = "Mix rectangles; 0 for none.")
    private double cutmix;

    @Option(
            names = {"--precision", "--amp-dtype"},
            defaultValue = "fp32",
            paramLabel = "fp32|bf16",
            description = "Of pictures and their gradients; weights and statistics are fp32. Default ${DEFAULT-VALUE}.")
    private String precision = "fp32";

    @Option(names = "--amp", description = "The same as --precision bf16.")
    private boolean amp;

    @Option(
            names = "--grad-checkpointing",
            description = "Make pictures again where gradients need them: the same bits, less memory, more time.")
    private boolean recompute;

    @Option(names = "--model-ema", description = "Average the weights, evaluate the average too and keep its best.")
    private boolean ema;

    @Option(names = "--model-ema-decay", paramLabel = "X", description = "Default 0.9998; switches averaging on.")
    private @Nullable Double emaDecay;

    @Option(
            names = "--model-ema-steps",
            defaultValue = "1",
            paramLabel = "N",
            description = "From one update of the average to the next; default ${DEFAULT-VALUE}.")
    private int emaSteps;

    @Option(
            names = "--precise-bn",
            defaultValue = "0",
            paramLabel = "N",
            description =
                    "Average batch norm's statistics over N batches before the last evaluation, as the paper's authors.")
    private int preciseNorm;

    @Option(
            names = "--patience",
            defaultValue = "0",
            paramLabel = "N",
            description = "Stop after N epochs without a better evaluation; 0 for never.")
    private int patience;

    /** So that a smaller batch needs less memory in all its parts, the evaluation's is no larger. */
    Batching batching() {
        if (batch < 1) {
            throw new IllegalArgumentException("--batch-size must be at least 1, found " + batch);
        }
        return new Batching(batch, accumulation, Math.min(batch, EVALUATION_BATCH));
    }

    Objective objective() {
        return new Objective(
                binary ? Objective.Kind.BINARY : Objective.Kind.CROSS_ENTROPY, smoothing, mixup, cutmix, threshold);
    }

    Compute compute() {
        return new Compute(amp ? Precision.BF16 : Precision.of(precision), recompute);
    }

    Averaging averaging() {
        double decay = emaDecay != null ? emaDecay : ema ? 0.9998 : 0;
        return new Averaging(decay, emaSteps, preciseNorm);
    }

    int patience() {
        return patience;
    }
}
