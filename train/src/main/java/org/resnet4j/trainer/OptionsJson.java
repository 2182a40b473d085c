package org.resnet4j.trainer;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.json.JsonException;
import org.resnet4j.optim.Momentum;
import org.resnet4j.optim.SgdOptions;
import org.resnet4j.optim.WeightDecay;

/** The one table between {@link TrainOptions} and JSON; names are those of the command line's flags. */
final class OptionsJson {
    private OptionsJson() {}

    static Map<String, @Nullable Object> write(TrainOptions o) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("model", o.model());
        json.put(o.length().unit().toString(), o.length().count());
        json.put("batch-size", (long) o.batchSize());
        json.put("eval-batch-size", (long) o.evaluationBatchSize());
        json.put("seed", o.seed());
        json.put("momentum", o.sgd().momentum());
        json.put("momentum-convention", o.sgd().convention().name());
        json.put("nesterov", o.sgd().nesterov());
        json.put("weight-decay", o.sgd().decay().value());
        json.put("norm-weight-decay", o.sgd().decay().norm());
        json.put("schedule", ScheduleJson.write(o.schedule()));
        json.put("label-smoothing", o.labelSmoothing());
        json.put("workers", (long) o.workers());
        json.put("checkpoint-steps", o.checkpoints().everySteps());
        json.put("checkpoint-seconds", o.checkpoints().every().toSeconds());
        json.put("keep", (long) o.checkpoints().keep());
        json.put("inputs", new LinkedHashMap<String, @Nullable Object>(o.inputs()));
        return json;
    }

    static TrainOptions read(Fields f) throws JsonException {
        Length length = f.has("steps") ? Length.steps(f.number("steps")) : Length.epochs(f.number("epochs"));
        SgdOptions sgd = new SgdOptions(
                f.real("momentum"),
                f.constant("momentum-convention", Momentum.class),
                f.flag("nesterov"),
                new WeightDecay(f.real("weight-decay"), f.real("norm-weight-decay")));
        Map<String, String> inputs = new LinkedHashMap<>();
        Fields given = f.object("inputs");
        for (String name : given.json().keySet()) {
            inputs.put(name, given.text(name));
        }
        return new TrainOptions(
                f.text("model"),
                length,
                f.integer("batch-size"),
                f.integer("eval-batch-size"),
                f.number("seed"),
                sgd,
                ScheduleJson.read(f.object("schedule")),
                f.real("label-smoothing"),
                f.integer("workers"),
                new Checkpointing(
                        f.number("checkpoint-steps"),
                        Duration.ofSeconds(f.number("checkpoint-seconds")),
                        f.integer("keep")),
                inputs);
    }
}
