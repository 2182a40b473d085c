package org.resnet4j.paper.measure;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Value;

/**
 * A layer as figure 7 sees it: a 3x3 convolution and its response, the output of the batch norm behind it, before ReLU or addition.
 *
 * @param name of the convolution: {@code layer1.0.conv2}
 * @param response f32 [N, C, H, W]
 */
record ResponseLayer(String name, Value response) {
    private static final int KERNEL = 3;

    /**
     * The layers of a network's graph, in its order; any phase, no pass applied.
     *
     * @throws IllegalArgumentException if it has none, or one without batch norm behind it
     */
    static List<ResponseLayer> of(Graph network) {
        Map<Value, Node> norms = new HashMap<>();
        network.nodes().stream()
                .filter(n -> n.op() instanceof Op.BatchNorm || n.op() instanceof Op.BatchNormInference)
                .forEach(n -> norms.put(n.input(0), n));
        List<ResponseLayer> layers = new ArrayList<>();
        for (Node node : network.nodes()) {
            if (node.op() instanceof Op.Conv2d c
                    && c.window().kh() == KERNEL
                    && c.window().kw() == KERNEL) {
                Node norm = norms.get(node.output());
                if (norm == null) {
                    throw new IllegalArgumentException(network.name() + ", " + node.name()
                            + ": a response is what batch norm makes of a convolution, but no batch norm follows here;"
                            + " measure a network with norms behind its convolutions, such as cifar_resnet20");
                }
                layers.add(new ResponseLayer(node.name(), norm.output()));
            }
        }
        if (layers.isEmpty()) {
            throw new IllegalArgumentException(network.name() + ": there is no 3x3 convolution to look at");
        }
        return layers;
    }
}
