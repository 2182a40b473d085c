package org.resnet4j.engine.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.resnet4j.builder.GraphBuilder;
import org.resnet4j.engine.Session;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Phase;
import org.resnet4j.graph.Value;
import org.resnet4j.graph.Window;
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.TensorType;

/** Operations on numbers small enough to check by hand, in F64. */
class ForwardTest {
    private static final In NINE = in(dims(1, 1, 3, 3), 1, 2, 3, 4, 5, 6, 7, 8, 9);

    /** An operand. */
    private record In(TensorType type, List<Double> data) {}

    private static In in(long[] dims, double... data) {
        return new In(
                TensorType.of(DType.F64, dims), Arrays.stream(data).boxed().toList());
    }

    private static In vector(double... data) {
        return in(dims(data.length), data);
    }

    private static In row(double... data) {
        return in(dims(1, data.length), data);
    }

    private static In labels(double... data) {
        return new In(TensorType.of(DType.S32, data.length), vector(data).data());
    }

    private static long[] dims(long... dims) {
        return dims;
    }

    private static double[] first(Op op, In... operands) {
        return all(op, 1, operands).getFirst();
    }

    /** The first {@code results} results. */
    private static List<double[]> all(Op op, int results, In... operands) {
        GraphBuilder b = GraphBuilder.of("one", Phase.TRAINING);
        Value[] inputs = new Value[operands.length];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = b.input("in" + i, operands[i].type());
        }
        Graph graph = b.build(b.add("op", op, inputs).subList(0, results).toArray(Value[]::new));
        try (Session session = ReferenceBackend.create().compile(graph).open()) {
            for (int i = 0; i < inputs.length; i++) {
                List<Double> data = operands[i].data();
                if (inputs[i].type().dtype() == DType.S32) {
                    session.input("in" + i)
                            .set(data.stream().mapToInt(Double::intValue).toArray());
                } else {
                    session.input("in" + i)
                            .set(data.stream().mapToDouble(d -> d).toArray());
                }
            }
            session.run();
            return graph.outputs().stream()
                    .map(v -> session.output(v.name()).toDoubles())
                    .toList();
        }
    }

    @Test
    void convolutionCorrelatesWithStridePaddingGroupsAndBias() {
        In kernel = in(dims(1, 1, 2, 2), 1, 2, 3, 4);
        assertThat(first(new Op.Conv2d(Window.square(2, 1, 0), 1, true), NINE, kernel, vector(10)))
                .containsExactly(47, 57, 77, 87);
        assertThat(first(new Op.Conv2d(Window.square(2, 2, 1), 1, false), NINE, kernel))
                .containsExactly(4, 18, 36, 77);
        In pair = in(dims(1, 2, 1, 2), 1, 2, 3, 4);
        assertThat(first(new Op.Conv2d(Window.square(1, 1, 0), 2, false), pair, in(dims(2, 1, 1, 1), 10, 100)))
                .containsExactly(10, 20, 300, 400);
    }

    @Test
    void fusedConvolutionAddsThenCutsOff() {
        Op.Conv2d conv = new Op.Conv2d(Window.square(1, 1, 0), 1, true);
        In src = in(dims(1, 1, 1, 3), 1, 2, 3);
        In addend = in(dims(1, 1, 1, 3), -10, 0, 1);
        assertThat(first(new Op.FusedConv2d(conv, true, true), src, in(dims(1, 1, 1, 1), 2), vector(1), addend))
                .containsExactly(0, 5, 8);
    }

    @Test
    void batchNormMovesRunningVarianceByTheUnbiasedEstimate() {
        In src = in(dims(2, 1, 1, 2), 1, 2, 3, 6);
        List<double[]> r = all(new Op.BatchNorm(0, 0.1, true), 5, src, vector(2), vector(1), vector(10), vector(20));
        double sd = Math.sqrt(3.5);
        assertThat(r.get(0)).containsExactly(new double[] {0, 0, 1, 1 + 6 / sd}, within(1e-14));
        assertThat(r.get(1)).containsExactly(3);
        assertThat(r.get(2)).containsExactly(3.5);
        assertThat(r.get(3)).containsExactly(new double[] {9.3}, within(1e-14));
        assertThat(r.get(4)).containsExactly(new double[] {18 + 14.0 / 30}, within(1e-14));
    }

    @Test
    void batchNormOfAConstantOrASingleElementIsFinite() {
        Op.BatchNorm op = new Op.BatchNorm(1e-5, 0.1, false);
        In zero = vector(0);
        In one = vector(1);
        In pixel = in(dims(1, 1, 1, 1), 7);
        assertThat(first(op, in(dims(1, 1, 1, 3), 7, 7, 7), one, one, zero, one))
                .containsExactly(1, 1, 1);
        List<double[]> single = all(op, 5, pixel, one, one, zero, one);
        assertThat(single.get(0)).containsExactly(1);
        assertThat(single.get(4)).containsExactly(0.9);
        all(new Op.BatchNormBackward(op), 3, pixel, pixel, one, vector(7), zero)
                .forEach(g -> assertThat(g[0]).isFinite());
    }

    @Test
    void batchNormByGivenStatisticsAndItsFold() {
        In src = in(dims(1, 1, 1, 2), 1, 5);
        assertThat(first(new Op.BatchNormInference(0), src, vector(3), vector(1), vector(3), vector(4)))
                .containsExactly(-2, 4);
        In weights = in(dims(1, 1, 1, 2), 2, 4);
        List<double[]> folded =
                all(new Op.FoldBatchNorm(0, true), 2, weights, vector(3), vector(1), vector(1), vector(4), vector(5));
        assertThat(folded.get(0)).containsExactly(3, 6);
        assertThat(folded.get(1)).containsExactly(7);
    }

    @Test
    void pooling() {
        assertThat(first(new Op.MaxPool(Window.square(2, 1, 0), true), NINE)).containsExactly(5, 6, 8, 9);
        assertThat(first(new Op.MaxPool(Window.square(2, 1, 0), true), in(dims(1, 1, 2, 2), 1, Double.NaN, 9, 2)))
                .containsExactly(Double.NaN);
        assertThat(first(new Op.MaxPool(Window.square(3, 2, 1), false), in(dims(1, 1, 1, 1), -3)))
                .containsExactly(-3);
        assertThat(first(new Op.AvgPool(Window.square(2, 2, 1), true), NINE)).containsExactly(0.25, 1.25, 2.75, 7);
        assertThat(first(new Op.AvgPool(Window.square(2, 2, 1), false), NINE)).containsExactly(1, 2.5, 5.5, 7);
        assertThat(first(new Op.GlobalAvgPool(), NINE)).containsExactly(5);
    }

    @Test
    void elementwiseLinearAndShortcut() {
        assertThat(first(new Op.Relu(), row(-1, 2, Double.NaN))).containsExactly(0, 2, Double.NaN);
        assertThat(first(new Op.Add(), row(-1, 2), row(3, 4))).containsExactly(2, 6);
        assertThat(first(new Op.AddRelu(), row(-1, 2), row(0.5, 4))).containsExactly(0, 6);
        assertThat(first(new Op.Gate(), row(4, 4, 4), row(0, 1e4, -1e4), row(2, 2, 2)))
                .containsExactly(3, 4, 2);
        assertThat(first(new Op.Linear(true), row(1, 10), in(dims(2, 2), 1, 2, 3, 4), vector(100, 200)))
                .containsExactly(121, 243);
        assertThat(first(new Op.PadShortcut(2, 1, 2), NINE))
                .containsExactly(0, 0, 0, 0, 1, 3, 7, 9, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    @Test
    void softmaxAndLossAreFiniteAtLargeLogits() {
        Op.SoftmaxCrossEntropy plain = new Op.SoftmaxCrossEntropy(0, false);
        assertThat(first(new Op.Softmax(), row(1e4, -1e4, 1e4)))
                .containsExactly(new double[] {0.5, 0, 0.5}, within(1e-11));
        assertThat(first(plain, row(1e4, -1e4), labels(1))).containsExactly(2e4);
        assertThat(first(new Op.SoftmaxCrossEntropyBackward(plain), row(1e4, -1e4), labels(1)))
                .containsExactly(1, -1);
        assertThat(first(new Op.SoftmaxCrossEntropy(0.5, true), row(0, 0), row(1, 0)))
                .containsExactly(new double[] {Math.log(2)}, within(1e-15));
    }

    @Test
    void aLabelThatIsNoClassIsNamed() {
        for (int bad : new int[] {-1, 2}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() ->
                            first(new Op.SoftmaxCrossEntropy(0, false), in(dims(2, 2), 0, 0, 0, 0), labels(0, bad)))
                    .withMessageContaining("2 classes, sample 1 has " + bad);
        }
    }

    @Test
    void sessionNamesTheFirstNonFiniteValueAndRefusesUseAfterClose() {
        GraphBuilder b = GraphBuilder.of("overflow", Phase.INFERENCE);
        Value x = b.input("x", TensorType.f32(1, 1));
        Graph graph = b.build(b.add("sum", x, x));
        Session session = ReferenceBackend.create().compile(graph).open();
        session.input("x").set(new float[] {1});
        assertThat(session.firstNonFinite()).isEmpty();
        session.input("x").set(new float[] {Float.MAX_VALUE});
        assertThat(session.firstNonFinite())
                .hasValueSatisfying(s -> assertThat(s).contains("node sum"));
        session.close();
        session.close();
        assertThatIllegalStateException().isThrownBy(session::run);
    }
}
