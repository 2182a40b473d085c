package org.resnet4j.outline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.cost.Cost;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Phase;
import org.resnet4j.outline.Outline.Box;
import org.resnet4j.resnet.ResNetSpec;
import org.resnet4j.tensor.Shape;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.NetworkSpec;
import org.resnet4j.zoo.Networks;

/** What table 1 and figure 3 show of each network is what its graph computes. */
final class OutlineTest {
    static Stream<String> names() {
        return Models.names().stream().filter(n -> !n.endsWith("1202"));
    }

    private static List<Box> boxes(NetworkSpec spec) {
        return Outline.of(spec).stages().stream()
                .flatMap(s -> s.parts().stream())
                .flatMap(p -> p.boxes().stream())
                .toList();
    }

    /** Output size and channels of every box, and no weighted layer on the main path without a box. */
    @ParameterizedTest
    @MethodSource("names")
    void boxesAreTheGraphsNodes(String name) {
        NetworkSpec spec = Models.byName(name);
        Graph g = Networks.graph(spec, Phase.INFERENCE);
        Set<String> boxed = new HashSet<>();
        for (Box box : boxes(spec)) {
            Shape shape = g.value(box.node()).type().shape();
            assertThat(box.size()).as(box.node()).isEqualTo(shape.rank() == 4 ? shape.intDim(2) : 1);
            if (box.label().contains("conv")) {
                assertThat(box.label()).contains(", " + shape.dim(1));
            }
            boxed.add(box.node());
        }
        for (Node n : g.nodes()) {
            boolean weighted = n.op() instanceof Op.Conv2d || n.op() instanceof Op.Linear;
            boolean aside = n.name().matches(".*(downsample.*|se\\.fc.|transform|gate|head\\.fc\\.conv)");
            if (weighted && !aside) {
                assertThat(boxed).contains(n.name());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void rowsAddUp(String name) {
        Table table = Table.of(Models.byName(name));
        Cost cost = Cost.of(Networks.graph(Models.byName(name), Phase.INFERENCE));
        assertThat(table.rows().stream().mapToLong(Table.Row::parameters).sum()).isEqualTo(cost.parameters());
        assertThat(table.rows().stream().mapToLong(Table.Row::macs).sum()).isEqualTo(cost.macs());
        assertThat(table.rows()).allSatisfy(r -> assertThat(r.parameters()).isPositive());
    }

    @Test
    void table1() {
        List<Table.Row> rows = Table.of(Models.residual("resnet152")).rows();
        assertThat(rows.stream().map(Table.Row::name).toList())
                .containsExactly("conv1", "conv2_x", "conv3_x", "conv4_x", "conv5_x", "fc");
        assertThat(rows.stream().map(Table.Row::size).toList()).containsExactly(112, 56, 28, 14, 7, 1);
        assertThat(rows.stream().map(Table.Row::layers).toList())
                .containsExactly(
                        "7x7, 64, /2",
                        "3x3 max pool, /2; [1x1, 64; 3x3, 64; 1x1, 256] x 3",
                        "[1x1, 128; 3x3, 128; 1x1, 512] x 8",
                        "[1x1, 256; 3x3, 256; 1x1, 1024] x 36",
                        "[1x1, 512; 3x3, 512; 1x1, 2048] x 3",
                        "average pool; fc 1000");
        assertThat(Table.of(Models.byName("resnet34")).rows().get(3).layers()).isEqualTo("[3x3, 256; 3x3, 256] x 6");
    }

    /** The exact count of the paper's own form rounds to what the paper prints; VGG-16's 15.3 is its authors', 15.5 the exact one. */
    @ParameterizedTest
    @ValueSource(strings = {"resnet18", "resnet34", "resnet101", "resnet152", "plain34", "vgg19"})
    void printedFlops(String name) {
        NetworkSpec spec =
                Models.byName(name) instanceof ResNetSpec s ? s.withStride(ResNetSpec.Stride.V1) : Models.byName(name);
        double printed = Double.parseDouble(Table.printedFlops(name));
        assertThat(Table.of(spec).macs() / 1e9).isBetween(printed / 1e9 - 0.07, printed / 1e9 + 0.07);
    }

    /** Of each column: boxes one below the other without overlap, every label inside its box. */
    @Test
    void figure3() {
        String svg = Drawing.figure3();
        assertThat(svg).contains("VGG-19", "34-layer plain", "34-layer residual", "output size:");
        assertThat(svg.split("class=\"around change\"", -1)).hasSize(1 + 3);
        assertThat(svg.split("class=\"around\"", -1)).hasSize(1 + 13);
        noOverlap(svg, 3);
        String all = Drawing.of(List.of(Models.byName("resnext101_64x4d"), Models.byName("cifar_highway32")));
        noOverlap(all, 2);
    }

    private static void noOverlap(String svg, int columns) {
        Pattern rect = Pattern.compile(
                "<rect class=\"box s\\d\" x=\"(\\d+)\" y=\"(\\d+)\" width=\"(\\d+)\" height=\"(\\d+)\".*\\R"
                        + "<text class=\"word\"[^>]*>([^<]*)</text>");
        List<MatchResult> boxes = rect.matcher(svg).results().toList();
        Set<Integer> lefts = new HashSet<>();
        List<int[]> seen = new ArrayList<>();
        for (MatchResult m : boxes) {
            int x = Integer.parseInt(m.group(1));
            int y = Integer.parseInt(m.group(2));
            int width = Integer.parseInt(m.group(3));
            lefts.add(x);
            assertThat(7 * m.group(5).length()).as(m.group(5)).isLessThanOrEqualTo(width);
            for (int[] other : seen) {
                boolean beside = x >= other[0] + width || other[0] >= x + width;
                boolean below = y >= other[1] + 22 || other[1] >= y + 22;
                assertThat(beside || below).as(m.group()).isTrue();
            }
            seen.add(new int[] {x, y});
        }
        assertThat(lefts).hasSize(columns);
        assertThat(boxes).hasSizeGreaterThan(30);
    }

    @Test
    void namesAreEscapedAndNothingIsRefused() {
        assertThat(Drawing.of(List.of(Models.byName("resnet18").withName("a<b&\"c"))))
                .contains("a&lt;b&amp;&quot;c")
                .doesNotContain("a<b");
        assertThatThrownBy(() -> Drawing.of(List.of())).hasMessageContaining("at least one");
    }
}
