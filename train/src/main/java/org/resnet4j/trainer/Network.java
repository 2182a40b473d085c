package org.resnet4j.trainer;

import java.util.Map;
import java.util.TreeMap;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Phase;
import org.resnet4j.json.Json;
import org.resnet4j.zoo.NetworkSpec;
import org.resnet4j.zoo.Networks;
import org.resnet4j.zoo.SpecJson;

/**
 * What is trained: the graphs of one network for training and for evaluation, with the same parameters. The input is
 * {@code input} f32[N, 3, S, S].
 */
public interface Network {
    /** Its name in messages and records. */
    String name();

    /**
     * For training, before any pass: an input {@code targets} s32[N], or f32[N, classes] where the loss has soft targets, and as
     * outputs the loss and then the logits [N, classes], named as the last layer is.
     */
    Graph training(Op.Loss loss);

    /** For evaluation, before any pass: the logits as its one output. */
    Graph evaluation();

    /** What a file of its weights says of its structure, by name; no path, host or time. */
    Map<String, String> metadata();

    /** This network with layers at its front that are not trained. */
    default Network frozen(Freezing freezing) {
        Network whole = this;
        return new Network() {
            @Override
            public String name() {
                return whole.name();
            }

            @Override
            public Graph training(Op.Loss loss) {
                Graph graph = whole.training(loss);
                return freezing.apply(graph, graph.outputs().get(1).name());
            }

            @Override
            public Graph evaluation() {
                return whole.evaluation();
            }

            @Override
            public Map<String, String> metadata() {
                return whole.metadata();
            }
        };
    }

    /** A network that moves its running statistics. */
    static Network of(NetworkSpec spec) {
        return of(spec, Phase.TRAINING);
    }

    /** A network in one of the two training phases. */
    static Network of(NetworkSpec spec, Phase phase) {
        return of(spec, phase, spec.inputSize());
    }

    /**
     * A network that is evaluated on pictures of another size than those that it is trained on.
     *
     * @param evaluationSize height and width in pixels
     */
    static Network of(NetworkSpec spec, Phase phase, int evaluationSize) {
        if (phase == Phase.INFERENCE) {
            throw new IllegalArgumentException(
                    spec.name() + ": a network is trained in a training phase, found " + phase);
        }
        return new Network() {
            @Override
            public String name() {
                return spec.name();
            }

            @Override
            public Graph training(Op.Loss loss) {
                return Networks.trainingGraph(spec, phase, loss);
            }

            @Override
            public Graph evaluation() {
                return Networks.graph(spec.withInputSize(evaluationSize), Phase.INFERENCE);
            }

            @Override
            public Map<String, String> metadata() {
                Map<String, String> all = new TreeMap<>();
                all.put("format", "pt"); // what Python's readers look for
                all.put("resnet4j.model", spec.name());
                all.put("resnet4j.network", Json.write(SpecJson.write(spec)));
                return all;
            }
        };
    }
}
