package org.resnet4j.infer;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.Session;
import org.resnet4j.engine.TensorView;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Value;
import org.resnet4j.loader.Batch;
import org.resnet4j.loader.BatchLoader;
import org.resnet4j.loader.LoaderOptions;
import org.resnet4j.pass.Precision;
import org.resnet4j.pass.Quantization;
import org.resnet4j.quantize.Histogram;
import org.resnet4j.quantize.Method;
import org.resnet4j.quantize.Ranges;

/**
 * Runs a network in F32 over pictures and looks at every value that its convolutions read or make. Owns its session; close it. Used
 * by one thread.
 */
public final class Calibrator implements AutoCloseable {
    private static final int BATCH = 8;

    private final Pretrained model;
    private final Session session;
    private final Graph graph;
    private final Map<String, Histogram> histograms = new LinkedHashMap<>();
    private long pictures;

    private Calibrator(Pretrained model, Session session) {
        this.model = model;
        this.session = session;
        this.graph = session.plan().graph();
        graph.outputs().forEach(v -> histograms.put(v.name(), new Histogram()));
    }

    /** For a network with its weights, which are read here only. */
    public static Calibrator open(Pretrained model, Backend backend) throws IOException {
        Graph network = model.graph(model.spec(), Precision.FP32).withBatch(BATCH);
        Graph observed = network.withOutputs(Quantization.observed(network));
        return new Calibrator(model, model.session(observed, backend));
    }

    /** Names of the convolutions, in order: what can be kept in F32. */
    public static List<String> convolutions(Pretrained model) {
        return Quantization.convolutions(model.graph(model.spec(), Precision.FP32));
    }

    /**
     * Looks at pictures of a data set, prepared as the model asks: {@code count} of them from all over the set, or all if there are
     * no more.
     */
    public void look(Dataset data, int count, int workers) throws IOException {
        LoaderOptions options = new LoaderOptions(
                BATCH,
                model.spec().inputSize(),
                model.preprocessing().transform(),
                model.preprocessing().normalization(),
                0,
                true, // shuffled: the first of a set are often of one class
                false,
                workers);
        MemorySegment input = session.input("input").segment();
        try (BatchLoader loader = BatchLoader.open(data, options, 0, 0)) {
            for (int i = 0; i < loader.batchesPerEpoch() && (long) i * BATCH < count; i++) {
                Batch batch = loader.next();
                MemorySegment.copy(batch.images(), 0, input, 0, batch.images().byteSize());
                session.run();
                add(batch.count());
            }
        }
    }

    private void add(int count) {
        for (Value v : graph.outputs()) {
            TensorView view = session.output(v.name());
            long each = v.type().shape().elementsPerEntry();
            Histogram h = histograms.get(v.name());
            if (h != null) {
                h.add(v.name(), view.segment(), count * each);
            }
        }
        pictures += count;
    }

    /**
     * The ranges that a method finds in what was seen.
     *
     * @param percentile of {@link Method#PERCENTILE}, in (0, 100]
     * @param kept names of convolutions to leave in F32
     * @throws IllegalStateException if nothing was looked at
     */
    public Ranges ranges(Method method, double percentile, Set<String> kept) {
        if (pictures == 0) {
            throw new IllegalStateException(graph.name() + ": no picture was looked at");
        }
        if (!(percentile > 0 && percentile <= 100)) {
            throw new IllegalArgumentException("a percentile lies in (0, 100], found " + percentile);
        }
        Map<String, Double> largest = new TreeMap<>();
        histograms.forEach((name, h) -> largest.put(name, method.magnitude(h, percentile)));
        String how = method + (method == Method.PERCENTILE ? " " + percentile : "") + ", " + pictures + " pictures";
        return new Ranges(how, largest, kept);
    }

    /** Share of the numbers seen that lie beyond a range and become its last byte, by the value's name. */
    public Map<String, Double> saturation(Ranges ranges) {
        Map<String, Double> shares = new TreeMap<>();
        histograms.forEach((name, h) ->
                shares.put(name, h.shareAbove(ranges.largest().getOrDefault(name, Double.MAX_VALUE))));
        return shares;
    }

    @Override
    public void close() {
        session.close();
    }
}
