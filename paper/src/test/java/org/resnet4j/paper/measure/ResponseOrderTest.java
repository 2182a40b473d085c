package org.resnet4j.paper.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.resnet4j.paper.Finding;
import org.resnet4j.paper.Verdict;

/** Orders on numbers whose answers are known. */
final class ResponseOrderTest {
    private static Responses run(String network, double... deviations) {
        List<Responses.Layer> layers = new ArrayList<>();
        for (double d : deviations) {
            layers.add(new Responses.Layer("conv" + layers.size(), 0, d));
        }
        return new Responses(network, 1, layers);
    }

    @Test
    void layersOfEqualNamesAreComparedOneByOne() {
        Responses plain = run("plain", 1, 2, 3, 4, 1, 2, 3, 4, 5, 6);
        Responses less = run("residual", 0.5, 1, 1.5, 2, 0.5, 1, 1.5, 2, 2.5, 12);
        ResponseOrder order = ResponseOrder.of(List.of(less), List.of(plain));
        assertThat(order.share()).isEqualTo(0.9);
        assertThat(order.ratio()).isCloseTo(Math.pow(2, -0.8), within(1e-12));
        // The mean of ten signs is as far as 8 of 10 from 0 in 22 of 1024 cases.
        assertThat(order.chance()).isCloseTo(22 / 1024.0, within(0.005));
        assertThat(order.layers()).isEqualTo(10);
        assertThat(order.runs().isDefined()).isFalse();
        Finding finding = order.finding("statement");
        assertThat(finding.verdict()).isEqualTo(Verdict.AGREES);
        assertThat(finding.evidence())
                .contains(
                        "residual are 0.57 times those of plain",
                        "smaller in 90 %",
                        "one run of a network is not enough");
        assertThat(ResponseOrder.of(List.of(plain), List.of(less)).finding("").verdict())
                .isEqualTo(Verdict.DIFFERS);
    }

    @Test
    void layersOfDifferentDepthsAreComparedEachWithEach() {
        Responses shallow = run("shallow", 4, 5, 6);
        Responses deep = run("deep", 1, 2, 3, 3.5);
        ResponseOrder order = ResponseOrder.of(List.of(deep), List.of(shallow));
        assertThat(order.share()).isEqualTo(1);
        assertThat(order.ratio()).isCloseTo(Math.pow(21, 0.25) / Math.cbrt(120), within(1e-12));
        // Of the 35 ways to choose three of seven two are as far: the largest three, as they are, and the smallest.
        assertThat(order.chance()).isCloseTo(2 / 35.0, within(0.008));
        assertThat(ResponseOrder.of(List.of(shallow), List.of(deep)).share()).isZero();
    }

    @Test
    void severalRunsGiveStandardErrors() {
        List<Responses> plain = List.of(run("plain", Math.exp(1.0)), run("plain", Math.exp(1.2)));
        List<Responses> less = List.of(run("residual", 1), run("residual", Math.exp(0.1)));
        ResponseOrder order = ResponseOrder.of(less, plain);
        // Means 0.05 and 1.1; deviations 0.1 / sqrt 2 and 0.2 / sqrt 2, of two runs each.
        assertThat(order.ratio()).isCloseTo(Math.exp(-1.05), within(1e-12));
        assertThat(order.runs().t()).isCloseTo(-1.05 / Math.sqrt(0.0025 + 0.01), within(1e-9));
        assertThat(order.finding("").verdict()).isEqualTo(Verdict.AGREES);
        List<Responses> near = List.of(run("residual", Math.exp(0.9)), run("residual", Math.exp(1.1)));
        Finding unsure = ResponseOrder.of(near, plain).finding("");
        assertThat(unsure.verdict()).isEqualTo(Verdict.NOT_ENOUGH_RUNS);
        assertThat(unsure.evidence()).contains("over the runs -0.7 standard errors");
    }

    @Test
    void equalNetworksAreNotSaidToDiffer() {
        Responses one = run("one", 1, 2, 3, 4);
        ResponseOrder order = ResponseOrder.of(List.of(one), List.of(one));
        assertThat(order.share()).isZero();
        assertThat(order.ratio()).isEqualTo(1);
        assertThat(order.chance()).isEqualTo(1);
        assertThat(order.finding("").verdict()).isEqualTo(Verdict.NOT_ENOUGH_RUNS);
        assertThatThrownBy(() -> ResponseOrder.of(List.of(one, run("other", 1)), List.of(one)))
                .hasMessageContaining("runs of one network are needed, found other with 1 layers beside one with 4");
    }
}
