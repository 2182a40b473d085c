package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.resnet4j.onednn.Execution.Argument;
import org.resnet4j.onednn.PrimitiveDesc.ConvolutionDescs;
import org.resnet4j.onednn.PrimitiveDesc.Query;

/** Primitives called directly, against loops in double written here: each argument reaches the role it is named for. */
final class PrimitivesTest {
    private static final int N = 2;
    private static final int IC = 3;
    private static final int OC = 5;
    private static final int IH = 6;
    private static final int OH = 3;
    private static final int K = 3;

    private final Onednn onednn = Onednn.open(Path.of("target", "natives"));
    private final Arena arena = Arena.ofShared();
    private final List<AutoCloseable> owned = new ArrayList<>();
    private final Random random = new Random(1);
    private final long before = LiveHandles.count();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable c : owned.reversed()) {
            c.close();
        }
        arena.close();
        assertThat(LiveHandles.count()).isEqualTo(before);
    }

    private <T extends AutoCloseable> T own(T c) {
        owned.add(c);
        return c;
    }

    private MemoryDesc desc(FormatTag tag, long... dims) {
        return own(MemoryDesc.of(onednn, DataType.F32, tag, dims));
    }

    private MemorySegment memory(MemoryDesc d) {
        return arena.allocate(d.bytes(), 64);
    }

    private MemorySegment filled(MemoryDesc d) {
        MemorySegment m = memory(d);
        for (long i = 0; i < m.byteSize() / Float.BYTES; i++) {
            m.setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextFloat() * 2 - 1);
        }
        return m;
    }

    private static float at(MemorySegment m, long i) {
        return m.getAtIndex(ValueLayout.JAVA_FLOAT, i);
    }

    private static void near(MemorySegment found, double[] expected) {
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) at(found, i)).as("element " + i).isEqualTo(expected[i], within(1e-4));
        }
    }

    private void run(PrimitiveDesc desc, Argument... arguments) {
        MemorySegment scratchpad = arena.allocate(Math.max(1, desc.scratchpadBytes()), 64);
        try (Execution e = new Execution(onednn, desc, List.of(arguments), scratchpad)) {
            e.run();
        }
    }

    private MemorySegment moved(MemoryDesc from, MemorySegment m, MemoryDesc to) {
        MemorySegment result = memory(to);
        run(
                own(PrimitiveDesc.reorder(onednn, from, to)),
                new Argument(Arg.SRC, from, m),
                new Argument(Arg.DST, to, result));
        return result;
    }

    /** Calls {@code tap} with the flat indices (src, weights, dst) of every product of the 3x3 stride-2 pad-1 convolution. */
    private static void taps(Tap tap) {
        for (int n = 0; n < N; n++) {
            for (int o = 0; o < OC; o++) {
                for (int y = 0; y < OH; y++) {
                    for (int x = 0; x < OH; x++) {
                        for (int i = 0; i < IC; i++) {
                            for (int k = 0; k < K * K; k++) {
                                int iy = 2 * y - 1 + k / K;
                                int ix = 2 * x - 1 + k % K;
                                if (iy >= 0 && iy < IH && ix >= 0 && ix < IH) {
                                    tap.at(
                                            ((n * IC + i) * IH + iy) * IH + ix,
                                            (o * IC + i) * K * K + k,
                                            ((n * OC + o) * OH + y) * OH + x);
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    private interface Tap {
        void at(int src, int weights, int dst);
    }

    @Test
    void convolutionAndItsGradients() {
        SlidingWindow window = new SlidingWindow(List.of(3L, 3L), List.of(2L, 2L), List.of(1L, 1L), List.of(0L, 0L));
        MemoryDesc src = desc(FormatTag.ABCD, N, IC, IH, IH);
        MemoryDesc weights = desc(FormatTag.ABCD, OC, IC, K, K);
        MemoryDesc anyWeights = desc(FormatTag.ANY, OC, IC, K, K);
        MemoryDesc bias = desc(FormatTag.A, OC);
        MemoryDesc dst = desc(FormatTag.ABCD, N, OC, OH, OH);
        MemorySegment x = filled(src);
        MemorySegment w = filled(weights);
        MemorySegment b = filled(bias);
        MemorySegment dy = filled(dst);

        PrimitiveDesc forward = own(PrimitiveDesc.convolution(
                onednn,
                Direction.FORWARD_TRAINING,
                new ConvolutionDescs(src, anyWeights, bias, dst),
                window,
                Attributes.none()));
        MemoryDesc chosen = own(forward.memoryDesc(Query.WEIGHTS));
        MemorySegment y = memory(dst);
        run(
                forward,
                new Argument(Arg.SRC, src, x),
                new Argument(Arg.WEIGHTS, chosen, moved(weights, w, chosen)),
                new Argument(Arg.BIAS, bias, b),
                new Argument(Arg.DST, dst, y));
        double[] expected = new double[N * OC * OH * OH];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = at(b, i / (OH * OH) % OC);
        }
        taps((s, k, d) -> expected[d] += (double) at(x, s) * at(w, k));
        near(y, expected);

        PrimitiveDesc data = own(PrimitiveDesc.convolutionBackwardData(
                onednn, new ConvolutionDescs(src, anyWeights, null, dst), window, forward));
        MemoryDesc chosenForData = own(data.memoryDesc(Query.WEIGHTS));
        MemorySegment dx = memory(src);
        run(
                data,
                new Argument(Arg.DIFF_DST, dst, dy),
                new Argument(Arg.WEIGHTS, chosenForData, moved(weights, w, chosenForData)),
                new Argument(Arg.DIFF_SRC, src, dx));
        double[] expectedSrc = new double[N * IC * IH * IH];
        taps((s, k, d) -> expectedSrc[s] += (double) at(dy, d) * at(w, k));
        near(dx, expectedSrc);

        PrimitiveDesc gradient = own(PrimitiveDesc.convolutionBackwardWeights(
                onednn, new ConvolutionDescs(src, anyWeights, bias, dst), window, forward));
        MemoryDesc chosenGradient = own(gradient.memoryDesc(Query.DIFF_WEIGHTS));
        MemorySegment dw = memory(chosenGradient);
        MemorySegment db = memory(bias);
        run(
                gradient,
                new Argument(Arg.SRC, src, x),
                new Argument(Arg.DIFF_DST, dst, dy),
                new Argument(Arg.DIFF_WEIGHTS, chosenGradient, dw),
                new Argument(Arg.DIFF_BIAS, bias, db));
        double[] expectedWeights = new double[OC * IC * K * K];
        taps((s, k, d) -> expectedWeights[k] += (double) at(dy, d) * at(x, s));
        near(moved(chosenGradient, dw, weights), expectedWeights);
        double[] expectedBias = new double[OC];
        for (int i = 0; i < N * OC * OH * OH; i++) {
            expectedBias[i / (OH * OH) % OC] += at(dy, i);
        }
        near(db, expectedBias);
    }

    @Test
    void batchNormalizationWithReluKeepsItsMask() {
        int flags = PrimitiveDesc.USE_SCALE | PrimitiveDesc.USE_SHIFT | PrimitiveDesc.FUSE_NORM_RELU;
        int area = 9;
        MemoryDesc src = desc(FormatTag.ABCD, N, IC, 3, 3);
        MemoryDesc channel = desc(FormatTag.A, IC);
        MemorySegment x = filled(src);
        MemorySegment gamma = filled(channel);
        MemorySegment beta = filled(channel);
        MemorySegment dy = filled(src);
        PrimitiveDesc forward =
                own(PrimitiveDesc.batchNormalization(onednn, Direction.FORWARD_TRAINING, src, 1e-5, flags));
        MemoryDesc mask = own(forward.memoryDesc(Query.WORKSPACE));
        MemorySegment workspace = memory(mask);
        MemorySegment y = memory(src);
        MemorySegment mean = memory(channel);
        MemorySegment variance = memory(channel);
        run(
                forward,
                new Argument(Arg.SRC, src, x),
                new Argument(Arg.SCALE, channel, gamma),
                new Argument(Arg.SHIFT, channel, beta),
                new Argument(Arg.DST, src, y),
                new Argument(Arg.MEAN, channel, mean),
                new Argument(Arg.VARIANCE, channel, variance),
                new Argument(Arg.WORKSPACE, mask, workspace));
        PrimitiveDesc backward = own(PrimitiveDesc.batchNormalizationBackward(onednn, src, 1e-5, flags, forward));
        MemorySegment dx = memory(src);
        MemorySegment dgamma = memory(channel);
        MemorySegment dbeta = memory(channel);
        run(
                backward,
                new Argument(Arg.SRC, src, x),
                new Argument(Arg.MEAN, channel, mean),
                new Argument(Arg.VARIANCE, channel, variance),
                new Argument(Arg.SCALE, channel, gamma),
                new Argument(Arg.DIFF_DST, src, dy),
                new Argument(Arg.WORKSPACE, mask, workspace),
                new Argument(Arg.DIFF_SRC, src, dx),
                new Argument(Arg.DIFF_SCALE, channel, dgamma),
                new Argument(Arg.DIFF_SHIFT, channel, dbeta));

        double m = (double) N * area;
        for (int c = 0; c < IC; c++) {
            double mu = 0;
            double var = 0;
            for (int j = 0; j < N * area; j++) {
                mu += at(x, index(j, c, area)) / m;
            }
            for (int j = 0; j < N * area; j++) {
                var += Math.pow(at(x, index(j, c, area)) - mu, 2) / m;
            }
            assertThat((double) at(mean, c)).isEqualTo(mu, within(1e-5));
            assertThat((double) at(variance, c)).isEqualTo(var, within(1e-5));
            double inverse = 1 / Math.sqrt(var + 1e-5);
            double sumG = 0;
            double sumGx = 0;
            for (int j = 0; j < N * area; j++) {
                int i = index(j, c, area);
                double hat = (at(x, i) - mu) * inverse;
                double before = at(gamma, c) * hat + at(beta, c);
                assertThat((double) at(y, i)).isEqualTo(Math.max(before, 0), within(1e-4));
                double g = before > 0 ? at(dy, i) : 0;
                sumG += g;
                sumGx += g * hat;
            }
            assertThat((double) at(dgamma, c)).isEqualTo(sumGx, within(1e-4));
            assertThat((double) at(dbeta, c)).isEqualTo(sumG, within(1e-4));
            for (int j = 0; j < N * area; j++) {
                int i = index(j, c, area);
                double hat = (at(x, i) - mu) * inverse;
                double g = at(gamma, c) * hat + at(beta, c) > 0 ? at(dy, i) : 0;
                double expected = at(gamma, c) * inverse * (g - sumG / m - hat * sumGx / m);
                assertThat((double) at(dx, i)).isEqualTo(expected, within(1e-4));
            }
        }
    }

    /** The flat index of element {@code j} of the N * area elements of channel {@code c}. */
    private static int index(int j, int c, int area) {
        return (j / area * IC + c) * area + j % area;
    }

    @Test
    void maxPoolingSendsTheGradientToTheLargest() {
        SlidingWindow window = new SlidingWindow(List.of(2L, 2L), List.of(2L, 2L), List.of(0L, 0L), List.of(0L, 0L));
        MemoryDesc src = desc(FormatTag.ABCD, N, IC, 4, 4);
        MemoryDesc dst = desc(FormatTag.ABCD, N, IC, 2, 2);
        MemorySegment x = filled(src);
        MemorySegment dy = filled(dst);
        PrimitiveDesc forward = own(PrimitiveDesc.pooling(
                onednn, Direction.FORWARD_TRAINING, Algorithm.POOLING_MAX, List.of(src, dst), window));
        MemoryDesc places = own(forward.memoryDesc(Query.WORKSPACE));
        MemorySegment workspace = memory(places);
        MemorySegment y = memory(dst);
        run(
                forward,
                new Argument(Arg.SRC, src, x),
                new Argument(Arg.DST, dst, y),
                new Argument(Arg.WORKSPACE, places, workspace));
        MemorySegment dx = memory(src);
        run(
                own(PrimitiveDesc.poolingBackward(onednn, Algorithm.POOLING_MAX, List.of(src, dst), window, forward)),
                new Argument(Arg.DIFF_DST, dst, dy),
                new Argument(Arg.WORKSPACE, places, workspace),
                new Argument(Arg.DIFF_SRC, src, dx));
        double[] largest = new double[N * IC * 4];
        double[] gradient = new double[N * IC * 16];
        for (int d = 0; d < largest.length; d++) {
            int corner = d / 4 * 16 + d % 4 / 2 * 8 + d % 2 * 2;
            int best = corner;
            for (int s : new int[] {corner + 1, corner + 4, corner + 5}) {
                best = at(x, s) > at(x, best) ? s : best;
            }
            largest[d] = at(x, best);
            gradient[best] = at(dy, d);
        }
        near(y, largest);
        near(dx, gradient);
    }

    @Test
    void additionWithReluAfterIt() {
        MemoryDesc d = desc(FormatTag.ABCD, N, IC, 4, 4);
        MemorySegment a = filled(d);
        MemorySegment b = filled(d);
        MemorySegment y = memory(d);
        run(
                own(PrimitiveDesc.binary(
                        onednn, Algorithm.BINARY_ADD, d, Attributes.none().relu())),
                new Argument(Arg.SRC_0, d, a),
                new Argument(Arg.SRC_1, d, b),
                new Argument(Arg.DST, d, y));
        double[] expected = new double[N * IC * 16];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = Math.max(0, at(a, i) + at(b, i));
        }
        near(y, expected);
    }
}
