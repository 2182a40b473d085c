package org.resnet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.graph.Phase;
import org.resnet4j.resnet.ResNetSpec.Shortcut;
import org.resnet4j.resnet.ResNetSpec.Stride;
import org.resnet4j.resnet.ResNetSpec.ZeroPad;

/** A network as JSON values and back; what is missing, unknown or out of range is refused by name. */
final class SpecJsonTest {
    static Stream<String> names() {
        return Models.names().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyNamedNetworkComesBack(String name) {
        NetworkSpec spec = Models.byName(name);
        assertThat(SpecJson.read(SpecJson.write(spec))).isEqualTo(spec);
    }

    @Test
    void everySwitchComesBack() {
        NetworkSpec spec = Models.residual("resnet50")
                .withShortcut(Shortcut.A)
                .withStride(Stride.V1)
                .withPad(ZeroPad.SPLIT)
                .withZeroInitLastGamma(true)
                .withVariant(v -> v.withBias(true).withEpsilon(1.001e-5).withStochasticDepth(0.2))
                .withClasses(7)
                .withInputSize(160)
                .withName("mine");
        assertThat(SpecJson.read(SpecJson.write(spec))).isEqualTo(spec);
    }

    @ParameterizedTest
    @CsvSource({
        "family, vggg, family must be",
        "classes, -1, classes",
        "classes, 2147483648, whole number",
        "input-size, 1000000, input size",
        "stride, v2, one of",
        "epsilon, 0, epsilon",
        "stochastic-depth, 1, stochastic depth",
        "bias, x, true or false",
        "surprise, x, found surprise",
    })
    void refusesByName(String field, String value, String message) {
        Map<String, @Nullable Object> json = SpecJson.write(Models.byName("resnet50"));
        json.put(field, value.matches("-?\\d+") ? (Object) Long.parseLong(value) : value);
        assertThatThrownBy(() -> SpecJson.read(json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @MethodSource("names")
    void refusesWhatIsMissing(String name) {
        Map<String, @Nullable Object> whole = SpecJson.write(Models.byName(name));
        for (String field : whole.keySet()) {
            Map<String, @Nullable Object> json = new LinkedHashMap<>(whole);
            json.remove(field);
            assertThatThrownBy(() -> SpecJson.read(json))
                    .as(field)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(field);
        }
    }

    @Test
    void refusesTooManyStages() {
        Map<String, @Nullable Object> json = SpecJson.write(Models.byName("vgg16"));
        List<Long> many = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            many.add(1L);
        }
        json.put("depths", many);
        assertThatThrownBy(() -> SpecJson.read(json)).hasMessageContaining("at most 64");
    }

    @Test
    void anyDepthWidthAndBlockListIsANetwork() {
        Map<String, @Nullable Object> json = SpecJson.write(Models.byName("resnext50_32x4d"));
        json.put("name", "mine");
        json.put("depths", List.of(1L, 5L));
        json.put("widths", List.of(32L, 192L));
        json.put("input-size", 64L);
        NetworkSpec spec = SpecJson.read(json);
        assertThat(spec.layers()).isEqualTo(20);
        assertThat(Networks.graph(spec, Phase.INFERENCE)
                        .value("layer2.4")
                        .type()
                        .shape()
                        .dim(1))
                .isEqualTo(768);
    }
}
