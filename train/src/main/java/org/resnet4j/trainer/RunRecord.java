package org.resnet4j.trainer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.resnet4j.json.Json;
import org.resnet4j.record.Fingerprint;
import org.resnet4j.record.Provenance;

/**
 * {@code RUN/run.json}: what a run is, written before step 1 and read by resume.
 *
 * @param options of the run
 * @param graph SHA-256 of the network's training graph as text
 * @param trainData fingerprint of the samples to train on
 * @param evaluationData fingerprint of the samples to evaluate
 * @param backend that computes
 * @param provenance of the process that started it, as JSON values
 */
public record RunRecord(
        TrainOptions options,
        String graph,
        String trainData,
        String evaluationData,
        String backend,
        Map<String, @Nullable Object> provenance) {
    static final String FILE = "run.json";
    private static final long FORMAT = 2;

    /** Of a run that is about to start. */
    public static RunRecord of(TrainOptions options, TrainJob job) throws IOException {
        return new RunRecord(
                options,
                Fingerprint.of(
                        job.network().training(options.objective().loss()).toString()),
                Fingerprint.of(job.data().train()),
                Fingerprint.of(job.data().evaluation()),
                job.backend().name(),
                job.provenance().toJson());
    }

    /**
     * The record of a run.
     *
     * @throws RunException if the folder is no run
     */
    public static RunRecord read(Path run) throws IOException {
        Path file = run.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw new RunException(run + ": a run folder has a " + FILE + ", this one has none; name a folder that a"
                    + " training wrote, or start a new run");
        }
        Fields f = new Fields(file.toString(), Json.parseObject(Files.readString(file)));
        if (f.number("format") != FORMAT) {
            throw new RunException(file + ": its format is " + f.number("format") + ", this program knows " + FORMAT
                    + "; use the program that began the run");
        }
        return new RunRecord(
                TrainOptions.fromJson(f.object("options").json()),
                f.text("graph"),
                f.text("train-data"),
                f.text("evaluation-data"),
                f.text("backend"),
                f.object("provenance").json());
    }

    /**
     * What the run's weights were made of, for whoever gets them: no path, host or time. JSON values by name.
     *
     * @param places names of inputs that say where something lies on this machine, which are left out
     */
    public Map<String, @Nullable Object> madeOf(Set<String> places) {
        Map<String, @Nullable Object> inputs = new LinkedHashMap<>(options.inputs());
        inputs.keySet().removeAll(places);
        Map<String, @Nullable Object> chosen = options.toJson();
        chosen.put("inputs", inputs);
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("source", "training");
        json.putAll(provenance);
        json.put("options", chosen);
        json.put("graph", graph);
        json.put("train-data", trainData);
        json.put("evaluation-data", evaluationData);
        return json;
    }

    String toJson() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("format", FORMAT);
        json.put("options", options.toJson());
        json.put("graph", graph);
        json.put("train-data", trainData);
        json.put("evaluation-data", evaluationData);
        json.put("backend", backend);
        json.put("provenance", provenance);
        return Json.write(json) + "\n";
    }

    /** This record with other options. */
    public RunRecord withOptions(TrainOptions other) {
        return new RunRecord(other, graph, trainData, evaluationData, backend, provenance);
    }

    /**
     * What {@code now} would not do as this run does, in words; empty if nothing. {@link Provenance} may differ.
     */
    public List<String> differences(RunRecord now) {
        Map<String, @Nullable Object> before = options.toJson();
        Map<String, @Nullable Object> after = now.options.toJson();
        Set<String> names = new LinkedHashSet<>(before.keySet());
        names.addAll(after.keySet());
        List<String> found = new ArrayList<>();
        for (String name : names) {
            compare(found, name, before.get(name), after.get(name));
        }
        compare(found, "backend", backend, now.backend);
        compare(found, "the structure of " + options.model(), graph, now.graph);
        compare(found, "the training data's content", trainData, now.trainData);
        compare(found, "the evaluation data's content", evaluationData, now.evaluationData);
        return found;
    }

    private static void compare(List<String> found, String what, @Nullable Object before, @Nullable Object now) {
        if (!Objects.equals(before, now)) {
            found.add(what + " was " + before + " and now is " + now);
        }
    }

    /** Throws if there is any of the {@link #differences}. */
    void requireSame(Path run, RunRecord now) throws RunException {
        List<String> found = differences(now);
        if (!found.isEmpty()) {
            throw new RunException(run + ": a run goes on with what it began with, but " + found.getFirst()
                    + "; leave it out, or start a new run in another folder");
        }
    }
}
