package org.resnet4j.engine.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.resnet4j.builder.GraphBuilder;
import org.resnet4j.engine.Parameters;
import org.resnet4j.engine.Session;
import org.resnet4j.engine.TensorView;
import org.resnet4j.grad.Gradients;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Init;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Phase;
import org.resnet4j.graph.Value;
import org.resnet4j.graph.Window;
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.testkit.GradientChecker;

/** Gradients of every forward operation, by a parameter {@code x} and its own parameters, against central differences. */
class GradientTest {
    private static final double STEP = 1e-5;
    private static final Init INIT = new Init.Constant(0);

    private static void check(BiFunction<GraphBuilder, Value, Value> network, long... dims) {
        check(Phase.TRAINING, network, dims);
    }

    private static void check(Phase phase, BiFunction<GraphBuilder, Value, Value> network, long... dims) {
        GraphBuilder b = GraphBuilder.of("check", phase);
        Value dst = network.apply(b, b.weight("x", INIT, dims));
        Graph forward = b.build(dst);
        boolean isLoss = dst.type().shape().rank() == 0;
        Graph graph = (isLoss ? Gradients.of(forward, dst) : Gradients.withSeed(forward, dst)).withFloats(DType.F64);
        Random random = new Random(7);
        try (Session session = ReferenceBackend.create().compile(graph).open()) {
            graph.inputs().forEach(v -> fill(session.input(v.name()), random));
            double[] seed = isLoss
                    ? new double[] {1}
                    : session.input("diff." + dst.name()).toDoubles();
            Parameters p = session.parameters();
            for (Parameters.Slot slot : p.slots()) {
                boolean variance = slot.name().endsWith("running_var");
                new TensorView(slot.name(), slot.type(), p.stored(slot))
                        .set(random.doubles(slot.type().shape().elements())
                                .map(d -> variance ? d + 0.5 : 2 * d - 1)
                                .toArray());
            }
            for (Parameters.Slot slot : p.slots()) {
                if (slot.trainable()) {
                    session.run();
                    compare(session, slot, p.gradientDoubles(slot.name()), seed);
                }
            }
        }
    }

    private static void compare(Session session, Parameters.Slot slot, double[] gradient, double[] seed) {
        MemorySegment stored = session.parameters().stored(slot);
        TensorView view = new TensorView(slot.name(), slot.type(), stored);
        double[] at = view.toDoubles();
        GradientChecker.Outcome outcome = GradientChecker.check(
                x -> {
                    view.set(x);
                    return weightedSum(session, seed);
                },
                at,
                gradient,
                STEP);
        view.set(at);
        assertThat(outcome.largest()).as(slot.name() + " matters").isPositive();
        assertThat(outcome.relative()).as("gradient of " + slot.name()).isLessThanOrEqualTo(1e-6);
    }

    /** sum of seed * dst. */
    private static double weightedSum(Session session, double[] seed) {
        session.run();
        Value output = session.plan().graph().outputs().getFirst();
        double[] dst = session.output(output.name()).toDoubles();
        double sum = 0;
        for (int k = 0; k < dst.length; k++) {
            sum += seed[k] * dst[k];
        }
        return sum;
    }

    private static void fill(TensorView view, Random random) {
        long n = view.type().shape().elements();
        switch (view.type().dtype()) {
            case S32 -> view.set(random.ints(n, 0, 3).toArray());
            case S64 -> view.segment().set(ValueLayout.JAVA_LONG, 0, 99);
            case F64, F32, BF16, F16, S8, U8 -> view.set(random.doubles(n).toArray());
        }
    }

    private static Value first(GraphBuilder b, Op op, Value... operands) {
        return b.add("op", op, operands).getFirst();
    }

    @Test
    void convolution() {
        check((b, x) -> b.conv2d("conv", x, 3, new Op.Conv2d(Window.square(3, 1, 1), 1, false)), 2, 2, 4, 5);
        check((b, x) -> b.conv2d("conv", x, 6, new Op.Conv2d(new Window(3, 2, 2, 1, 1, 0), 2, true)), 2, 4, 5, 4);
        check((b, x) -> b.conv2d("conv", x, 4, new Op.Conv2d(Window.square(1, 2, 0), 4, true)), 2, 4, 3, 3);
    }

    @Test
    void batchNorm() {
        check((b, x) -> b.batchNorm("bn", x), 3, 2, 2, 3);
        check(Phase.TRAINING_FROZEN_NORM, (b, x) -> b.batchNorm("bn", x), 3, 2, 2, 3);
        check(GradientTest::batchNormRelu, 3, 2, 2, 3);
    }

    private static Value batchNormRelu(GraphBuilder b, Value x) {
        Value scale = b.weight("scale", INIT, 2);
        Value shift = b.weight("shift", INIT, 2);
        Value running = b.input("running", TensorType.f32(2));
        return first(b, new Op.BatchNorm(1e-5, 0.1, true), x, scale, shift, running, running);
    }

    @Test
    void pooling() {
        check((b, x) -> b.maxPool("pool", x, Window.square(3, 2, 1)), 2, 2, 5, 4);
        check((b, x) -> first(b, new Op.AvgPool(Window.square(3, 2, 1), true), x), 2, 2, 5, 4);
        check((b, x) -> first(b, new Op.AvgPool(Window.square(3, 2, 1), false), x), 2, 2, 5, 4);
        check((b, x) -> first(b, new Op.AvgPool(Window.square(2, 2, 0), false, true), x), 2, 2, 5, 3);
        check((b, x) -> b.globalAvgPool("pool", x), 2, 3, 2, 2);
    }

    @Test
    void elementwise() {
        check((b, x) -> b.relu("relu", x), 2, 5);
        check((b, x) -> b.add("add", x, b.weight("y", INIT, 2, 5)), 2, 5);
        check((b, x) -> first(b, new Op.AddRelu(), x, b.weight("y", INIT, 2, 5)), 2, 5);
        check((b, x) -> first(b, new Op.Gate(), x, b.weight("g", INIT, 2, 5), b.weight("c", INIT, 2, 5)), 2, 5);
        check((b, x) -> first(b, new Op.ChannelGate(), x, b.weight("g", INIT, 2, 3, 1, 1)), 2, 3, 4, 2);
        check((b, x) -> b.dropout("drop", x, 0.4), 2, 20);
        check((b, x) -> b.dropPath("drop", x, 0.4), 9, 2, 2, 3);
        check((b, x) -> b.flatten("flat", x), 2, 2, 2, 2);
        check((b, x) -> first(b, new Op.PadShortcut(2, 1, 2), x), 2, 2, 5, 4);
    }

    @Test
    void aValueUsedMoreThanOnceGetsTheSum() {
        check((b, x) -> b.add("add", x, b.relu("relu", x)), 2, 5);
        check((b, x) -> b.add("add", b.add("double", x, x), x), 2, 5);
        check((b, x) -> first(b, new Op.Gate(), x, x, b.weight("c", INIT, 2, 5)), 2, 5);
    }

    @Test
    void linearSoftmaxAndLoss() {
        check((b, x) -> b.linear("fc", x, 3), 4, 5);
        check((b, x) -> first(b, new Op.Softmax(), x), 2, 4);
        check((b, x) -> b.loss(x, 0), 4, 3);
        check((b, x) -> b.loss(x, 0.1), 4, 3);
        check((b, x) -> b.loss(x, new Op.SoftmaxCrossEntropy(0, true)), 4, 3);
        check((b, x) -> b.loss(x, new Op.SoftmaxCrossEntropy(0.2, true)), 4, 3);
        check((b, x) -> b.loss(x, new Op.SigmoidCrossEntropy(0, false)), 4, 3);
        check((b, x) -> b.loss(x, new Op.SigmoidCrossEntropy(0.1, true)), 4, 3);
    }

    /** By hand: the gradient of the mean loss by the logits is (softmax - target) / N, and what leads there is that times the weights. */
    @Test
    void aLossByValuesBesideParameters() {
        GraphBuilder b = GraphBuilder.of("by", Phase.TRAINING);
        Value x = b.relu("relu", b.input("input", TensorType.f32(2, 3)));
        Value logits = b.linear("fc", x, 3);
        Value loss = b.loss(logits, 0);
        Graph graph =
                Gradients.of(b.build(loss), loss, List.of(logits, x, logits)).withFloats(DType.F64);
        assertThat(graph.outputs()).hasSize(4);
        assertThat(graph.gradients()).hasSize(2);
        try (Session session = ReferenceBackend.create().compile(graph).open()) {
            session.input("input").set(new double[] {1, 2, 3, 0.5, 0, 4});
            session.input("targets").set(new int[] {0, 2});
            Parameters p = session.parameters();
            double[] weights = {0.1, -0.2, 0.3, 0.4, 0.5, -0.6, 0, 0.7, 0.2};
            new TensorView("fc.weight", p.slot("fc.weight").type(), p.stored(p.slot("fc.weight"))).set(weights);
            session.run();
            double[] byLogits = session.output(graph.outputs().get(1).name()).toDoubles();
            double[] byX = session.output(graph.outputs().get(2).name()).toDoubles();
            double[] first = {1, 2, 3};
            double[] e = new double[3];
            for (int k = 0; k < 3; k++) {
                for (int j = 0; j < 3; j++) {
                    e[k] += weights[3 * k + j] * first[j];
                }
                e[k] = Math.exp(e[k]);
            }
            double sum = e[0] + e[1] + e[2];
            for (int k = 0; k < 3; k++) {
                assertThat(byLogits[k]).isCloseTo((e[k] / sum - (k == 0 ? 1 : 0)) / 2, within(1e-12));
                double led = weights[k] * byLogits[0] + weights[3 + k] * byLogits[1] + weights[6 + k] * byLogits[2];
                assertThat(byX[k]).isCloseTo(led, within(1e-12));
            }
        }
        assertThatThrownBy(() -> Gradients.of(b.build(loss), logits, List.of(x)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("result of a loss");
    }
}
