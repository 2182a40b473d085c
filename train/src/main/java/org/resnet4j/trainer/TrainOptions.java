package org.resnet4j.trainer;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.resnet4j.json.JsonException;
import org.resnet4j.lrschedule.Schedule;
import org.resnet4j.optim.OptimizerOptions;
import org.resnet4j.optim.SgdOptions;

/**
 * Everything that a run is told, as data: written before step 1, read by resume, never changed in between. A value out of range
 * throws {@link IllegalArgumentException}.
 *
 * @param model name of the network
 * @param length how long to train
 * @param batching how many pictures at once
 * @param seed of weights, order, augmentation, mixing and whatever is dropped
 * @param descent optimiser, clipping and learning rates
 * @param objective loss and mixing
 * @param compute precision, and what is kept
 * @param averaging of weights and of batch norm's statistics
 * @param patience epochs without a better evaluation after which training ends; 0 for never
 * @param workers threads that make batches; no influence on the result
 * @param checkpoints when they are written; no influence on the result
 * @param inputs what else the caller needs to build the same job again, such as the data's folder; sorted by name
 */
public record TrainOptions(
        String model,
        Length length,
        Batching batching,
        long seed,
        Descent descent,
        Objective objective,
        Compute compute,
        Averaging averaging,
        int patience,
        int workers,
        Checkpointing checkpoints,
        Map<String, String> inputs) {

    /** Checks the ranges. */
    public TrainOptions {
        Objects.requireNonNull(length);
        Objects.requireNonNull(batching);
        Objects.requireNonNull(descent);
        Objects.requireNonNull(objective);
        Objects.requireNonNull(compute);
        Objects.requireNonNull(averaging);
        Objects.requireNonNull(checkpoints);
        inputs = Collections.unmodifiableMap(new TreeMap<>(inputs));
        if (model.isBlank()) {
            throw new IllegalArgumentException("a model's name is needed, found none");
        }
        if (workers < 0 || workers > 256) {
            throw new IllegalArgumentException("workers must be 0 to 256, found " + workers);
        }
        if (patience < 0) {
            throw new IllegalArgumentException("patience must be 0 or more epochs, found " + patience);
        }
    }

    /** The paper's optimiser, nothing mixed or averaged, two workers, a checkpoint every five minutes. */
    public static TrainOptions of(String model, Length length, int batchSize, Schedule schedule, long seed) {
        return new TrainOptions(
                model,
                length,
                Batching.of(batchSize),
                seed,
                Descent.of(SgdOptions.PAPER, schedule),
                Objective.PLAIN,
                Compute.PLAIN,
                Averaging.NONE,
                0,
                2,
                Checkpointing.DEFAULT,
                Map.of());
    }

    /** Pictures of a batch of training. */
    public int batchSize() {
        return batching.size();
    }

    /** Pictures of a batch of the evaluation. */
    public int evaluationBatchSize() {
        return batching.evaluation();
    }

    /** The learning rate of each step. */
    public Schedule schedule() {
        return descent.schedule();
    }

    /** These options with another batch size of the evaluation. */
    public TrainOptions withEvaluationBatchSize(int other) {
        return withBatching(new Batching(batching.size(), batching.accumulation(), other));
    }

    /** These options with another optimiser. */
    public TrainOptions withOptimizer(OptimizerOptions other) {
        return withDescent(new Descent(other, descent.clipping(), descent.schedule(), descent.rates()));
    }

    /** These options with other smoothing. */
    public TrainOptions withLabelSmoothing(double other) {
        return withObjective(objective.withLabelSmoothing(other));
    }

    /** These options with other numbers of pictures. */
    public TrainOptions withBatching(Batching other) {
        return new TrainOptions(
                model,
                length,
                other,
                seed,
                descent,
                objective,
                compute,
                averaging,
                patience,
                workers,
                checkpoints,
                inputs);
    }

    /** These options with other steps. */
    public TrainOptions withDescent(Descent other) {
        return new TrainOptions(
                model,
                length,
                batching,
                seed,
                other,
                objective,
                compute,
                averaging,
                patience,
                workers,
                checkpoints,
                inputs);
    }

    /** These options with another objective. */
    public TrainOptions withObjective(Objective other) {
        return new TrainOptions(
                model,
                length,
                batching,
                seed,
                descent,
                other,
                compute,
                averaging,
                patience,
                workers,
                checkpoints,
                inputs);
    }

    /** These options computed in another way. */
    public TrainOptions withCompute(Compute other) {
        return new TrainOptions(
                model,
                length,
                batching,
                seed,
                descent,
                objective,
                other,
                averaging,
                patience,
                workers,
                checkpoints,
                inputs);
    }

    /** These options with other averages. */
    public TrainOptions withAveraging(Averaging other) {
        return new TrainOptions(
                model,
                length,
                batching,
                seed,
                descent,
                objective,
                compute,
                other,
                patience,
                workers,
                checkpoints,
                inputs);
    }

    /** These options with another patience. */
    public TrainOptions withPatience(int other) {
        return new TrainOptions(
                model,
                length,
                batching,
                seed,
                descent,
                objective,
                compute,
                averaging,
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
                batching,
                seed,
                descent,
                objective,
                compute,
                averaging,
                patience,
                other,
                checkpoints,
                inputs);
    }

    /** These options with checkpoints at other times. */
    public TrainOptions withCheckpoints(Checkpointing other) {
        return new TrainOptions(
                model, length, batching, seed, descent, objective, compute, averaging, patience, workers, other,
                inputs);
    }

    /** These options with other inputs of the caller's. */
    public TrainOptions withInputs(Map<String, String> other) {
        return new TrainOptions(
                model,
                length,
                batching,
                seed,
                descent,
                objective,
                compute,
                averaging,
                patience,
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
