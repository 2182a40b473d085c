package org.resnet4j.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.engine.Parameters;
import org.resnet4j.engine.Session;
import org.resnet4j.engine.reference.ReferenceBackend;
import org.resnet4j.grad.Gradients;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Phase;
import org.resnet4j.graph.Value;
import org.resnet4j.highway.HighwaySpec;
import org.resnet4j.resnet.ResNetSpec;
import org.resnet4j.resnet.Variant;
import org.resnet4j.tensor.DType;
import org.resnet4j.vgg.VggSpec;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.NetworkSpec;
import org.resnet4j.zoo.Networks;

/**
 * Every parameter of every family receives a gradient that is not zero: each named network, narrowed and shortened to what the
 * reference backend runs in moments. A bias before a batch norm is the exception: the norm takes it away again.
 */
final class EveryNetworkTest {
    static Stream<NetworkSpec> networks() {
        List<NetworkSpec> all = new ArrayList<>();
        Models.names().stream()
                .filter(n -> !n.matches("cifar_(resnet|plain|resnetv2_)\\d+") || n.endsWith("20"))
                .map(n -> small(Models.byName(n)))
                .forEach(all::add);
        ResNetSpec base = Models.residual("cifar_resnet20").withInputSize(8);
        all.add(base.withShortcut(ResNetSpec.Shortcut.C).withName("option C"));
        all.add(base.withPad(ResNetSpec.ZeroPad.SPLIT).withName("split zeros"));
        all.add(base.withVariant(v -> v.withStochasticDepth(0.3)).withName("stochastic depth"));
        all.add(base.withShortcut(ResNetSpec.Shortcut.B)
                .withVariant(v -> v.withOrder(Variant.Order.PRE).withSqueeze(4).withAverageDown(true))
                .withStem(ResNetSpec.Stem.DEEP)
                .withInputSize(32)
                .withName("v2 with all"));
        return all.stream();
    }

    private static NetworkSpec small(NetworkSpec spec) {
        return switch (spec) {
            case ResNetSpec s ->
                new ResNetSpec(
                        s.name(),
                        s.stem(),
                        s.block(),
                        s.depths().stream().map(d -> Math.min(d, 2)).toList(),
                        s.widths().stream().map(w -> Math.max(16, w / 4)).toList(),
                        s.shortcut(),
                        s.stride(),
                        s.pad(),
                        5,
                        s.stem() == ResNetSpec.Stem.CIFAR ? 8 : 32,
                        false,
                        s.variant());
            case VggSpec s ->
                new VggSpec(s.name(), s.depths().subList(0, 2), List.of(6, 8), s.batchNorm(), 24, 0.2, 5, 28);
            case HighwaySpec s ->
                new HighwaySpec(s.name(), List.of(3, 3), List.of(6, 8), 6, s.gateBias(), s.dropout(), 5, 8);
        };
    }

    @ParameterizedTest
    @MethodSource("networks")
    void everyParameterMatters(NetworkSpec spec) {
        Graph forward = Networks.trainingGraph(spec, Phase.TRAINING, 0);
        Graph g = Gradients.of(forward, forward.output("loss"))
                .withFloats(DType.F64)
                .withBatch(6);
        Set<String> taken = biasesBeforeNorms(forward);
        Random random = new Random(5);
        try (Session session = ReferenceBackend.create().compile(g).open()) {
            Parameters p = session.parameters();
            for (Parameters.Slot slot : p.slots()) {
                boolean centred = slot.type().shape().rank() > 1 || slot.name().endsWith("bias");
                double scale = centred ? 0.3 : 1;
                float[] values = new float[(int) slot.type().shape().elements()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) (centred ? scale * random.nextGaussian() : 0.5 + random.nextDouble());
                }
                p.set(slot.name(), values);
            }
            session.input("input")
                    .set(random.doubles(6L * 3 * spec.inputSize() * spec.inputSize(), -1, 1)
                            .toArray());
            session.input("targets").set(random.ints(6, 0, 5).toArray());
            if (g.inputs().stream().anyMatch(v -> v.name().equals("dropoutKey"))) {
                session.input("dropoutKey").segment().set(ValueLayout.JAVA_LONG, 0, 3);
            }
            session.parametersChanged();
            session.run();
            for (Parameters.Slot slot : p.slots()) {
                if (slot.trainable() && !taken.contains(slot.name())) {
                    double largest = 0;
                    for (double d : p.gradientDoubles(slot.name())) {
                        largest = Math.max(largest, Math.abs(d));
                    }
                    assertThat(largest).as(slot.name()).isGreaterThan(1e-12).isLessThan(1e6);
                }
            }
        }
    }

    private static Set<String> biasesBeforeNorms(Graph g) {
        Set<Value> normed = g.nodes().stream()
                .filter(n -> n.op() instanceof Op.BatchNorm)
                .map(n -> n.input(0))
                .collect(Collectors.toSet());
        return g.nodes().stream()
                .filter(n -> n.op() instanceof Op.Conv2d c && c.bias() && normed.contains(n.output()))
                .map(n -> n.input(2).name())
                .collect(Collectors.toSet());
    }
}
