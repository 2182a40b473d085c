package org.resnet4j.paper.measure;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.Session;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Phase;
import org.resnet4j.graph.Value;
import org.resnet4j.infer.Evaluation;
import org.resnet4j.infer.Pretrained;
import org.resnet4j.loader.Batch;
import org.resnet4j.loader.BatchLoader;
import org.resnet4j.loader.LoaderOptions;
import org.resnet4j.pass.Passes;
import org.resnet4j.zoo.Networks;

/**
 * How strongly the layers of a trained network respond: figure 7. A layer's response is the output of a 3x3 convolution after batch
 * norm and before ReLU or addition; its deviation is that of all its numbers, over pictures, channels and places. The network is
 * evaluated: batch norm by stored statistics.
 *
 * @param network its name
 * @param pictures how many it was shown
 * @param layers in its order
 */
public record Responses(String network, int pictures, List<Layer> layers) {
    /** Bytes of responses that lie in memory at once. */
    private static final long BOUND = 64L << 20;

    /** Larger batches are not faster. */
    private static final int BATCH = 100;

    /** Copies the list. */
    public Responses {
        layers = List.copyOf(layers);
    }

    /**
     * A layer.
     *
     * @param name of the convolution
     * @param mean of the response
     * @param deviation its standard deviation
     */
    public record Layer(String name, double mean, double deviation) {
        /** What a layer that does not respond at all counts with: a logarithm of 0 would outweigh all others. */
        private static final double LEAST = 1e-6;

        /** Natural logarithm of the deviation, that of {@value #LEAST} where it is less. */
        double logarithm() {
            return Math.log(Math.max(LEAST, deviation)); // NaN stays NaN
        }
    }

    /** The geometric mean of the deviations. */
    public double geometricMean() {
        return Math.exp(layers.stream().mapToDouble(Layer::logarithm).average().orElseThrow());
    }

    /** The layers by magnitude, the strongest first: the lower half of the figure. */
    public List<Layer> sorted() {
        return layers.stream()
                .sorted(Comparator.comparingDouble(Layer::deviation).reversed())
                .toList();
    }

    /** The deviations in the order of the network. */
    public List<Double> deviations() {
        return layers.stream().map(Layer::deviation).toList();
    }

    /**
     * Shows every picture of a set to a network, prepared as it asks.
     *
     * @param model stays open, and the caller's
     * @param workers threads that read pictures
     * @throws IllegalArgumentException if a 3x3 convolution of the network has no batch norm behind it
     */
    public static Responses of(
            Pretrained model, Dataset pictures, Backend backend, int workers, Evaluation.Listener listener)
            throws IOException {
        Graph network = Networks.graph(model.spec(), Phase.INFERENCE);
        List<ResponseLayer> found = ResponseLayer.of(network);
        List<Value> values = found.stream().map(ResponseLayer::response).toList();
        int batch = Math.min(batch(values), pictures.size());
        Graph graph =
                Passes.run(network.withOutputs(values), Passes.forInference()).withBatch(batch);
        List<Moments> moments = values.stream().map(_ -> new Moments()).toList();
        LoaderOptions loading = new LoaderOptions(
                batch,
                model.spec().inputSize(),
                model.preprocessing().transform(),
                model.preprocessing().normalization(),
                0,
                false,
                false,
                workers);
        try (Session session = model.session(graph, backend);
                BatchLoader loader = BatchLoader.open(pictures, loading, 0, 0)) {
            MemorySegment input = session.input("input").segment();
            int seen = 0;
            for (int i = 0; i < loader.batchesPerEpoch(); i++) {
                Batch next = loader.next(); // zeros fill up a short last one; only real pictures are counted
                MemorySegment.copy(next.images(), 0, input, 0, next.images().byteSize());
                session.run();
                for (int k = 0; k < values.size(); k++) {
                    Value v = values.get(k);
                    moments.get(k)
                            .add(
                                    session.output(v.name()).segment(),
                                    Math.multiplyExact(
                                            next.count(), v.type().shape().elementsPerEntry()));
                }
                seen += next.count();
                listener.done(seen);
            }
        }
        List<Layer> layers = new ArrayList<>();
        for (int k = 0; k < found.size(); k++) {
            Moments m = moments.get(k);
            layers.add(new Layer(found.get(k).name(), m.mean(), m.deviation()));
        }
        return new Responses(model.spec().name(), pictures.size(), layers);
    }

    /** How many pictures' responses fit into the bound. */
    private static int batch(List<Value> responses) {
        long each = 0;
        for (Value v : responses) {
            each = Math.addExact(each, Math.multiplyExact(v.type().shape().elementsPerEntry(), Float.BYTES));
        }
        return Math.clamp(BOUND / each, 1, BATCH);
    }
}
