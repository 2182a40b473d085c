package org.resnet4j.trainer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.json.JsonException;
import org.resnet4j.lrschedule.ScheduleState;
import org.resnet4j.metric.Metrics;

/**
 * Where a run stands: with the weights and the momentum, all that the next step depends on. What a checkpoint's state holds.
 *
 * @param step updates done
 * @param epoch the current one, from 0
 * @param batch the next one's index in the epoch; the number of batches if only the evaluation is left
 * @param schedule state of the learning rate
 * @param metrics totals of the current epoch
 * @param history ended epochs
 */
record Progress(long step, long epoch, int batch, ScheduleState schedule, Metrics metrics, List<EpochRow> history) {
    static final Progress START = new Progress(0, 0, 0, ScheduleState.START, Metrics.NONE, List.of());

    Progress {
        history = List.copyOf(history);
    }

    Map<String, @Nullable Object> toJson() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("step", step);
        json.put("epoch", epoch);
        json.put("batch", (long) batch);
        json.put("error", schedule.error());
        json.put("released", schedule.released());
        json.put("best-error", schedule.plateau().best());
        json.put("bad-evaluations", (long) schedule.plateau().bad());
        json.put("cooldown", (long) schedule.plateau().cooldown());
        json.put("reductions", (long) schedule.plateau().reductions());
        json.put("metrics", EpochRow.metrics(metrics));
        json.put("history", history.stream().map(EpochRow::toJson).toList());
        return json;
    }

    static Progress fromJson(Fields f) throws JsonException {
        List<EpochRow> history = new ArrayList<>();
        for (Fields row : f.objects("history")) {
            history.add(EpochRow.fromJson(row));
        }
        return new Progress(
                f.number("step"),
                f.number("epoch"),
                f.integer("batch"),
                schedule(f),
                EpochRow.metrics(f.object("metrics")),
                history);
    }

    private static ScheduleState schedule(Fields f) throws JsonException {
        try {
            return new ScheduleState(
                    f.real("error"),
                    f.flag("released"),
                    new ScheduleState.Watch(
                            f.real("best-error"),
                            f.integer("bad-evaluations"),
                            f.integer("cooldown"),
                            f.integer("reductions")));
        } catch (IllegalArgumentException e) {
            throw new JsonException(f.where() + ": " + e.getMessage());
        }
    }

    /** Fails if no run of this length can stand here: a checkpoint is a file like any other. */
    void requirePossible(long checkpoint, long steps, int stepsPerEpoch) throws RunException {
        boolean inRange = step == checkpoint
                && step <= steps
                && epoch >= 0
                && epoch <= step
                && batch >= 0
                && batch <= stepsPerEpoch;
        // The last epoch may be cut short.
        if (!inRange || (step != steps && step != epoch * stepsPerEpoch + batch)) {
            throw new RunException("a checkpoint of step " + checkpoint + " of " + steps + " with " + stepsPerEpoch
                    + " steps an epoch cannot stand at step " + step + ", epoch " + epoch + ", batch " + batch
                    + "; delete it, and the one before is used");
        }
    }

    /** The ended epoch with the fewest errors of the evaluation, the first of several; null before the first. */
    @Nullable
    EpochRow best() {
        EpochRow best = null;
        for (EpochRow row : history) {
            if (best == null || row.judged().top1Errors() < best.judged().top1Errors()) {
                best = row;
            }
        }
        return best;
    }

    /** True if the best epoch is at least {@code patience} epochs ago; never for a patience of 0. */
    boolean isWithoutHope(int patience) {
        EpochRow best = best();
        return patience > 0 && best != null && history.getLast().epoch() - best.epoch() >= patience;
    }
}
