package org.resnet4j.trainer;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.json.JsonException;
import org.resnet4j.metric.Metrics;

/**
 * One line of a run's history.
 *
 * @param epoch from 0
 * @param step updates done at its end
 * @param train totals over the batches as they were trained on
 * @param evaluation totals over the evaluation set at its end
 * @param averaged the same totals of the averaged weights; null if there are none
 * @param lr of its last step
 * @param seconds that it took, the evaluation included, in the process that ended it
 */
public record EpochRow(
        long epoch,
        long step,
        Metrics train,
        Metrics evaluation,
        @Nullable Metrics averaged,
        double lr,
        double seconds) {
    /** The columns of {@code summary.csv}, timm's where it has them; accuracies in per cent. */
    public static final String HEADER =
            "epoch,step,train_loss,train_top1,eval_loss,eval_top1,eval_top5,ema_top1,lr,seconds";

    /** What the epoch is judged by: the averaged weights where there are any. */
    public Metrics judged() {
        return averaged == null ? evaluation : averaged;
    }

    /** A line under {@link #HEADER}. */
    public String toCsv() {
        return String.format(
                Locale.ROOT,
                "%d,%d,%.6f,%.2f,%.6f,%.2f,%.2f,%s,%s,%.1f",
                epoch,
                step,
                train.loss(),
                train.top1(),
                evaluation.loss(),
                evaluation.top1(),
                evaluation.top5(),
                averaged == null ? "" : String.format(Locale.ROOT, "%.2f", averaged.top1()),
                lr,
                seconds);
    }

    Map<String, @Nullable Object> toJson() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("epoch", epoch);
        json.put("step", step);
        json.put("train", metrics(train));
        json.put("evaluation", metrics(evaluation));
        json.put("averaged", averaged == null ? null : metrics(averaged));
        json.put("lr", lr);
        json.put("seconds", seconds);
        return json;
    }

    static EpochRow fromJson(Fields f) throws JsonException {
        return new EpochRow(
                f.number("epoch"),
                f.number("step"),
                metrics(f.object("train")),
                metrics(f.object("evaluation")),
                f.has("averaged") ? metrics(f.object("averaged")) : null,
                f.real("lr"),
                f.real("seconds"));
    }

    static Map<String, @Nullable Object> metrics(Metrics m) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("samples", m.samples());
        json.put("loss-sum", m.lossSum());
        json.put("top1-errors", m.top1Errors());
        json.put("top5-errors", m.top5Errors());
        return json;
    }

    static Metrics metrics(Fields f) throws JsonException {
        try {
            return new Metrics(
                    f.number("samples"), f.real("loss-sum"), f.number("top1-errors"), f.number("top5-errors"));
        } catch (IllegalArgumentException e) {
            throw new JsonException(f.where() + ": " + e.getMessage());
        }
    }
}
