package org.resnet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.graph.Phase;
import org.resnet4j.resnet.ResNetSpec.Shortcut;
import org.resnet4j.tensor.Shape;

/** Every network that names and shapes tell apart is recognised by its own. */
class RecognitionTest {
    private static Map<String, Shape> tensors(NetworkSpec spec) {
        Map<String, Shape> tensors = new LinkedHashMap<>();
        Networks.graph(spec, Phase.INFERENCE)
                .parameters()
                .forEach(p -> tensors.put(p.name(), p.value().type().shape()));
        return tensors;
    }

    static Stream<String> told() {
        return Models.names().stream().filter(n -> !n.contains("plain") && !n.contains("1202"));
    }

    @ParameterizedTest
    @MethodSource("told")
    void byItsOwnTensors(String name) {
        NetworkSpec spec = Models.byName(name).withClasses(7);
        assertThat(Recognition.of(tensors(spec)))
                .hasValueSatisfying(r -> assertThat(r.spec()).isEqualTo(spec));
    }

    @Test
    void plainIsTakenForResidualAndThatIsSaid() {
        Recognition r = Recognition.of(tensors(Models.byName("cifar_plain20"))).orElseThrow();
        assertThat(r.spec()).isEqualTo(Models.byName("cifar_resnet20"));
        assertThat(r.assumptions())
                .containsExactly(
                        "assumed residual with option A, zero channels appended; --plain or --pad split say otherwise");
    }

    @Test
    void otherShortcutsAndDepths() {
        NetworkSpec b = Models.residual("cifar_resnet8").withShortcut(Shortcut.B);
        assertThat(Recognition.of(tensors(b)).orElseThrow().spec()).isEqualTo(b);
        NetworkSpec c = Models.residual("resnet50").withShortcut(Shortcut.C);
        assertThat(Recognition.of(tensors(c)).orElseThrow().spec()).isEqualTo(c.withName("custom"));
    }

    @Test
    void otherTensorsAreNobodys() {
        assertThat(Recognition.of(Map.of("a.weight", Shape.of(2, 3)))).isEmpty();
        Map<String, Shape> broken = new LinkedHashMap<>(tensors(Models.byName("resnet18")));
        broken.put("layer1.0.conv1.weight", Shape.of(64, 63, 3, 3));
        assertThat(Recognition.of(broken)).isEmpty();
    }
}
