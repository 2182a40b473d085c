package org.resnet4j.paper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.checkpoint.RunLock;
import org.resnet4j.json.Json;
import org.resnet4j.pass.Precision;
import org.resnet4j.trainer.RunException;
import org.resnet4j.trainer.RunState;
import org.resnet4j.trainer.Trainer;

/** Whole experiments with networks that take no time. */
final class ExperimentTest {
    private static final Scale SCALE = Scale.of("1/8000"); // 8 iterations, 2 epochs

    @TempDir
    Path folder;

    private final TinyLaboratory laboratory = new TinyLaboratory();

    private static Protocol protocol(int seeds, Map<String, String> settings) {
        return new Protocol(SCALE, seeds, List.of(20, 56), Precision.FP32, "some/where", settings);
    }

    private Report perform(Protocol protocol, Study... studies) throws IOException {
        return new Experiment(List.of(studies), protocol, folder, true)
                .perform(laboratory)
                .orElseThrow();
    }

    @Test
    void runsAreMadeOnceAndUsedAgain() throws IOException {
        Report first = perform(protocol(2, Map.of()), Studies.fig6());
        assertThat(laboratory.told)
                .hasSize(8)
                .startsWith("run 1 of 8 begins: cifar_plain20-fp32-1_8000-seed1")
                .endsWith("run 8 of 8 begins: cifar_resnet56-fp32-1_8000-seed2");
        assertThat(folder.resolve("runs/cifar_plain20-fp32-1_8000-seed1/finished"))
                .exists();
        laboratory.told.clear();
        laboratory.workers = 1; // no influence
        Report second = perform(protocol(2, Map.of()), Studies.fig6());
        assertThat(laboratory.told).hasSize(8).allMatch(t -> t.contains("is there"));
        assertThat(Json.write(second.toJson())).isEqualTo(Json.write(first.toJson()));
        laboratory.told.clear();
        perform(protocol(3, Map.of()), Studies.fig1(), Studies.table6());
        assertThat(laboratory.told)
                .hasSize(12)
                .filteredOn(t -> t.contains("begins"))
                .containsExactly(
                        "run 9 of 12 begins: cifar_plain20-fp32-1_8000-seed3",
                        "run 10 of 12 begins: cifar_plain56-fp32-1_8000-seed3",
                        "run 11 of 12 begins: cifar_resnet20-fp32-1_8000-seed3",
                        "run 12 of 12 begins: cifar_resnet56-fp32-1_8000-seed3");
    }

    @Test
    void anInterruptedExperimentGoesOn() throws IOException {
        laboratory.stopInRun = 2;
        Experiment experiment = new Experiment(List.of(Studies.fig1()), protocol(1, Map.of()), folder, true);
        assertThat(experiment.perform(laboratory)).isEmpty();
        Path stopped = folder.resolve("runs/cifar_plain56-fp32-1_8000-seed1");
        assertThat(RunState.read(stopped).step()).isEqualTo(TinyLaboratory.STOP);
        laboratory.told.clear();
        assertThat(experiment.perform(laboratory)).isPresent();
        assertThat(laboratory.told)
                .containsExactly(
                        "run 1 of 2 is there: cifar_plain20-fp32-1_8000-seed1",
                        "run 2 of 2 goes on: cifar_plain56-fp32-1_8000-seed1");
        assertThat(RunState.read(stopped).history()).hasSize(2);
        Path other = folder.resolve("other");
        assertThat(new Experiment(List.of(Studies.fig1()), protocol(1, Map.of()), other, true)
                        .perform(new TinyLaboratory()))
                .isPresent();
        assertThat(stopped.resolve("last.safetensors"))
                .hasSameBinaryContentAs(other.resolve("runs/cifar_plain56-fp32-1_8000-seed1/last.safetensors"));
    }

    @Test
    void aRunOfAnotherKindIsRefused() throws IOException {
        perform(protocol(1, Map.of()), Studies.fig1());
        assertThatThrownBy(() -> perform(protocol(1, Map.of("lr", "0.5")), Studies.fig1()))
                .isInstanceOf(RunException.class)
                .hasMessageContaining(
                        "cifar_plain20-fp32-1_8000-seed1: a run of this name is needed with the options of"
                                + " this experiment, found one in which schedule was {")
                .hasMessageEndingWith("choose another --out, or move the folder away");
        laboratory.pictures = 5;
        assertThatThrownBy(() -> perform(protocol(1, Map.of()), Studies.fig1()))
                .hasMessageContaining("the training data's content was ");
        Path strange = folder.resolve("strange/runs/cifar_plain20-fp32-1_8000-seed1");
        Files.createDirectories(strange);
        Files.writeString(strange.resolve("note"), "");
        Experiment there =
                new Experiment(List.of(Studies.fig1()), protocol(1, Map.of()), folder.resolve("strange"), true);
        assertThatThrownBy(() -> there.perform(laboratory)).hasMessageContaining("a run folder has a run.json");
        assertThatThrownBy(
                        () -> Studies.table6().arms(new Protocol(SCALE, 1, List.of(19), Precision.FP32, "", Map.of())))
                .hasMessage("table6 has networks of 20, 32, 44, 56, 110, 1202 layers, --only asks for [19]");
    }

    /** What the trainer made by itself, from data that lay elsewhere. */
    @Test
    void aRunOfTheTrainersIsTakenOver() throws IOException {
        List<String> words = new Protocol(SCALE, 1, List.of(20), Precision.FP32, "elsewhere", Map.of())
                .words(Arm.cifar(false, 20), 1);
        assertThat(words)
                .containsExactly(
                        "cifar_plain20",
                        "--data",
                        "elsewhere",
                        "--recipe",
                        "paper-cifar",
                        "--val-split",
                        "0",
                        "--steps",
                        "8",
                        "--decay-milestones",
                        "4,6",
                        "--precision",
                        "fp32",
                        "--seed",
                        "1");
        Training training = new TinyLaboratory().prepare(words);
        Path run = folder.resolve("runs/cifar_plain20-fp32-1_8000-seed1");
        try (Trainer trainer = Trainer.start(run, training.options(), training.job(), _ -> {})) {
            trainer.train();
        }
        perform(protocol(1, Map.of()), Studies.fig1());
        assertThat(laboratory.told.getFirst()).isEqualTo("run 1 of 2 is there: cifar_plain20-fp32-1_8000-seed1");
    }

    @Test
    void theReportHasEverything() throws IOException {
        Report report = perform(protocol(2, Map.of("lr", "0.04")), Studies.fig1(), Studies.fig6(), Studies.table6());
        Path page = folder.resolve("report.html");
        report.writePage(page);
        String html = Files.readString(page);
        assertThat(html)
                .contains(
                        "Fig. 1: Deeper plain networks",
                        "Fig. 6: Training on CIFAR-10",
                        "Table 6: Test error on CIFAR-10")
                .contains("The paper's statements", "The paper's numbers", "Runs and machine")
                .contains("plain-56 trains worse than plain-20", "What differs, and what to know")
                .contains("iter. (1e4)", "stroke-dasharray", "{lr=0.04}", "Verdicts.")
                .contains("trained on quarters: 32 pictures of 4 classes, SHA-256 ")
                .doesNotContain("some/where", folder.toString(), "<script", "http");
        // Four drawings: two of fig. 1, two of fig. 6 (no network of 110 layers was wanted).
        assertThat(html.split("<svg class=\"chart\"", -1)).hasSize(5);
        String json = Json.write(report.toJson());
        assertThat(json).doesNotContain("some/where", folder.toString());
        assertThat(report.toJson().keySet())
                .containsExactly(
                        "format",
                        "paper",
                        "scale",
                        "seeds",
                        "precision",
                        "settings",
                        "data",
                        "provenance",
                        "results",
                        "runs");
        Map<String, Object> six = result(report, 2);
        assertThat(six.keySet())
                .containsExactly("target", "place", "title", "about", "findings", "comparisons", "tables", "remarks");
        List<?> comparisons = (List<?>) Objects.requireNonNull(six.get("comparisons"));
        // Parameters of six networks, errors of the two that were run.
        assertThat(comparisons).hasSize(8);
        Map<?, ?> error = (Map<?, ?>) comparisons.getFirst();
        assertThat(error.keySet())
                .hasToString("[place, subject, quantity, unit, paper, paper_runs, paper_deviation, n, mean, deviation,"
                        + " values, difference, verdict, known]");
        assertThat(error.get("subject")).isEqualTo("ResNet-20");
        assertThat(error.get("paper")).isEqualTo(8.75);
        assertThat(error.get("paper_deviation")).isNull();
        assertThat(error.get("n")).isEqualTo(2L);
        Map<?, ?> finding =
                (Map<?, ?>) ((List<?>) Objects.requireNonNull(result(report, 0).get("findings"))).getFirst();
        assertThat(finding.keySet()).hasToString("[place, statement, verdict, evidence, numbers]");
        assertThat(((List<?>) report.toJson().get("runs"))).hasSize(8);
        assertThat(Json.parseObject(json)).containsKey("results");
    }

    private static Map<String, Object> result(Report report, int index) {
        @SuppressWarnings("unchecked")
        List<Map<String, Object>> all = (List<Map<String, Object>>)
                Objects.requireNonNull(report.toJson().get("results"));
        return all.get(index);
    }

    /** A look at what is there, while the rest is being trained. */
    @Test
    void whatIsFinishedCanBeLookedAt() throws IOException {
        Experiment look = new Experiment(List.of(Studies.fig1()), protocol(3, Map.of()), folder, false);
        assertThatThrownBy(() -> look.perform(laboratory))
                .hasMessageContaining("runs: finished runs are needed, found none, and nothing is to be trained");
        perform(protocol(1, Map.of()), Studies.fig1());
        laboratory.told.clear();
        laboratory.stopInRun = 4;
        assertThat(new Experiment(List.of(Studies.fig1()), protocol(2, Map.of()), folder, true).perform(laboratory))
                .isEmpty();
        laboratory.told.clear();
        Path lock = folder.resolve("runs/cifar_plain56-fp32-1_8000-seed2");
        Report report;
        try (RunLock busy = RunLock.acquire(lock)) {
            assertThat(busy).isNotNull();
            report = look.perform(laboratory).orElseThrow();
        }
        assertThat(laboratory.told)
                .containsExactly(
                        "run 1 of 3 is there: cifar_plain20-fp32-1_8000-seed1",
                        "run 2 of 3 is there: cifar_plain56-fp32-1_8000-seed1",
                        "run 3 of 3 is there: cifar_plain20-fp32-1_8000-seed2");
        assertThat(report.results().getFirst().about().getFirst())
                .isEqualTo("Runs: 2 of plain-20, 1 of plain-56; each with a seed of its own, from 1 on.");
    }

    @Test
    void oneRunIsNotEnough() throws IOException {
        Report report = perform(protocol(1, Map.of()), Studies.fig6());
        Result result = report.results().getFirst();
        assertThat(result.findings())
                .isNotEmpty()
                .allMatch(f -> f.verdict() == Verdict.NOT_ENOUGH_RUNS)
                .allMatch(f -> f.evidence().endsWith("takes at least two runs of each"));
        assertThat(result.remarks()).anyMatch(r -> r.startsWith("One run of a network says nothing"));
    }
}
