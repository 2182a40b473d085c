package org.resnet4j.optim;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Parameter;

/**
 * Learning rates that differ from layer to layer: what was learnt on many pictures moves less than what is new. Values out of range
 * throw {@link IllegalArgumentException}.
 *
 * <p>Layers are counted from the front: all before the first block, each block, each module behind the last. The last has the
 * schedule's rate, each one before it {@code decay} times that of the next: timm's {@code --layer-decay}, with its layers on
 * ResNets. Howard and Ruder 2018, section 3.2.
 *
 * @param decay factor from one layer to the one before it, in (0, 1]
 * @param head factor of the last layer's rate besides, above 0
 */
public record LayerRates(double decay, double head) {
    /** The same rate everywhere. */
    public static final LayerRates SAME = new LayerRates(1, 1);

    private static final Pattern BLOCK =
            Pattern.compile("(layer\\d+\\.\\d+|stages\\.\\d+\\.blocks\\.\\d+|features\\.\\d+|classifier\\.\\d+)\\..*");

    /** Checks the ranges. */
    public LayerRates {
        if (!(decay > 0 && decay <= 1)) {
            throw new IllegalArgumentException("layer decay must be in (0, 1], found " + decay);
        }
        if (!(head > 0 && head <= 1e6)) {
            throw new IllegalArgumentException("the head's factor of the rate must be in (0, 1e6], found " + head);
        }
    }

    /**
     * The factor of each parameter's rate, by name.
     *
     * @param graph with parameters in the order of the layers
     * @param classifier module of the last layer
     */
    public Map<String, Double> factors(Graph graph, String classifier) {
        Map<String, Integer> layers = new LinkedHashMap<>();
        Map<String, Integer> layerOf = new HashMap<>();
        boolean inBlocks = false;
        List<Parameter> parameters = graph.parameters();
        for (Parameter p : parameters) {
            Matcher block = BLOCK.matcher(p.name());
            String layer;
            if (block.matches()) {
                inBlocks = true;
                layer = block.group(1);
            } else {
                layer = inBlocks ? p.name().substring(0, p.name().lastIndexOf('.')) : "";
            }
            layers.putIfAbsent(layer, layers.size());
            layerOf.put(p.name(), layers.get(layer));
        }
        Map<String, Double> factors = new LinkedHashMap<>();
        for (Parameter p : parameters) {
            int before = layers.size() - 1 - layerOf.getOrDefault(p.name(), 0);
            double factor = StrictMath.pow(decay, (double) before);
            factors.put(p.name(), p.name().startsWith(classifier + ".") ? factor * head : factor);
        }
        return factors;
    }
}
