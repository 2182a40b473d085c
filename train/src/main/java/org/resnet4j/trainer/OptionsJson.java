package org.resnet4j.trainer;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.json.JsonException;
import org.resnet4j.optim.AdamWOptions;
import org.resnet4j.optim.Clipping;
import org.resnet4j.optim.LambOptions;
import org.resnet4j.optim.LarsOptions;
import org.resnet4j.optim.LayerRates;
import org.resnet4j.optim.Momentum;
import org.resnet4j.optim.OptimizerOptions;
import org.resnet4j.optim.SgdOptions;
import org.resnet4j.optim.WeightDecay;
import org.resnet4j.pass.Precision;

/** The one table between {@link TrainOptions} and JSON; names are those of the command line's flags where it has them. */
final class OptionsJson {
    private OptionsJson() {}

    static Map<String, @Nullable Object> write(TrainOptions o) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("model", o.model());
        json.put(o.length().unit().toString(), o.length().count());
        json.put("batch-size", (long) o.batching().size());
        json.put("grad-accum-steps", (long) o.batching().accumulation());
        json.put("eval-batch-size", (long) o.batching().evaluation());
        json.put("seed", o.seed());
        json.put("optimizer", optimizer(o.descent().optimizer()));
        json.put("weight-decay", o.descent().optimizer().decay().value());
        json.put("norm-weight-decay", o.descent().optimizer().decay().norm());
        json.put("bias-weight-decay", o.descent().optimizer().decay().bias());
        json.put("clipping", clipping(o.descent().clipping()));
        json.put("schedule", ScheduleJson.write(o.schedule()));
        json.put("layer-decay", o.descent().rates().decay());
        json.put("head-lr-scale", o.descent().rates().head());
        json.put("loss", o.objective().kind().name());
        json.put("label-smoothing", o.objective().labelSmoothing());
        json.put("mixup", o.objective().mixup());
        json.put("cutmix", o.objective().cutmix());
        json.put("bce-target-thresh", o.objective().threshold());
        json.put("precision", o.compute().precision().name());
        json.put("grad-checkpointing", o.compute().recompute());
        json.put("model-ema-decay", o.averaging().decay());
        json.put("model-ema-steps", (long) o.averaging().every());
        json.put("precise-bn", (long) o.averaging().normBatches());
        json.put("patience", (long) o.patience());
        json.put("workers", (long) o.workers());
        json.put("checkpoint-steps", o.checkpoints().everySteps());
        json.put("checkpoint-seconds", o.checkpoints().every().toSeconds());
        json.put("keep", (long) o.checkpoints().keep());
        json.put("inputs", new LinkedHashMap<String, @Nullable Object>(o.inputs()));
        return json;
    }

    static TrainOptions read(Fields f) throws JsonException {
        Map<String, String> inputs = new LinkedHashMap<>();
        Fields given = f.object("inputs");
        for (String name : given.json().keySet()) {
            inputs.put(name, given.text(name));
        }
        return new TrainOptions(
                f.text("model"),
                f.has("steps") ? Length.steps(f.number("steps")) : Length.epochs(f.number("epochs")),
                new Batching(f.integer("batch-size"), f.integer("grad-accum-steps"), f.integer("eval-batch-size")),
                f.number("seed"),
                new Descent(
                        optimizer(
                                f.object("optimizer"),
                                new WeightDecay(
                                        f.real("weight-decay"),
                                        f.real("norm-weight-decay"),
                                        f.real("bias-weight-decay"))),
                        clipping(f.object("clipping")),
                        ScheduleJson.read(f.object("schedule")),
                        f.has("layer-decay")
                                ? new LayerRates(f.real("layer-decay"), f.real("head-lr-scale"))
                                : LayerRates.SAME), // a run of before there was a choice
                new Objective(
                        f.constant("loss", Objective.Kind.class),
                        f.real("label-smoothing"),
                        f.real("mixup"),
                        f.real("cutmix"),
                        f.real("bce-target-thresh")),
                f.has("precision")
                        ? new Compute(f.constant("precision", Precision.class), f.flag("grad-checkpointing"))
                        : Compute.PLAIN, // a run of before there was a choice
                new Averaging(f.real("model-ema-decay"), f.integer("model-ema-steps"), f.integer("precise-bn")),
                f.integer("patience"),
                f.integer("workers"),
                new Checkpointing(
                        f.number("checkpoint-steps"),
                        Duration.ofSeconds(f.number("checkpoint-seconds")),
                        f.integer("keep")),
                inputs);
    }

    private static Map<String, @Nullable Object> optimizer(OptimizerOptions options) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        switch (options) {
            case SgdOptions o -> {
                json.put("kind", "sgd");
                json.put("momentum", o.momentum());
                json.put("momentum-convention", o.convention().name());
                json.put("nesterov", o.nesterov());
                json.put("decoupled", o.decoupled());
            }
            case LarsOptions o -> {
                json.put("kind", "lars");
                json.put("momentum", o.momentum());
                json.put("nesterov", o.nesterov());
                json.put("trust", o.trust());
            }
            case AdamWOptions o -> moments(json, "adamw", o.beta1(), o.beta2(), o.epsilon());
            case LambOptions o -> moments(json, "lamb", o.beta1(), o.beta2(), o.epsilon());
        }
        return json;
    }

    private static void moments(Map<String, @Nullable Object> json, String kind, double b1, double b2, double epsilon) {
        json.put("kind", kind);
        json.put("beta1", b1);
        json.put("beta2", b2);
        json.put("epsilon", epsilon);
    }

    private static OptimizerOptions optimizer(Fields f, WeightDecay decay) throws JsonException {
        return switch (f.text("kind")) {
            case "sgd" ->
                new SgdOptions(
                        f.real("momentum"),
                        f.constant("momentum-convention", Momentum.class),
                        f.flag("nesterov"),
                        f.flag("decoupled"),
                        decay);
            case "lars" -> new LarsOptions(f.real("momentum"), f.flag("nesterov"), f.real("trust"), decay);
            case "adamw" -> new AdamWOptions(f.real("beta1"), f.real("beta2"), f.real("epsilon"), decay);
            case "lamb" -> new LambOptions(f.real("beta1"), f.real("beta2"), f.real("epsilon"), decay);
            default -> throw f.wrong("kind", "an optimiser");
        };
    }

    private static Map<String, @Nullable Object> clipping(Clipping clipping) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        switch (clipping) {
            case Clipping.None _ -> json.put("kind", "none");
            case Clipping.Norm c -> {
                json.put("kind", "norm");
                json.put("max", c.max());
            }
            case Clipping.Adaptive c -> {
                json.put("kind", "agc");
                json.put("factor", c.factor());
            }
        }
        return json;
    }

    private static Clipping clipping(Fields f) throws JsonException {
        return switch (f.text("kind")) {
            case "none" -> new Clipping.None();
            case "norm" -> new Clipping.Norm(f.real("max"));
            case "agc" -> new Clipping.Adaptive(f.real("factor"));
            default -> throw f.wrong("kind", "none, norm or agc");
        };
    }
}
