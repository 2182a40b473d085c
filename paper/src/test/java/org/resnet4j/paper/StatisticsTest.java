package org.resnet4j.paper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.resnet4j.json.Json;
import org.resnet4j.json.JsonException;
import org.resnet4j.trainer.TrainEvent;

/** Against SciPy; {@code tools/make_statistics_golden.py} made the numbers. */
final class StatisticsTest {
    private static List<Map<String, @Nullable Object>> golden(String part) throws IOException {
        try (InputStream in = StatisticsTest.class.getResourceAsStream("/golden/statistics.json")) {
            assertThat(in).isNotNull();
            Map<String, @Nullable Object> all = Json.parseObject(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            List<Map<String, @Nullable Object>> rows = new ArrayList<>();
            for (Object row : (List<?>) Objects.requireNonNull(all.get(part))) {
                rows.add(Json.object(row, part));
            }
            assertThat(rows).hasSizeGreaterThan(3);
            return rows;
        }
    }

    private static Sample sample(@Nullable Object values) {
        return new Sample(((List<?>) Objects.requireNonNull(values))
                .stream().map(v -> ((Number) v).doubleValue()).toList());
    }

    private static double number(Map<String, @Nullable Object> row, String name) throws JsonException {
        if (row.get(name) instanceof Number n) {
            return n.doubleValue();
        }
        throw new JsonException(name + " is missing in " + row);
    }

    private static void close(double ours, Map<String, @Nullable Object> row, String name) throws JsonException {
        double theirs = number(row, name);
        assertThat(ours).as(name + " of " + row).isCloseTo(theirs, within(1e-10 * Math.max(1e-3, Math.abs(theirs))));
    }

    @Test
    void welchIsSciPys() throws IOException {
        for (Map<String, @Nullable Object> row : golden("welch")) {
            Sample first = sample(row.get("first"));
            Welch test = Welch.of(first, sample(row.get("second")));
            close(first.deviation(), row, "deviation");
            close(first.standardError(), row, "sem");
            close(test.difference(), row, "difference");
            close(test.t(), row, "t");
            close(test.degreesOfFreedom(), row, "df");
            close(test.chance(), row, "p");
            close(test.low(), row, "low");
            close(test.high(), row, "high");
        }
    }

    @Test
    void studentIsSciPys() throws IOException {
        for (Map<String, @Nullable Object> row : golden("student")) {
            if (row.containsKey("t")) {
                close(Student.twoSided(number(row, "t"), number(row, "df")), row, "p");
            } else {
                close(Student.quantile(number(row, "q"), number(row, "df")), row, "quantile");
                assertThat(Student.quantile(1 - number(row, "q"), number(row, "df")))
                        .isCloseTo(-number(row, "quantile"), within(1e-8 * number(row, "quantile")));
            }
        }
    }

    @Test
    void oneRunSaysNothingAboutItsDeviation() {
        Welch test = Welch.of(Sample.of(30), Sample.of(10, 11));
        assertThat(test.isDefined()).isFalse();
        assertThat(test.difference()).isEqualTo(19.5);
        assertThat(test.sign(3)).isZero();
        assertThat(Sample.of(1).deviation()).isNaN();
        assertThat(Welch.of(Sample.of(1, 1), Sample.of(2, 2)).isDefined()).isFalse();
    }

    @Test
    void statementsAreTested() {
        Finding.Side high = new Finding.Side("plain-56", Sample.of(30.1, 31.2, 29.8));
        Finding.Side low = new Finding.Side("plain-20", Sample.of(20.3, 20.1, 20.9));
        Finding.Side near = new Finding.Side("ResNet-20", Sample.of(20.2, 20.6, 20.4));
        Finding yes = Finding.higher("Section 4.2", "it is higher", high, low, "points");
        assertThat(yes.verdict()).isEqualTo(Verdict.AGREES);
        assertThat(yes.evidence())
                .startsWith("plain-56 30.37, plain-20 20.43 (n = 3 and 3): +9.93 points, 20.3 standard errors, between")
                .contains("with 95 % confidence");
        assertThat(yes.numbers()).containsEntry("n_first", 3.0).containsKey("chance");
        assertThat(Finding.higher("", "", low, high, "points").verdict()).isEqualTo(Verdict.DIFFERS);
        assertThat(Finding.higher("", "", low, near, "points").verdict()).isEqualTo(Verdict.NOT_ENOUGH_RUNS);
        assertThat(Finding.notHigher("", "", high, low, "points").verdict()).isEqualTo(Verdict.DIFFERS);
        assertThat(Finding.notHigher("", "", low, near, "points").verdict()).isEqualTo(Verdict.AGREES);
        Finding.Side one = new Finding.Side("plain-56", Sample.of(30));
        Finding unsure = Finding.notHigher("", "", one, low, "points");
        assertThat(unsure.verdict()).isEqualTo(Verdict.NOT_ENOUGH_RUNS);
        assertThat(unsure.evidence()).endsWith("points; how sure that is takes at least two runs of each");
        Finding.Side same = new Finding.Side("a", Sample.of(1, 1));
        assertThat(Finding.higher("", "", same, same, "points").evidence())
                .endsWith("no run differs from another of its kind, so nothing can be said");
        // Three standard errors of two runs a side are by chance alone every tenth time.
        Finding.Side two = new Finding.Side("a", Sample.of(9, 10));
        Finding.Side other = new Finding.Side("b", Sample.of(6.8, 6.9));
        assertThat(Welch.of(two.sample(), other.sample()).t()).isGreaterThan(3);
        assertThat(Finding.higher("", "", two, other, "points").verdict()).isEqualTo(Verdict.NOT_ENOUGH_RUNS);
    }

    @Test
    void numbersAreComparedWithThePapers() {
        Published one = Published.of("Table 6", "ResNet-20", Quantity.TOP1_ERROR, 8.75, 2);
        assertThat(Comparison.measured(one, Sample.of(8.75), "").verdict()).isEqualTo(Verdict.NOT_ENOUGH_RUNS);
        // t(2) = 4.303, deviation 0.1, a further run lies within 0.497 of the mean.
        assertThat(Comparison.measured(one, Sample.of(9.1, 9.2, 9.3), "").verdict())
                .isEqualTo(Verdict.AGREES);
        assertThat(Comparison.measured(one, Sample.of(9.2, 9.3, 9.4), "").verdict())
                .isEqualTo(Verdict.DIFFERS);
        Published five =
                Paper.find(Paper.TABLE6, "ResNet-110", Quantity.TOP1_ERROR).orElseThrow();
        Comparison same = Comparison.measured(five, Sample.of(6.4, 6.5, 6.6), "");
        assertThat(same.verdict()).isEqualTo(Verdict.AGREES);
        assertThat(same.difference()).isCloseTo(-0.11, within(1e-9));
        assertThat(Comparison.measured(five, Sample.of(7.4, 7.5, 7.6), "").verdict())
                .isEqualTo(Verdict.DIFFERS);
        Published counted =
                Paper.find(Paper.TABLE6, "ResNet-56", Quantity.PARAMETERS).orElseThrow();
        assertThat(Comparison.counted(counted, 0.853018, "").verdict()).isEqualTo(Verdict.AGREES);
        assertThat(Comparison.counted(counted, 0.856, "").verdict()).isEqualTo(Verdict.DIFFERS);
    }

    @Test
    void partsOfASchedule() {
        assertThat(Scale.of("1/32").of(64_000)).isEqualTo(2000);
        assertThat(Scale.of("1")).isEqualTo(Scale.WHOLE);
        assertThat(Course.Steps.CIFAR.words(Scale.of("1/32")))
                .containsExactly("--steps", "2000", "--decay-milestones", "1000,1500");
        assertThat(Course.Epochs.IMAGENET.words(Scale.of("1/40")))
                .containsExactly("--epochs", "3", "--patience-epochs", "1");
        assertThatThrownBy(() -> Scale.of("2"))
                .hasMessage("a scale is a part of the paper's schedule, above 0 and at most 1, found 2/1");
        assertThatThrownBy(() -> Scale.of("1/100000").of(64_000))
                .hasMessage("--scale 1/100000 leaves nothing of 64000; take a larger one");
        assertThatThrownBy(() -> Scale.of("0.5")).hasMessageContaining("--scale must be like 1/16");
    }

    @Test
    void theTimeOfAllRunsIsThatOfThisOneAndOfWhatTheOthersCompute() {
        Turn turn = new Turn(3, 12, "name", false, 1000, 5e6);
        // 100 pictures of 1,000 multiply-adds a second: 5,000,000 take 50 seconds.
        TrainEvent.Pace pace = new TrainEvent.Pace(100, 0, Duration.ofSeconds(10));
        assertThat(turn.left(pace)).isEqualTo(Duration.ofSeconds(60));
        assertThat(turn).hasToString("run 3 of 12");
    }

    @Test
    void targetsHaveTheirNamesAndThoseOfThePaper() {
        assertThat(Target.of("fig6")).isEqualTo(Target.FIG6);
        assertThat(Target.of("figure-6")).isEqualTo(Target.FIG6);
        assertThat(Target.of("Table-6")).isEqualTo(Target.TABLE6);
        assertThatThrownBy(() -> Target.of("fig2"))
                .hasMessageStartingWith("there is nothing to reproduce by the name of fig2; there are fig1, fig3, ");
    }
}
