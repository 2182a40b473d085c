package org.resnet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.json.Json;
import org.resnet4j.lrschedule.Schedule;
import org.resnet4j.optim.Momentum;
import org.resnet4j.optim.SgdOptions;
import org.resnet4j.optim.WeightDecay;
import org.resnet4j.pass.Precision;
import org.resnet4j.trainer.Compute;
import org.resnet4j.trainer.Descent;
import org.resnet4j.trainer.Length;
import org.resnet4j.trainer.TrainOptions;

/** {@code resnet reproduce} as a user meets it, on a few generated pictures. */
final class ReproduceTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private static Surroundings surroundings() {
        return new Surroundings(
                Map.of(
                        "RESNET4J_HOME",
                        Path.of("target", "home").toAbsolutePath().toString()),
                false);
    }

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Main.run(surroundings(), new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }

    private int reproduce(String... more) {
        List<String> all = new ArrayList<>(List.of(
                "reproduce", "figure-1", "--only", "20", "--scale", "1/16000", "--seeds", "1", "--data", "shapes"));
        all.addAll(List.of("--set", "batch-size=16", "--set", "limit=64", "--threads", "2"));
        all.addAll(List.of(more));
        return run(all.toArray(String[]::new));
    }

    /** What a person trained with the paper's recipe is a run of the experiment. */
    @Test
    void aTrainingByHandIsTakenOver() throws IOException {
        Path run = folder.resolve("runs/cifar_plain20-fp32-1_16000-seed1");
        assertThat(run(
                        "train",
                        "cifar_plain20",
                        "--data",
                        "shapes",
                        "--recipe",
                        "paper-cifar",
                        "--val-split",
                        "0",
                        "--steps",
                        "4",
                        "--decay-milestones",
                        "2,3",
                        "--batch-size",
                        "16",
                        "--limit",
                        "64",
                        "--checkpoint-interval",
                        "1h",
                        "--out",
                        run.toString()))
                .as(err.toString())
                .isZero();
        assertThat(reproduce("--out", folder.toString(), "-j", "2"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString())
                .contains("run 1 of 1: cifar_plain20-fp32-1_16000-seed1 is there already")
                .contains("Fig. 1: Deeper plain networks have higher training and test error")
                .contains("report: " + folder.resolve("fig1.html"));
        assertThat(Files.readString(folder.resolve("fig1.html")))
                .contains("plain-20", "not enough runs", "Runs and machine")
                .doesNotContain(folder.toString());
        String json = Files.readString(folder.resolve("fig1.json"));
        assertThat(Json.parseObject(json)).containsKeys("results", "runs", "provenance");
        assertThat(json).doesNotContain(folder.toString()).contains("generated shapes, training set, first 64 (64)");
        assertThat(reproduce("--out", folder.toString(), "--set", "lr=0.2")).isEqualTo(Main.BAD_INPUT);
        assertThat(err.toString())
                .contains(
                        "a run of this name is needed with the options of this experiment, found one in which schedule"
                                + " was");
    }

    @Test
    void itTrainsAndLeavesAModelFolder() {
        assertThat(reproduce("--out", folder.toString(), "--json"))
                .as(err.toString())
                .isZero();
        assertThat(err.toString()).contains("run 1 of 1: cifar_plain20-fp32-1_16000-seed1");
        assertThat(out.toString().lines()).hasSize(1);
        assertThat(folder.resolve("runs/cifar_plain20-fp32-1_16000-seed1/model/model.safetensors"))
                .exists();
    }

    /** The numbers of section 4.2, shortened. */
    @Test
    void theOptionsAreThePapers() throws IOException {
        TrainOptions options = TrainCommand.prepare(
                        surroundings(),
                        List.of(
                                "cifar_plain56",
                                "--data",
                                "shapes",
                                "--recipe",
                                "paper-cifar",
                                "--val-split",
                                "0",
                                "--steps",
                                "2000",
                                "--decay-milestones",
                                "1000,1500",
                                "--precision",
                                "bf16",
                                "--seed",
                                "3"))
                .options();
        assertThat(options.model()).isEqualTo("cifar_plain56");
        assertThat(options.length()).isEqualTo(Length.steps(2000));
        assertThat(options.batchSize()).isEqualTo(128);
        assertThat(options.seed()).isEqualTo(3);
        assertThat(options.compute()).isEqualTo(new Compute(Precision.BF16, false));
        assertThat(options.descent())
                .isEqualTo(Descent.of(
                        new SgdOptions(0.9, Momentum.CAFFE, false, false, WeightDecay.everywhere(1e-4)),
                        new Schedule.MultiStep(0.1, 0.1, List.of(1000L, 1500L))));
        assertThat(options.inputs()).containsEntry("normalize", "per-pixel").containsEntry("val-split", "0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "fig2 | there is nothing to reproduce by the name of fig2; there are fig1, ",
                "fig6 --scale 3/2 | a scale is a part of the paper's schedule",
                "fig6 --seeds 0 --data shapes | --seeds must be 1 to 1000, found 0",
                "fig6 --only 19 --data shapes | fig6 has networks of 20, 32, 44, 56, 110, 1202 layers, --only asks for [19]",
                "fig6 --set seed=3 --data shapes | --set seed: that is what this command is told by options of its own",
                "fig6 --set epoks=3 --data shapes | Unknown option: '--epoks=3'",
                "fig4 | fig4 is about ImageNet, or another folder of pictures; name it with --data DIR",
                "table3 --data shapes | table3: networks with their weights are needed, as --weights ResNet-50=FILE",
                "table5 --weights a=b | table5 is about ImageNet, or another folder of pictures; name it with --data"
                        + " DIR",
                "fig7 --pictures 0 --data shapes | --pictures must be at least 1, found 0",
                "table6 | no CIFAR-10; fetch it with `resnet data get cifar10`",
            })
    void whatCannotBeDoneIsSaid(String words, String message) {
        assertThat(run(("reproduce " + words.strip()).split(" "))).isEqualTo(Main.BAD_INPUT);
        assertThat(err.toString()).contains(message);
    }

    @Test
    void whatNeedsNoDataIsComputed() throws IOException {
        Path there = folder.resolve("not/yet");
        assertThat(run("reproduce", "table-1", "figure-3", "--out", there.toString()))
                .as(err.toString())
                .isZero();
        assertThat(out.toString())
                .contains("ResNet-152, multiply-adds: paper 11.3, ours 11.282")
                .contains("differs         VGG-16, multiply-adds: paper 15.3, ours 15.470");
        assertThat(Files.readString(there.resolve("table1-fig3.html"))).contains("7x7 conv, 64, /2", "dark");
    }

    /** A run is shown to fig7 and gradients by its name in the paper. */
    @Test
    void trainedNetworksAreMeasured() throws IOException {
        assertThat(reproduce("--out", folder.toString())).as(err.toString()).isZero();
        Path trained = folder.resolve("runs/cifar_plain20-fp32-1_16000-seed1");
        assertThat(run(
                        "reproduce",
                        "fig7",
                        "--data",
                        "shapes",
                        "--weights",
                        "plain-20=" + trained,
                        "--pictures",
                        "20",
                        "--out",
                        folder.toString()))
                .as(err.toString())
                .isZero();
        String json = Files.readString(folder.resolve("fig7.json"));
        assertThat(json).contains("plain-20").doesNotContain(folder.toString());
        assertThat(Files.readString(folder.resolve("fig7.html"))).contains("by magnitude", "20 pictures");
    }

    @Test
    void thereIsAList() {
        assertThat(run("reproduce", "--list")).isZero();
        assertThat(out.toString())
                .contains("fig6")
                .contains("Table 6")
                .contains("shortcuts")
                .contains("highway")
                .contains("table5")
                .contains("gradients");
    }
}
