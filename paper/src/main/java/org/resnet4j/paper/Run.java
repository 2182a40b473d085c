package org.resnet4j.paper;

import java.nio.file.Path;
import java.util.List;
import org.resnet4j.trainer.EpochRow;
import org.resnet4j.trainer.TrainOptions;

/**
 * A finished run.
 *
 * @param arm what was trained
 * @param seed with which seed
 * @param folder that holds it: {@code last.safetensors} is what came out
 * @param options that it was trained with
 * @param history ended epochs, oldest first; at least one
 */
public record Run(Arm arm, long seed, Path folder, TrainOptions options, List<EpochRow> history) {
    /** Copies the list. */
    public Run {
        history = List.copyOf(history);
        if (history.isEmpty()) {
            throw new IllegalArgumentException(folder + ": a finished run has ended an epoch, found none");
        }
    }

    /** The last epoch's row. */
    public EpochRow last() {
        return history.getLast();
    }

    /** Share of wrong answers in the mini-batches of the last epoch, in per cent. */
    public double trainingError() {
        return 100 * last().train().top1Error();
    }

    /** Share of wrong answers on the test set at the end, in per cent; that of averaged weights where there are any. */
    public double testError() {
        return 100 * last().judged().top1Error();
    }
}
