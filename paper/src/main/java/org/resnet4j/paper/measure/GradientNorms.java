package org.resnet4j.paper.measure;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.Plan;
import org.resnet4j.engine.Session;
import org.resnet4j.grad.Gradients;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Phase;
import org.resnet4j.graph.Value;
import org.resnet4j.infer.Preprocessing;
import org.resnet4j.zoo.NetworkSpec;
import org.resnet4j.zoo.Networks;

/**
 * How much of the loss's gradient reaches each layer, in training mode: batch norm by the statistics of the batch. Section 4.1 says
 * that with batch norm these norms are healthy in plain networks too.
 *
 * @param network its name
 * @param weights which, in words
 * @param batch pictures in a batch
 * @param batches over which everything is averaged
 * @param layers 3x3 convolutions with batch norm, in the order of the network
 * @param blocks residual blocks with an identity shortcut; none in a plain network
 */
public record GradientNorms(
        String network, String weights, int batch, int batches, List<Layer> layers, List<Block> blocks) {
    /** Native bytes that a step may take; batches are halved until it does. */
    private static final long BOUND = 2L << 30;

    /** Copies the lists. */
    public GradientNorms {
        layers = List.copyOf(layers);
        blocks = List.copyOf(blocks);
    }

    /**
     * A layer.
     *
     * @param name of the convolution
     * @param reaching norm of the gradient of a picture's loss by the layer's response, see {@link Responses}: the root of the mean
     *     square over the pictures of a batch, whatever the batch's size
     * @param byWeights norm of the gradient of the batch's mean loss by the convolution's weights
     */
    public record Layer(String name, double reaching, double byWeights) {}

    /**
     * A block x + F(x). The gradient by x is that by the sum, unchanged: the 1 in 1 + dF/dx; and what F passes back besides.
     *
     * @param name of the block
     * @param total norm of the gradient by x, as that of {@link Layer#reaching}
     * @param identity norm of the part that the shortcut passes back
     * @param branch norm of the part that F passes back
     * @param share of the identity: the part of the total's squared norm that it makes, its scalar product with the total over the
     *     total's with itself; the branch's share is the rest to 1
     */
    public record Block(String name, double total, double identity, double branch, double share) {}

    /**
     * By what factor the gradient grows from a layer to the one before it, the geometric mean over all layers: below 1 it vanishes with
     * depth, above 1 it explodes.
     */
    public double growth() {
        double whole = layers.getFirst().reaching() / layers.getLast().reaching();
        return layers.size() == 1 ? 1 : Math.pow(whole, 1.0 / (layers.size() - 1));
    }

    /** The smallest gradient that reaches a layer, as a part of that of the last layer. */
    public double weakest() {
        return layers.stream().mapToDouble(Layer::reaching).min().orElseThrow()
                / layers.getLast().reaching();
    }

    /** The largest gradient that reaches a layer over the smallest. */
    public double spread() {
        return layers.stream().mapToDouble(Layer::reaching).max().orElseThrow()
                / layers.stream().mapToDouble(Layer::reaching).min().orElseThrow();
    }

    /** Mean over the blocks of the share that comes through the identity; NaN without blocks. */
    public double identityShare() {
        return blocks.stream().mapToDouble(Block::share).average().orElse(Double.NaN);
    }

    /**
     * What is run.
     *
     * @param data pictures to train on, as they are
     * @param preprocessing of them
     * @param batch pictures in a batch; fewer where the data has fewer, or a step would take more than 2 GiB
     * @param batches at most; fewer where the data has fewer
     * @param seed of the pictures' order
     */
    public record Sample(Dataset data, Preprocessing preprocessing, int batch, int batches, long seed) {}

    /**
     * Runs batches forward and backward, without changing a weight.
     *
     * @param spec nothing is dropped at random, whatever it says
     * @param workers threads that read pictures
     * @throws IllegalArgumentException if a 3x3 convolution of the network has no batch norm behind it
     */
    public static GradientNorms of(NetworkSpec spec, Weights weights, Sample sample, Backend backend, int workers)
            throws IOException {
        Graph network = Networks.trainingGraph(spec.withoutDropping(), Phase.TRAINING, 0);
        List<ResponseLayer> layers = ResponseLayer.of(network);
        List<IdentityBlock> blocks = IdentityBlock.of(network);
        List<Value> by = new ArrayList<>();
        layers.forEach(l -> by.add(l.response()));
        blocks.forEach(b -> {
            by.add(b.input());
            by.add(b.sum());
        });
        int own = network.outputs().size();
        Graph all = Gradients.of(network, network.outputs().getFirst(), by);
        Map<Value, String> gradients = new LinkedHashMap<>();
        for (int i = 0; i < by.size(); i++) {
            gradients.put(by.get(i), all.outputs().get(own + i).name());
        }
        // An addition passes one gradient on to both operands, so some are the same.
        Graph graph = all.withOutputs(all.outputs().subList(own, all.outputs().size()).stream()
                .distinct()
                .toList());
        Plan plan = plan(graph, Math.min(sample.batch(), sample.data().size()), backend);
        try (Session session = plan.open()) {
            weights.filling().fill(graph, session.parameters());
            session.parametersChanged();
            GradientSums sums = new GradientSums(session, gradients, layers, blocks);
            sums.run(sample, workers);
            return new GradientNorms(
                    spec.name(), weights.words(), sums.batch(), sums.batches(), sums.layers(), sums.blocks());
        }
    }

    private static Plan plan(Graph graph, int batch, Backend backend) {
        Plan plan = backend.compile(graph.withBatch(batch));
        return batch == 1 || plan.peakBytes() <= BOUND ? plan : plan(graph, batch / 2, backend);
    }
}
