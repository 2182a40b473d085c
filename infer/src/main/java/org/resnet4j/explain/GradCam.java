package org.resnet4j.explain;

import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.Session;
import org.resnet4j.grad.Gradients;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Phase;
import org.resnet4j.graph.Value;
import org.resnet4j.image.Image;
import org.resnet4j.infer.Answer;
import org.resnet4j.infer.Pretrained;
import org.resnet4j.pass.Pass;
import org.resnet4j.tensor.Shape;
import org.resnet4j.weights.WeightsException;
import org.resnet4j.zoo.Modules;
import org.resnet4j.zoo.NetworkSpec;
import org.resnet4j.zoo.Networks;

/**
 * Grad-CAM: weighs the maps of a layer by how much the logit of a class grows with each, averaged over the map. Evaluation mode, batch
 * norm by stored statistics. Owns its session, not the weights; close it. One thread at a time. Source: Selvaraju et al.,
 * Grad-CAM, ICCV 2017, section 3.
 */
public final class GradCam implements AutoCloseable {
    private final Pretrained model;
    private final Session session;
    private final Value logits;
    private final Value embedding;
    private final Value maps;
    private final Value gradients;

    private GradCam(Pretrained model, Session session, Graph graph) {
        this.model = model;
        this.session = session;
        this.logits = graph.outputs().get(0);
        this.embedding = graph.outputs().get(1);
        this.maps = graph.outputs().get(2);
        this.gradients = graph.outputs().get(3);
    }

    /**
     * For the maps of one layer.
     *
     * @param layer a module as {@link Modules} names it, or null for the last maps before pooling
     * @throws IllegalArgumentException if there is no such module, or its output is no map
     */
    public static GradCam open(Pretrained model, @Nullable String layer, Backend backend) throws WeightsException {
        NetworkSpec spec = model.spec().withoutDropping();
        // For training, since max pooling must keep where its maxima were; but norms are those of evaluation.
        Graph network = Networks.graph(spec, Phase.TRAINING_FROZEN_NORM);
        Modules modules = Modules.of(spec, network);
        Value maps = layer == null ? modules.lastMaps() : modules.output(layer).value();
        if (maps.type().shape().rank() != 4) {
            throw new IllegalArgumentException(spec.name() + ", " + layer + ": maps [N, C, H, W] are needed, found "
                    + maps.type().shape());
        }
        Value logits = network.outputs().getFirst();
        Graph outputs = network.withOutputs(List.of(logits, modules.embedding(), maps));
        Graph graph = Pass.DROP_DEAD_NODES
                .apply(Gradients.withSeed(outputs, logits, List.of(maps)))
                .withBatch(1);
        return new GradCam(model, model.session(graph, backend), graph);
    }

    /**
     * Explains a class.
     *
     * @param image of any size; prepared as the model's preprocessing says
     * @param target index of the class, or empty for the likeliest
     */
    public Explanation explain(Image image, OptionalInt target) {
        Image seen = model.preprocessing().seen(image);
        float[] numbers = model.preprocessing().numbers(seen);
        int explained = target.isPresent() ? target.getAsInt() : likeliest(numbers);
        Heatmap map = map(numbers, explained);
        Answer answer = new Answer(floats(logits), floats(embedding), model.classNames());
        return new Explanation(seen, answer, explained, map);
    }

    private int likeliest(float[] numbers) {
        run(numbers, new float[model.spec().classes()]);
        return new Answer(floats(logits), floats(embedding), model.classNames())
                .predictions(1)
                .getFirst()
                .index();
    }

    /** The map for a class of a picture as the network is given it, f32 [3, S, S], normalised. */
    public Heatmap map(float[] numbers, int target) {
        int classes = model.spec().classes();
        if (target < 0 || target >= classes) {
            throw new IllegalArgumentException(
                    model.spec().name() + " has classes 0 to " + (classes - 1) + ", found " + target);
        }
        float[] seed = new float[classes];
        seed[target] = 1;
        run(numbers, seed);
        Shape shape = maps.type().shape();
        return Heatmap.of(floats(maps), floats(gradients), shape.intDim(2), shape.intDim(3));
    }

    private void run(float[] numbers, float[] seed) {
        session.input("input").set(numbers);
        session.input("diff." + logits.name()).set(seed);
        session.run();
    }

    private float[] floats(Value output) {
        return session.output(output.name()).toFloats();
    }

    @Override
    public void close() {
        session.close();
    }
}
