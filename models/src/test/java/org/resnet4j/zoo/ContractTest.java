package org.resnet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.grad.Gradients;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Init;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Parameter;
import org.resnet4j.graph.Phase;
import org.resnet4j.graph.Value;
import org.resnet4j.resnet.ResNetSpec;
import org.resnet4j.resnet.ResNetSpec.Shortcut;
import org.resnet4j.resnet.ResNetSpec.Stride;

/** Architecture contracts: depth, parameters, multiply-adds, output sizes and names of every network. */
final class ContractTest {
    static Stream<String> names() {
        return Models.names().stream().filter(n -> !n.endsWith("1202"));
    }

    private static Graph evaluation(NetworkSpec spec) {
        return Networks.graph(spec, Phase.INFERENCE);
    }

    private static long parameters(Graph g) {
        return g.parameters().stream()
                .filter(Parameter::trainable)
                .mapToLong(p -> p.value().type().shape().elements())
                .sum();
    }

    private static long macs(Graph g) {
        long macs = 0;
        for (Node n : g.nodes()) {
            macs += switch (n.op()) {
                case Op.Conv2d _ ->
                    n.input(1).type().shape().elements()
                            * n.output().type().shape().dim(2)
                            * n.output().type().shape().dim(3);
                case Op.Linear _ -> n.input(1).type().shape().elements();
                default -> 0;
            };
        }
        return macs;
    }

    /** Tables 1 and 6 of the paper, counted exactly. */
    @ParameterizedTest
    @CsvSource({
        "cifar_resnet20, A, 269722, 40551040, 20",
        "cifar_resnet32, A, 464154, 68862592, 32",
        "cifar_resnet44, A, 658586, 97174144, 44",
        "cifar_resnet56, A, 853018, 125485696, 56",
        "cifar_resnet110, A, 1727962, 252887680, 110",
        "cifar_resnet1202, A, 19421274, 2829238912, 1202",
        "resnet18, A, 11515688, 1794805760, 18",
        "resnet18, B, 11689512, 1814073344, 18",
        "resnet34, A, 21623848, 3644493824, 34",
        "resnet34, B, 21797672, 3663761408, 34",
        "resnet34, C, , 3830747136, 34",
        "resnet50, B, 25557032, 4089184256, 50",
        "resnet101, B, 44549160, 7801405440, 101",
        "resnet152, B, 60192808, 11513626624, 152",
    })
    void counts(String name, Shortcut shortcut, Long parameters, long macs, int layers) {
        ResNetSpec spec = Models.residual(name).withShortcut(shortcut);
        Graph g = evaluation(spec);
        if (parameters != null) {
            assertThat(parameters(g)).isEqualTo(parameters);
        }
        assertThat(macs(g)).isEqualTo(macs);
        assertThat(spec.layers()).isEqualTo(layers);
    }

    @ParameterizedTest
    @CsvSource({"resnet50, 3857973248", "resnet101, 7570194432", "resnet152, 11282415616"})
    void countsWithThePapersStride(String name, long macs) {
        assertThat(macs(evaluation(Models.residual(name).withStride(Stride.V1))))
                .isEqualTo(macs);
    }

    /** Torchvision's and timm's own counts of parameters. */
    @ParameterizedTest
    @CsvSource({
        "plain18, 11515688, 1794805760, 18",
        "plain34, 21623848, 3644493824, 34",
        "cifar_plain20, 269722, 40551040, 20",
        "vgg11, 132863336, 7609090048, 11",
        "vgg11_bn, 132868840, 7609090048, 11",
        "vgg13, 133047848, 11308466176, 13",
        "vgg13_bn, 133053736, 11308466176, 13",
        "vgg16, 138357544, 15470264320, 16",
        "vgg16_bn, 138365992, 15470264320, 16",
        "vgg19, 143667240, 19632062464, 19",
        "vgg19_bn, 143678248, 19632062464, 19",
        "wide_resnet50_2, 68883240, 11398021120, 50",
        "wide_resnet101_2, 126886696, 22753050624, 101",
        "resnext50_32x4d, 25028904, 4230479872, 50",
        "resnext101_32x8d, 88791336, 16414015488, 101",
        "resnext101_64x4d, 83455272, 15460270080, 101",
        "seresnet50, 28088024, 4091699200, 50",
        "resnet50d, 25576264, 4328824832, 50",
        "resnetv2_50, 25549352, 4089184256, 50",
        "cifar_highway19, 2256838, 330826728, 19",
        "cifar_highway32, 1255270, 314491880, 32",
    })
    void countsOfTheOthers(String name, long parameters, long macs, int layers) {
        NetworkSpec spec = Models.byName(name);
        Graph g = evaluation(spec);
        assertThat(parameters(g)).isEqualTo(parameters);
        assertThat(macs(g)).isEqualTo(macs);
        assertThat(spec.layers()).isEqualTo(layers);
    }

    /** Table 6 prints 2.3 and 1.25 million. */
    @Test
    void highwayNetworksAreAsLargeAsTable6Prints() {
        assertThat(parameters(evaluation(Models.byName("cifar_highway19"))) / 2.3e6)
                .isBetween(0.95, 1.05);
        assertThat(parameters(evaluation(Models.byName("cifar_highway32"))) / 1.25e6)
                .isBetween(0.95, 1.05);
    }

    @Test
    void biasesAndEpsilonsOfKerasWeights() {
        NetworkSpec keras = Models.residual("resnet50")
                .withStride(Stride.V1)
                .withVariant(v -> v.withBias(true).withEpsilon(1e-3));
        assertThat(parameters(evaluation(keras)) + 2 * 26560).isEqualTo(25_636_712);
        assertThat(evaluation(keras).nodes().stream()
                        .filter(n -> n.op() instanceof Op.BatchNormInference)
                        .map(Node::op))
                .hasSize(53)
                .containsOnly(new Op.BatchNormInference(1e-3));
    }

    @Test
    void outputSizesOfTable1() {
        for (String name :
                List.of("resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "plain18", "plain34")) {
            Graph g = evaluation(Models.byName(name));
            assertThat(size(g, "relu")).isEqualTo(112);
            int last = Models.residual(name).depths().get(3) - 1;
            assertThat(size(g, "layer1.0")).isEqualTo(56);
            assertThat(size(g, "layer2.0")).isEqualTo(28);
            assertThat(size(g, "layer3.0")).isEqualTo(14);
            assertThat(size(g, "layer4." + last)).isEqualTo(7);
            assertThat(g.output("fc").type()).hasToString("f32[N, 1000]");
        }
    }

    private static long size(Graph g, String value) {
        return g.value(value).type().shape().dim(2);
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyTrainableParameterHasAGradientInTheGraph(String name) {
        Graph g = Networks.trainingGraph(Models.byName(name), Phase.TRAINING, 0);
        Graph backward = Gradients.of(g, g.output("loss"));
        assertThat(backward.gradients().stream().map(b -> b.parameter().name()).toList())
                .containsExactlyElementsOf(g.parameters().stream()
                        .filter(Parameter::trainable)
                        .map(Parameter::name)
                        .toList());
        assertThat(g.updates()).hasSize((int)
                g.parameters().stream().filter(p -> !p.trainable()).count());
    }

    @Test
    void namesAreTorchvisions() {
        Map<String, String> shapes = evaluation(Models.byName("resnet50")).parameters().stream()
                .map(Parameter::value)
                .collect(Collectors.toMap(Value::name, v -> v.type().shape().toString()));
        assertThat(shapes)
                .hasSize(5 * 53 + 2)
                .containsEntry("conv1.weight", "[64, 3, 7, 7]")
                .containsEntry("bn1.running_var", "[64]")
                .containsEntry("layer1.0.downsample.0.weight", "[256, 64, 1, 1]")
                .containsEntry("layer1.0.downsample.1.bias", "[256]")
                .containsEntry("layer3.0.conv2.weight", "[256, 256, 3, 3]")
                .containsEntry("fc.weight", "[1000, 2048]");
    }

    @Test
    void stochasticDepthGrowsWithDepthAndIsForTrainingOnly() {
        NetworkSpec spec = Models.residual("resnet18").withVariant(v -> v.withStochasticDepth(0.7));
        List<Double> rates = Networks.trainingGraph(spec, Phase.TRAINING, 0).nodes().stream()
                .flatMap(n -> n.op() instanceof Op.DropPath d ? Stream.of(d.probability()) : Stream.of())
                .toList();
        assertThat(rates).hasSize(7).isSorted();
        assertThat(rates.getFirst()).isEqualTo(0.7 / 7);
        assertThat(rates.getLast()).isEqualTo(0.7);
        assertThat(evaluation(spec).nodes()).noneMatch(n -> n.op() instanceof Op.DropPath);
    }

    @Test
    void zeroInitialisationIsOfTheLastLayerOfEachBranch() {
        for (String name : List.of("resnet18", "resnet50", "resnetv2_50", "resnetv2_18")) {
            NetworkSpec spec = Models.residual(name).withZeroInitLastGamma(true);
            List<String> zero = evaluation(spec).parameters().stream()
                    .filter(p -> p.trainable()
                            && p.name().endsWith("weight")
                            && p.init().equals(new Init.Constant(0)))
                    .map(Parameter::name)
                    .toList();
            String last = (name.contains("v2") ? "conv" : "bn") + (name.endsWith("18") ? 2 : 3) + ".weight";
            assertThat(zero).hasSize(name.endsWith("18") ? 8 : 16).allMatch(n -> n.endsWith(last));
        }
    }

    @Test
    void pooledShortcutsRoundUpWhereSizesAreOdd() {
        Graph g = evaluation(Models.residual("resnet50d").withInputSize(200));
        assertThat(size(g, "layer3.0")).isEqualTo(13);
        assertThat(size(g, "layer4.0.downsample.0")).isEqualTo(7);
        assertThat(size(g, "layer4.0")).isEqualTo(7);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertThatThrownBy(() -> Models.byName("vgg16").withInputSize(32)).hasMessageContaining("multiple of 7");
        assertThatThrownBy(() -> Models.byName("cifar_highway19").withInputSize(3))
                .hasMessageContaining("halve");
        assertThatThrownBy(() -> Models.residual("resnet18").withVariant(v -> v.withGroups(2, 64)))
                .hasMessageContaining("only bottlenecks have groups");
        assertThatThrownBy(() -> Models.residual("resnet50").withVariant(v -> v.withGroups(1, 0)))
                .hasMessageContaining("groups");
        assertThatThrownBy(() -> SpecJson.read(narrow())).hasMessageContaining("every group needs a channel");
        assertThatThrownBy(() -> Models.byName("resnet18").withClasses(0)).hasMessageContaining("classes");
        assertThatThrownBy(() -> Models.residual("vgg16")).hasMessageContaining("no residual network");
        assertThat(Networks.graph(Models.byName("vgg16").withInputSize(448), Phase.INFERENCE)
                        .value("avgpool")
                        .type()
                        .shape()
                        .dim(2))
                .isEqualTo(7);
    }

    private static Map<String, Object> narrow() {
        Map<String, Object> json = new LinkedHashMap<>(SpecJson.write(Models.byName("resnext50_32x4d")));
        json.put("widths", List.of(8L, 16L, 32L, 64L));
        return json;
    }

    @Test
    void unknownNamesSuggestTheNearest() {
        assertThatThrownBy(() -> Models.byName("resent50")).hasMessageContaining("did you mean resnet50?");
        assertThatThrownBy(() -> Models.byName("cifar_resnet21")).hasMessageContaining("6n + 2");
        assertThat(Models.byName("resnet20").name()).isEqualTo("cifar_resnet20");
        assertThat(Models.names())
                .allSatisfy(n -> assertThat(Models.byName(n).name()).isEqualTo(n));
    }

    @Test
    void nothingIsDroppedWhereItIsNotWanted() {
        List<NetworkSpec> dropping = List.of(
                Models.byName("vgg11"),
                Models.byName("cifar_highway19"),
                Models.residual("resnet18").withVariant(v -> v.withStochasticDepth(0.2)));
        for (NetworkSpec spec : dropping) {
            assertThat(draws(spec)).as(spec.name()).isTrue();
            assertThat(draws(spec.withoutDropping())).as(spec.name()).isFalse();
        }
    }

    private static boolean draws(NetworkSpec spec) {
        return Networks.trainingGraph(spec, Phase.TRAINING, 0).inputs().stream()
                .anyMatch(v -> v.name().equals("dropoutKey"));
    }
}
