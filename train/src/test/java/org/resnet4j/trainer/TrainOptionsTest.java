package org.resnet4j.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.resnet4j.json.Json;
import org.resnet4j.lrschedule.Schedule;
import org.resnet4j.optim.AdamWOptions;
import org.resnet4j.optim.Clipping;
import org.resnet4j.optim.LambOptions;
import org.resnet4j.optim.LarsOptions;
import org.resnet4j.optim.Momentum;
import org.resnet4j.optim.OptimizerOptions;
import org.resnet4j.optim.SgdOptions;
import org.resnet4j.optim.WeightDecay;
import org.resnet4j.pass.Precision;

class TrainOptionsTest {
    private static final TrainOptions PAPER = TrainOptions.of(
            "cifar_resnet110", Length.steps(64_000), 128, Schedule.paperWarmup(Schedule.paperCifar(0.1)), -5);

    @Test
    void everyKindOfScheduleSurvivesJson() throws IOException {
        for (Schedule schedule : List.<Schedule>of(
                new Schedule.Constant(0.1),
                Schedule.paperCifar(0.1),
                new Schedule.Cosine(0.5, 1e-5, 1000),
                new Schedule.Step(0.5, 0.25, 30),
                new Schedule.Polynomial(0.5, 0.125, 2, 1000),
                new Schedule.Exponential(1e-7, 10, 100),
                new Schedule.OneCycle(0.5, 0.3, 25, 1e4, 1000),
                new Schedule.Plateau(0.1, 0.1, 10, 1e-4, 2, 1e-6),
                new Schedule.Stairs(new Schedule.LinearWarmup(new Schedule.Constant(1), 0.1, 5, true), 100),
                new Schedule.LinearWarmup(new Schedule.Cosine(0.5, 0, 1000), 1e-6, 100),
                PAPER.schedule())) {
            TrainOptions options = new TrainOptions(
                    "m",
                    Length.epochs(3),
                    new Batching(4, 6, 5),
                    Long.MIN_VALUE,
                    Descent.of(new SgdOptions(0.875, Momentum.CAFFE, true, WeightDecay.exceptNorm(3e-5)), schedule),
                    new Objective(Objective.Kind.BINARY, 0, 0.2, 1, 0.25),
                    new Compute(Precision.BF16, true),
                    new Averaging(0.9995, 3, 20),
                    2,
                    3,
                    new Checkpointing(7, Duration.ofMinutes(2), 9),
                    Map.of("data", "a \"quoted\" name", "augment", "crop"));
            assertSurvives(options);
        }
    }

    @Test
    void everyOptimizerAndClippingSurvivesJson() throws IOException {
        WeightDecay decay = new WeightDecay(0.02, 0.01, 0.005);
        for (OptimizerOptions optimizer : List.of(
                new SgdOptions(0.875, Momentum.PYTORCH, false, true, decay),
                new LarsOptions(0.9, true, 0.002, decay),
                AdamWOptions.of(decay),
                new LambOptions(0.8, 0.95, 1e-5, decay))) {
            for (Clipping clipping : List.of(new Clipping.None(), new Clipping.Norm(1), new Clipping.Adaptive(0.01))) {
                assertSurvives(PAPER.withDescent(new Descent(optimizer, clipping, PAPER.schedule())));
            }
            assertThat(optimizer.withDecay(WeightDecay.exceptVectors(1)).decay())
                    .isEqualTo(new WeightDecay(1, 0, 0));
        }
    }

    private static void assertSurvives(TrainOptions options) throws IOException {
        String text = Json.write(options.toJson());
        TrainOptions back = TrainOptions.fromJson(Json.parseObject(text));
        assertThat(back).isEqualTo(options);
        assertThat(Json.write(back.toJson())).isEqualTo(text);
    }

    @Test
    void anOptionOfTheWrongKindIsNamed() {
        Map<String, @Nullable Object> json = PAPER.toJson();
        json.put("batch-size", "many");
        assertThatThrownBy(() -> TrainOptions.fromJson(json))
                .hasMessage("options.batch-size must be a whole number, found many");
    }

    @Test
    void valuesOutOfRangeAreRefusedWithOneSentence() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TrainOptions.of("m", Length.steps(1), 0, PAPER.schedule(), 0))
                .withMessage("batch size must be at least 1, found 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Length.epochs(0))
                .withMessage("training takes at least 1 of its epochs, found 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PAPER.withLabelSmoothing(1))
                .withMessage("label smoothing must be in [0, 1), found 1.0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PAPER.withWorkers(-1))
                .withMessage("workers must be 0 to 256, found -1");
    }
}
