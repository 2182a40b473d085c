package org.resnet4j.engine.onednn;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import org.resnet4j.onednn.Team;

/**
 * Mean and biased variance of each channel of a batch, pictures channels-last, F32. oneDNN adds up one float a channel and
 * thread over the whole batch, which is off by 1e-5 and flips ten times the ReLUs that PyTorch's float32 flips; here few values are
 * added in float and the rest in double, in parts whose number does not depend on the threads.
 *
 * <p>Sums are of differences to the first pixel, so that a batch of equal values has a variance of exactly zero.
 */
final class BatchStatistics {
    /** Parts of a batch, added up in this order by whichever thread. */
    private static final int PARTS = 64;

    /** Floats that a loop of additions goes over: long enough for vectors, short enough for the first cache. */
    private static final int WIDTH = 256;

    /** Additions in float before their sum goes to double. */
    private static final int ROWS = 32;

    private final MemorySegment src;
    private final MemorySegment mean;
    private final MemorySegment variance;
    private final long pixels;
    private final int channels;
    private final double[] sums; // of part p: channels of differences, then of their squares
    private final Member[] members;

    private BatchStatistics(List<MemorySegment> operands, long pixels, int channels, int threads) {
        this.src = operands.get(0);
        this.mean = operands.get(1);
        this.variance = operands.get(2);
        this.pixels = pixels;
        this.channels = channels;
        this.sums = new double[Math.multiplyExact(2 * PARTS, channels)];
        this.members = new Member[threads];
        Arrays.setAll(members, _ -> new Member(channels));
    }

    /** src, mean, variance; for teams of up to {@code threads}. */
    static Step.HostKernel kernel(long pixels, int channels, int threads) {
        return m -> {
            BatchStatistics statistics = new BatchStatistics(m, pixels, channels, threads);
            Team.Work work = statistics::parts;
            return team -> {
                team.run(work);
                statistics.finish();
            };
        };
    }

    private void parts(int member, int count) {
        Member own = members[member];
        own.pivot(src);
        for (int p = PARTS * member / count; p < PARTS * (member + 1) / count; p++) {
            own.add(src, pixels * p / PARTS, pixels * (p + 1) / PARTS, sums, 2 * p * channels);
        }
    }

    private void finish() {
        for (int c = 0; c < channels; c++) {
            double sum = 0;
            double squares = 0;
            for (int p = 0; p < PARTS; p++) {
                sum += sums[2 * p * channels + c];
                squares += sums[(2 * p + 1) * channels + c];
            }
            double shifted = sum / pixels;
            double pivot = src.getAtIndex(ValueLayout.JAVA_FLOAT, c);
            mean.setAtIndex(ValueLayout.JAVA_FLOAT, c, (float) (pivot + shifted));
            double v = squares / pixels - shifted * shifted;
            variance.setAtIndex(ValueLayout.JAVA_FLOAT, c, (float) (v < 0 ? 0 : v));
        }
    }

    /** One thread's arrays. */
    private static final class Member {
        private final int channels;
        private final float[] x;
        private final float[] pivot;
        private final float[] sum;
        private final float[] squares;

        Member(int channels) {
            this.channels = channels;
            int width = channels * Math.ceilDiv(WIDTH, channels);
            x = new float[width];
            pivot = new float[width];
            sum = new float[width];
            squares = new float[width];
        }

        void pivot(MemorySegment src) {
            MemorySegment.copy(src, ValueLayout.JAVA_FLOAT, 0, pivot, 0, channels);
            for (int i = channels; i < pivot.length; i++) {
                pivot[i] = pivot[i - channels];
            }
        }

        void add(MemorySegment src, long from, long to, double[] sums, int at) {
            Arrays.fill(sums, at, at + 2 * channels, 0);
            long end = to * channels;
            int rows = 0;
            for (long i = from * channels; i < end; i += x.length) {
                int n = (int) Math.min(x.length, end - i);
                MemorySegment.copy(src, ValueLayout.JAVA_FLOAT, i * Float.BYTES, x, 0, n);
                if (n < x.length) {
                    System.arraycopy(pivot, n, x, n, x.length - n); // differences of zero
                }
                row();
                if (++rows == ROWS) {
                    fold(sums, at);
                    rows = 0;
                }
            }
            fold(sums, at);
        }

        private void row() {
            for (int i = 0; i < x.length; i++) {
                float d = x[i] - pivot[i];
                sum[i] += d;
                squares[i] += d * d;
            }
        }

        private void fold(double[] sums, int at) {
            for (int i = 0; i < sum.length; i += channels) {
                for (int c = 0; c < channels; c++) {
                    sums[at + c] += sum[i + c];
                    sums[at + channels + c] += squares[i + c];
                }
            }
            Arrays.fill(sum, 0);
            Arrays.fill(squares, 0);
        }
    }
}
