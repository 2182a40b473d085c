package org.resnet4j.paper;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.record.Fingerprint;
import org.resnet4j.trainer.EpochRow;
import org.resnet4j.trainer.RunRecord;
import org.resnet4j.trainer.RunState;
import org.resnet4j.trainer.TrainData;
import org.resnet4j.trainer.TrainOutcome;
import org.resnet4j.trainer.Trainer;

/**
 * Studies with the runs that they need: what is finished is taken as it is, what was begun goes on, the rest is trained, one after
 * the other; then the studies conclude. A run that several studies need is made once. Everything that is asked for is checked before
 * the first step.
 *
 * @param studies in the order of the report
 * @param protocol how far it goes
 * @param out folder; its {@code runs} holds the runs
 * @param trains false to conclude from what is finished and to leave the rest as it is
 */
public record Experiment(List<Study> studies, Protocol protocol, Path out, boolean trains) {
    /** Copies the list. */
    public Experiment {
        studies = List.copyOf(studies);
    }

    /** A run to make or to take, without what it works on: all data sets at once would be too much. */
    private record Planned(Arm arm, long seed, String name, boolean begun, boolean complete, long macs, double work) {}

    /**
     * Makes what is missing and concludes.
     *
     * @return what was found; empty if a person stopped it: the same call goes on
     */
    public Optional<Report> perform(Laboratory laboratory) throws IOException {
        RunStore store = new RunStore(out.resolve("runs"));
        Map<String, Planned> plan = plan(store, laboratory);
        Map<String, Run> runs = new LinkedHashMap<>();
        List<String> data = new ArrayList<>();
        int number = 0;
        int all =
                (int) plan.values().stream().filter(p -> trains || p.complete()).count();
        double later = plan.values().stream()
                .filter(p -> !p.complete())
                .mapToDouble(Planned::work)
                .sum();
        for (Planned next : plan.values()) {
            if (!trains && !next.complete()) {
                continue;
            }
            number++;
            later -= next.complete() ? 0 : next.work();
            Turn turn = new Turn(number, all, next.name(), next.begun(), next.macs(), later);
            Optional<Run> run = run(next, turn, store, laboratory, data);
            if (run.isEmpty()) {
                return Optional.empty();
            }
            runs.put(next.name(), run.get());
        }
        if (runs.isEmpty() && !plan.isEmpty()) {
            throw new IllegalArgumentException(store.folder() + ": finished runs are needed, found none, and nothing is"
                    + " to be trained; look at --scale, --precision and --only");
        }
        List<Result> results = new ArrayList<>();
        for (Study study : studies) {
            List<Run> its = runsOf(study, runs);
            results.add(study.conclude(
                    new Evidence(protocol, its.isEmpty() ? List.of() : data, its, laboratory.backend())));
        }
        Run first = runs.isEmpty() ? null : runs.values().iterator().next();
        Map<String, @Nullable Object> provenance = first == null
                ? laboratory.provenance().toJson()
                : RunRecord.read(first.folder()).provenance();
        return Optional.of(new Report(protocol, data, results, List.copyOf(runs.values()), provenance));
    }

    /** By the names that the study has for them: a run may be another's as well. */
    private List<Run> runsOf(Study study, Map<String, Run> runs) {
        List<Run> its = new ArrayList<>();
        for (Arm arm : study.arms(protocol)) {
            for (long seed = 1; seed <= protocol.seeds(); seed++) {
                Run run = runs.get(protocol.folder(arm, seed));
                if (run != null) {
                    its.add(new Run(arm, seed, run.folder(), run.options(), run.history()));
                }
            }
        }
        return its;
    }

    private Map<String, Planned> plan(RunStore store, Laboratory laboratory) throws IOException {
        Map<String, Planned> plan = new LinkedHashMap<>();
        // Seed by seed: stopped early, an experiment has something of everything.
        for (long seed = 1; seed <= protocol.seeds(); seed++) {
            for (Study study : studies) {
                for (Arm arm : study.arms(protocol)) {
                    String name = protocol.folder(arm, seed);
                    if (!plan.containsKey(name)) {
                        plan.put(name, planned(arm, seed, name, store, laboratory));
                    }
                }
            }
        }
        return plan;
    }

    private Planned planned(Arm arm, long seed, String name, RunStore store, Laboratory laboratory) throws IOException {
        Training training = laboratory.prepare(protocol.words(arm, seed));
        Optional<RunState> found = trains || store.isComplete(name) ? store.look(name, training) : Optional.empty();
        boolean complete = found.isPresent() && found.get().isComplete(training.options());
        return new Planned(arm, seed, name, found.isPresent(), complete, training.multiplyAdds(), training.work());
    }

    private Optional<Run> run(Planned next, Turn turn, RunStore store, Laboratory laboratory, List<String> data)
            throws IOException {
        Training training = laboratory.prepare(protocol.words(next.arm(), next.seed()));
        if (data.isEmpty()) {
            data.addAll(describe(training.job().data()));
        }
        Path folder = store.place(next.name());
        if (next.complete()) {
            laboratory.reused(turn);
            List<EpochRow> history =
                    store.look(next.name(), training).orElseThrow().history();
            return Optional.of(new Run(next.arm(), next.seed(), folder, training.options(), history));
        }
        try (Trainer trainer = store.open(next.name(), training, next.begun(), laboratory.watch(turn))) {
            if (laboratory.train(trainer) == TrainOutcome.INTERRUPTED) {
                return Optional.empty();
            }
            Run run = new Run(next.arm(), next.seed(), folder, training.options(), trainer.history());
            training.finish(folder);
            return Optional.of(run);
        }
    }

    private static List<String> describe(TrainData data) throws IOException {
        return List.of("trained on " + describe(data.train()), "evaluated on " + describe(data.evaluation()));
    }

    /** By content: where it lies is nobody's business. */
    private static String describe(Dataset data) throws IOException {
        String what = data.description();
        int place = what.indexOf(" in ");
        return (place < 0 ? what : what.substring(0, place)) + ": " + Numbers.grouped(data.size()) + " pictures of "
                + data.classNames().size() + " classes, SHA-256 "
                + Fingerprint.of(data).substring(0, 12);
    }
}
