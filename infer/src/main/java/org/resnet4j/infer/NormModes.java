package org.resnet4j.infer;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;
import java.util.function.Predicate;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.Session;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Phase;
import org.resnet4j.loader.Batch;
import org.resnet4j.loader.BatchLoader;
import org.resnet4j.loader.LoaderOptions;
import org.resnet4j.pass.Norms;
import org.resnet4j.pass.Passes;
import org.resnet4j.zoo.NetworkSpec;
import org.resnet4j.zoo.Networks;

/**
 * One network's accuracy in two modes on the same pictures: batch norms by their stored statistics, as it is used, and by those of the
 * batch, as it is trained. Far apart they are batch norm's trap: statistics that are not the data's, or batches too small for their
 * own.
 *
 * @param stored top-1 in per cent with stored statistics: evaluation
 * @param ofBatch top-1 in per cent with the batch's: training, without anything dropped or mixed
 * @param pictures how many; whole batches only
 * @param batch pictures of a batch
 */
public record NormModes(double stored, double ofBatch, int pictures, int batch) {
    /** Differences below so many points are noise of batches, whatever the number of pictures. */
    private static final double LEAST = 2;

    /** What the two numbers say. */
    public enum Verdict {
        /** Both modes agree. */
        AGREE("both modes agree"),
        /** Training mode is far better: the stored statistics are not those of these pictures. */
        STATISTICS_LAG(
                "batch norm's trap: the stored statistics are not those of these pictures, after too few steps or from another"
                        + " network; --bn precise makes them anew, --bn frozen trains with those that are stored"),
        /** Evaluation is far better: statistics of a batch are poor. */
        BATCH_TOO_SMALL(
                "statistics of one batch are poor; evaluation is what counts, larger batches would train better");

        private final String sentence;

        Verdict(String sentence) {
            this.sentence = sentence;
        }

        /** For people. */
        public String sentence() {
            return sentence;
        }
    }

    /**
     * Runs the pictures in random order, so that a batch is not of one class.
     *
     * @param weights the network with its weights
     * @param set pictures; at least one batch
     * @param preprocessing of them
     * @param norms which batch norms were trained by the statistics of batches, by the name of their scale
     * @param batch pictures of a batch
     * @param backend what computes
     */
    public static NormModes of(
            Pretrained weights,
            Dataset set,
            Preprocessing preprocessing,
            Predicate<String> norms,
            int batch,
            Backend backend)
            throws IOException {
        int side = preprocessing.transform().crop();
        int size = Math.min(batch, set.size());
        NetworkSpec spec = weights.spec().withInputSize(side);
        Graph evaluation = Networks.graph(spec, Phase.INFERENCE);
        LoaderOptions loading = new LoaderOptions(
                size, side, preprocessing.transform(), preprocessing.normalization(), 1, true, true, 1);
        try (Session stored = session(weights, evaluation, size, backend);
                Session ofBatch = session(weights, Norms.ofBatch(evaluation, norms), size, backend);
                BatchLoader loader = BatchLoader.open(set, loading, 0, 0)) {
            int right = 0;
            int rightOfBatch = 0;
            int batches = set.size() / size;
            for (int i = 0; i < batches; i++) {
                Batch pictures = loader.next();
                right += right(stored, pictures, spec);
                rightOfBatch += right(ofBatch, pictures, spec);
            }
            int seen = batches * size;
            return new NormModes(100.0 * right / seen, 100.0 * rightOfBatch / seen, seen, size);
        }
    }

    private static Session session(Pretrained weights, Graph graph, int batch, Backend backend) throws IOException {
        return weights.session(Passes.run(graph, Passes.forInference()).withBatch(batch), backend);
    }

    private static int right(Session session, Batch batch, NetworkSpec spec) {
        MemorySegment input = session.input("input").segment();
        MemorySegment.copy(batch.images(), 0, input, 0, batch.images().byteSize());
        session.run();
        MemorySegment logits = session.output(spec.classifier()).segment();
        int right = 0;
        for (int n = 0; n < batch.count(); n++) {
            long row = (long) n * spec.classes();
            int best = 0;
            for (int c = 1; c < spec.classes(); c++) {
                float value = logits.getAtIndex(ValueLayout.JAVA_FLOAT, row + c);
                best = value > logits.getAtIndex(ValueLayout.JAVA_FLOAT, row + best) ? c : best;
            }
            right += best == batch.labels().getAtIndex(ValueLayout.JAVA_INT, n) ? 1 : 0;
        }
        return right;
    }

    /** What they say: apart by more than two points and twice the standard error of one of them is far apart. */
    public Verdict verdict() {
        double p = stored / 100;
        double bound = Math.max(LEAST, 200 * Math.sqrt(p * (1 - p) / Math.max(1, pictures)));
        if (Math.abs(stored - ofBatch) <= bound) {
            return Verdict.AGREE;
        }
        return ofBatch > stored ? Verdict.STATISTICS_LAG : Verdict.BATCH_TOO_SMALL;
    }

    /** For people. */
    public String sentence() {
        return String.format(
                Locale.ROOT,
                "top-1 on %d pictures: %.2f %% in evaluation mode (stored statistics), %.2f %% in training mode (statistics of"
                        + " batches of %d): %s",
                pictures,
                stored,
                ofBatch,
                batch,
                verdict().sentence());
    }
}
