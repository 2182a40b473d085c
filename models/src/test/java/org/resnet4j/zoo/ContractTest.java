package org.resnet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.grad.Gradients;
import org.resnet4j.graph.Graph;
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
    @ValueSource(strings = {"cifar_resnet20", "cifar_plain20", "resnet18", "resnet50", "plain34"})
    void everyTrainableParameterGetsAGradient(String name) {
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
    void unknownNamesSuggestTheNearest() {
        assertThatThrownBy(() -> Models.byName("resent50")).hasMessageContaining("did you mean resnet50?");
        assertThatThrownBy(() -> Models.byName("cifar_resnet21")).hasMessageContaining("6n + 2");
        assertThat(Models.byName("resnet20").name()).isEqualTo("cifar_resnet20");
        assertThat(Models.names())
                .allSatisfy(n -> assertThat(Models.byName(n).name()).isEqualTo(n));
    }
}
