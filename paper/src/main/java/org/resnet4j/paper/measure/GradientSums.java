package org.resnet4j.paper.measure;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.resnet4j.engine.Session;
import org.resnet4j.engine.TensorView;
import org.resnet4j.graph.Value;
import org.resnet4j.loader.Batch;
import org.resnet4j.loader.BatchLoader;
import org.resnet4j.loader.LoaderOptions;

/** Means over batches of the norms that a session's gradients have. Uses the session, does not own it. */
final class GradientSums {
    private final Session session;
    private final Map<Value, String> gradients;
    private final List<ResponseLayer> layers;
    private final List<IdentityBlock> blocks;
    private final double[][] byLayer;
    private final double[][] byBlock;
    private final int batch;
    private int batches;

    /**
     * For one network.
     *
     * @param gradients the session's output that is the gradient by a value of the network
     */
    GradientSums(
            Session session, Map<Value, String> gradients, List<ResponseLayer> layers, List<IdentityBlock> blocks) {
        this.session = session;
        this.gradients = gradients;
        this.layers = layers;
        this.blocks = blocks;
        this.byLayer = new double[layers.size()][2];
        this.byBlock = new double[blocks.size()][4];
        this.batch = session.input("input").type().shape().intDim(0);
    }

    /** Runs the sample's batches. */
    void run(GradientNorms.Sample sample, int workers) throws IOException {
        LoaderOptions loading = new LoaderOptions(
                batch,
                session.input("input").type().shape().intDim(2),
                sample.preprocessing().transform(),
                sample.preprocessing().normalization(),
                sample.seed(),
                true,
                true,
                workers);
        MemorySegment input = session.input("input").segment();
        MemorySegment targets = session.input("targets").segment();
        try (BatchLoader loader = BatchLoader.open(sample.data(), loading, 0, 0)) {
            while (batches < Math.min(sample.batches(), loader.batchesPerEpoch())) {
                Batch next = loader.next();
                MemorySegment.copy(next.images(), 0, input, 0, next.images().byteSize());
                MemorySegment.copy(next.labels(), 0, targets, 0, next.labels().byteSize());
                session.run();
                add();
                batches++;
            }
        }
    }

    private void add() {
        for (int i = 0; i < byLayer.length; i++) {
            MemorySegment reaching = gradient(layers.get(i).response());
            byLayer[i][0] += norm(product(reaching, reaching));
            double squares = 0;
            for (double g : session.parameters().gradientDoubles(layers.get(i).name() + ".weight")) {
                squares += g * g;
            }
            byLayer[i][1] += Math.sqrt(squares);
        }
        for (int i = 0; i < byBlock.length; i++) {
            MemorySegment total = gradient(blocks.get(i).input());
            MemorySegment identity = gradient(blocks.get(i).sum());
            double tt = product(total, total);
            double ti = product(total, identity);
            double ii = product(identity, identity);
            byBlock[i][0] += norm(tt);
            byBlock[i][1] += norm(ii);
            byBlock[i][2] +=
                    norm(Math.max(0, tt - 2 * ti + ii)); // of the difference; rounding may leave less than nothing
            byBlock[i][3] += ti / tt;
        }
    }

    private MemorySegment gradient(Value by) {
        TensorView view = session.output(Objects.requireNonNull(gradients.get(by)));
        return view.segment().asSlice(0, view.type().bytes());
    }

    /** From the batch's mean loss to one picture's: N times the gradient, and the mean of N squares. */
    private double norm(double squares) {
        return Math.sqrt(batch * squares);
    }

    private static double product(MemorySegment a, MemorySegment b) {
        long n = a.byteSize() / Float.BYTES;
        double sum = 0;
        for (long i = 0; i < n; i++) {
            sum += (double) a.getAtIndex(ValueLayout.JAVA_FLOAT, i) * b.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        }
        return sum;
    }

    /** Pictures in a batch. */
    int batch() {
        return batch;
    }

    /** Batches run. */
    int batches() {
        return batches;
    }

    /** Means so far. */
    List<GradientNorms.Layer> layers() {
        List<GradientNorms.Layer> out = new ArrayList<>();
        for (int i = 0; i < byLayer.length; i++) {
            out.add(new GradientNorms.Layer(layers.get(i).name(), byLayer[i][0] / batches, byLayer[i][1] / batches));
        }
        return out;
    }

    /** Means so far. */
    List<GradientNorms.Block> blocks() {
        List<GradientNorms.Block> out = new ArrayList<>();
        for (int i = 0; i < byBlock.length; i++) {
            double[] b = byBlock[i];
            out.add(new GradientNorms.Block(
                    blocks.get(i).name(), b[0] / batches, b[1] / batches, b[2] / batches, b[3] / batches));
        }
        return out;
    }
}
