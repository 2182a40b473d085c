package org.resnet4j.trainer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.json.JsonException;
import org.resnet4j.lrschedule.Schedule;

/** The one table between {@link Schedule} and JSON. */
final class ScheduleJson {
    private ScheduleJson() {}

    static Map<String, @Nullable Object> write(Schedule schedule) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        switch (schedule) {
            case Schedule.Constant s -> {
                json.put("kind", "constant");
                json.put("lr", s.lr());
            }
            case Schedule.Step s -> {
                json.put("kind", "step");
                json.put("lr", s.lr());
                json.put("factor", s.factor());
                json.put("every", s.every());
            }
            case Schedule.MultiStep s -> {
                json.put("kind", "multi-step");
                json.put("lr", s.lr());
                json.put("factor", s.factor());
                json.put("milestones", List.copyOf(s.milestones()));
            }
            case Schedule.Cosine s -> {
                json.put("kind", "cosine");
                json.put("lr", s.lr());
                json.put("end", s.end());
                json.put("steps", s.steps());
            }
            case Schedule.Polynomial s -> {
                json.put("kind", "polynomial");
                json.put("lr", s.lr());
                json.put("end", s.end());
                json.put("power", s.power());
                json.put("steps", s.steps());
            }
            case Schedule.Exponential s -> {
                json.put("kind", "exponential");
                json.put("lr", s.lr());
                json.put("end", s.end());
                json.put("steps", s.steps());
            }
            case Schedule.OneCycle s -> {
                json.put("kind", "one-cycle");
                json.put("lr", s.lr());
                json.put("rise", s.rise());
                json.put("start", s.start());
                json.put("end", s.end());
                json.put("steps", s.steps());
            }
            case Schedule.Plateau s -> {
                json.put("kind", "plateau");
                json.put("lr", s.lr());
                json.put("factor", s.factor());
                json.put("patience", (long) s.patience());
                json.put("threshold", s.threshold());
                json.put("cooldown", (long) s.cooldown());
                json.put("least", s.least());
            }
            case Schedule.LinearWarmup s -> {
                json.put("kind", "linear-warmup");
                json.put("start", s.start());
                json.put("steps", s.steps());
                json.put("afresh", s.afresh());
                json.put("then", write(s.then()));
            }
            case Schedule.ErrorWarmup s -> {
                json.put("kind", "error-warmup");
                json.put("lr", s.lr());
                json.put("threshold", s.threshold());
                json.put("then", write(s.then()));
            }
            case Schedule.Stairs s -> {
                json.put("kind", "stairs");
                json.put("steps", s.steps());
                json.put("then", write(s.then()));
            }
        }
        return json;
    }

    static Schedule read(Fields f) throws JsonException {
        return switch (f.text("kind")) {
            case "constant" -> new Schedule.Constant(f.real("lr"));
            case "step" -> new Schedule.Step(f.real("lr"), f.real("factor"), f.number("every"));
            case "multi-step" -> new Schedule.MultiStep(f.real("lr"), f.real("factor"), f.numbers("milestones"));
            case "cosine" -> new Schedule.Cosine(f.real("lr"), f.real("end"), f.number("steps"));
            case "polynomial" ->
                new Schedule.Polynomial(f.real("lr"), f.real("end"), f.real("power"), f.number("steps"));
            case "exponential" -> new Schedule.Exponential(f.real("lr"), f.real("end"), f.number("steps"));
            case "one-cycle" ->
                new Schedule.OneCycle(f.real("lr"), f.real("rise"), f.real("start"), f.real("end"), f.number("steps"));
            case "plateau" ->
                new Schedule.Plateau(
                        f.real("lr"),
                        f.real("factor"),
                        f.integer("patience"),
                        f.real("threshold"),
                        f.integer("cooldown"),
                        f.real("least"));
            case "linear-warmup" ->
                new Schedule.LinearWarmup(read(f.object("then")), f.real("start"), f.number("steps"), f.flag("afresh"));
            case "error-warmup" -> new Schedule.ErrorWarmup(read(f.object("then")), f.real("lr"), f.real("threshold"));
            case "stairs" -> new Schedule.Stairs(read(f.object("then")), f.number("steps"));
            default -> throw f.wrong("kind", "a schedule");
        };
    }
}
