package org.resnet4j.trainer;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.resnet4j.json.JsonException;
import org.resnet4j.lrschedule.Schedule;
import org.resnet4j.optim.SgdOptions;

/**
 * Everything that a run is told, as data: written before step 1, read by resume, never changed in between. A value out of range
 * throws {@link IllegalArgumentException}.
 *
 * @param model name of the network
 * @param length how long to train
 * @param batchSize pictures of an update
 * @param evaluationBatchSize pictures of a batch of the evaluation
 * @param seed of weights, order and augmentation
 * @param sgd the optimiser's constants
 * @param schedule the learning rate of each step
 * @param labelSmoothing share of the uniform distribution in the targets, in [0, 1)
 * @param workers threads that make batches; no influence on the result
 * @param checkpoints when they are written; no influence on the result
 * @param inputs what else the caller needs to build the same job again, such as the data's folder; sorted by name
 */
public record TrainOptions(
        String model,
        Length length,
        int batchSize,
        int evaluationBatchSize,
        long seed,
        SgdOptions sgd,
        Schedule schedule,
        double labelSmoothing,
        int workers,
        Checkpointing checkpoints,
        Map<String, String> inputs) {

    /** Checks the ranges. */
    public TrainOptions {
        Objects.requireNonNull(length);
        Objects.requireNonNull(sgd);
        Objects.requireNonNull(schedule);
        Objects.requireNonNull(checkpoints);
        inputs = Collections.unmodifiableMap(new TreeMap<>(inputs));
        if (model.isBlank()) {
            throw new IllegalArgumentException("a model's name is needed, found none");
        }
        atLeastOne("batch size", batchSize);
        atLeastOne("evaluation batch size", evaluationBatchSize);
        if (workers < 0 || workers > 256) {
            throw new IllegalArgumentException("workers must be 0 to 256, found " + workers);
        }
        if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
            throw new IllegalArgumentException("label smoothing must be in [0, 1), found " + labelSmoothing);
        }
    }

    private static void atLeastOne(String what, int found) {
        if (found < 1) {
            throw new IllegalArgumentException(what + " must be at least 1, found " + found);
        }
    }

    /** The paper's optimiser, no smoothing, two workers, a checkpoint every five minutes. */
    public static TrainOptions of(String model, Length length, int batchSize, Schedule schedule, long seed) {
        return new TrainOptions(
                model,
                length,
                batchSize,
                batchSize,
                seed,
                SgdOptions.PAPER,
                schedule,
                0,
                2,
                Checkpointing.DEFAULT,
                Map.of());
    }

    /** These options with another batch size of the evaluation. */
    public TrainOptions withEvaluationBatchSize(int other) {
        return new TrainOptions(
                model, length, batchSize, other, seed, sgd, schedule, labelSmoothing, workers, checkpoints, inputs);
    }

    /** These options with other constants of the optimiser. */
    public TrainOptions withSgd(SgdOptions other) {
        return new TrainOptions(
                model,
                length,
                batchSize,
                evaluationBatchSize,
                seed,
                other,
                schedule,
                labelSmoothing,
                workers,
                checkpoints,
                inputs);
    }

    /** These options with other smoothing. */
    public TrainOptions withLabelSmoothing(double other) {
        return new TrainOptions(
                model,
                length,
                batchSize,
                evaluationBatchSize,
                seed,
                sgd,
                schedule,
                other,
                workers,
                checkpoints,
                inputs);
    }

    /** These options with another number of workers. */
    public TrainOptions withWorkers(int other) {
        return new TrainOptions(
                model,
                length,
                batchSize,
                evaluationBatchSize,
                seed,
                sgd,
                schedule,
                labelSmoothing,
                other,
                checkpoints,
                inputs);
    }

    /** These options with checkpoints at other times. */
    public TrainOptions withCheckpoints(Checkpointing other) {
        return new TrainOptions(
                model,
                length,
                batchSize,
                evaluationBatchSize,
                seed,
                sgd,
                schedule,
                labelSmoothing,
                workers,
                other,
                inputs);
    }

    /** These options with other inputs of the caller's. */
    public TrainOptions withInputs(Map<String, String> other) {
        return new TrainOptions(
                model,
                length,
                batchSize,
                evaluationBatchSize,
                seed,
                sgd,
                schedule,
                labelSmoothing,
                workers,
                checkpoints,
                other);
    }

    /** As JSON values by name, in a fixed order. */
    public Map<String, @Nullable Object> toJson() {
        return OptionsJson.write(this);
    }

    /** What {@link #toJson} gave. */
    public static TrainOptions fromJson(Map<String, @Nullable Object> json) throws JsonException {
        return OptionsJson.read(new Fields("options", json));
    }

    /** For people: YAML. */
    public String toYaml() {
        return Yaml.write(toJson());
    }
}
