package org.resnet4j.zoo;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Value;
import org.resnet4j.highway.HighwaySpec;
import org.resnet4j.resnet.ResNetSpec;
import org.resnet4j.resnet.ResNetSpec.Block;
import org.resnet4j.resnet.Variant.Order;
import org.resnet4j.tensor.Shape;
import org.resnet4j.vgg.VggSpec;

/**
 * What the modules of a network give out, by the names that torchvision and timm have for them: {@code layer1.0.conv2},
 * {@code layer4}, {@code avgpool}, {@code features.3}. A module that holds others gives what its last one gives. A ReLU that a
 * block calls several times is named as torchvision's feature extraction names it: {@code layer1.0.relu}, {@code layer1.0.relu_1};
 * timm's {@code act1}, {@code act2} work too, and timm's norms with an activation of their own (v2) give the activation. Every
 * value is what the module returns, before anything after it writes over it. Immutable.
 *
 * <p>Source: torchvision {@code models/resnet.py}, {@code models/vgg.py}, {@code models/feature_extraction.py}; timm
 * {@code models/resnet.py}, {@code models/resnetv2.py}.
 */
public final class Modules {
    private static final Pattern CALL = Pattern.compile("(.+\\.)(?:relu(?:_([12]))?|act([123]))");
    private static final Pattern DROPOUT = Pattern.compile("classifier\\.([25])");
    private static final int SHOWN = 12;

    private final NetworkSpec spec;
    private final Graph graph;
    private final Map<String, Value> values = new HashMap<>();

    private Modules(NetworkSpec spec, Graph graph) {
        this.spec = spec;
        this.graph = graph;
        graph.nodes().forEach(n -> values.put(n.name(), n.output()));
    }

    /** The modules of a network's graph, which no pass has changed. */
    public static Modules of(NetworkSpec spec, Graph graph) {
        return new Modules(spec, graph);
    }

    /**
     * What a module gives out.
     *
     * @param name as it was asked for
     * @param value of the graph
     * @param shape that PyTorch's module gives it; as many elements as the value's, in the same order
     */
    public record Output(String name, Value value, Shape shape) {}

    /**
     * The output of the module of this name.
     *
     * @throws IllegalArgumentException if the network has none; the message lists those with a similar name
     */
    public Output output(String name) {
        Value value = value(name).orElseThrow(() -> unknown(name));
        Shape shape = value.type().shape();
        boolean pixel = name.equals("avgpool") && shape.rank() == 2;
        return new Output(name, value, pixel ? Shape.of(shape.dim(0), shape.dim(1), 1, 1) : shape);
    }

    private Optional<Value> value(String name) {
        String known = canonical(name);
        Value exact = values.get(known);
        return exact != null ? Optional.of(activated(exact)) : last(known + ".").or(() -> last(name + "."));
    }

    /** The last value of a module that holds others. */
    private Optional<Value> last(String prefix) {
        return graph.nodes().reversed().stream()
                .filter(n -> n.name().startsWith(prefix))
                .findFirst()
                .map(Node::output);
    }

    private String canonical(String name) {
        return switch (spec) {
            case ResNetSpec s -> residual(s, name);
            case VggSpec _ -> {
                Matcher dropout = DROPOUT.matcher(name);
                // Evaluation drops nothing; pooling 7x7 to 7x7 does nothing.
                yield dropout.matches()
                        ? "classifier." + (Integer.parseInt(dropout.group(1)) - 1)
                        : name.equals("avgpool") && !values.containsKey(name) ? "features" : name;
            }
            case HighwaySpec _ -> name;
        };
    }

    private String residual(ResNetSpec s, String name) {
        switch (name) {
            case "flatten", "global_pool" -> {
                return "avgpool";
            }
            case "act1" -> {
                return "relu";
            }
            case "head.fc" -> {
                return "head.fc.conv";
            }
            default -> {}
        }
        Matcher m = CALL.matcher(name);
        if (!m.matches()) {
            return name;
        }
        int call = m.group(3) != null
                ? Integer.parseInt(m.group(3))
                : m.group(2) == null ? 1 : 1 + Integer.parseInt(m.group(2));
        String block = m.group(1);
        int calls = s.block() == Block.BASIC ? 2 : 3;
        if (call == calls && s.variant().order() == Order.POST) {
            return block.substring(0, block.length() - 1);
        }
        return call < calls ? block + (s.block() == Block.BASIC ? "relu" : "relu" + call) : name;
    }

    /** timm's v2 networks have norms that end with their activation. */
    private Value activated(Value value) {
        boolean normsFirst = spec instanceof ResNetSpec s && s.variant().order() == Order.PRE;
        Node producer = graph.producers().get(value);
        if (!normsFirst || producer == null || !(producer.op() instanceof Op.BatchNormInference)) {
            return value;
        }
        return graph.nodes().stream()
                .filter(n -> n.op() instanceof Op.Relu && n.input(0).equals(value))
                .findFirst()
                .map(Node::output)
                .orElse(value);
    }

    private IllegalArgumentException unknown(String name) {
        int dot = name.lastIndexOf('.');
        String parent = dot < 0 ? "" : name.substring(0, dot + 1);
        List<String> near = near(parent.isEmpty() || last(parent).isEmpty() ? "" : parent);
        return new IllegalArgumentException(spec.name() + " has no module named " + name + "; there are "
                + String.join(", ", near.subList(0, Math.min(SHOWN, near.size())))
                + (near.size() > SHOWN ? " and " + (near.size() - SHOWN) + " more" : ""));
    }

    /** Modules right below one, or at the top. */
    private List<String> near(String parent) {
        return graph.nodes().stream()
                .map(Node::name)
                .filter(n -> n.startsWith(parent))
                .map(n -> n.indexOf('.', parent.length()) < 0 ? n : n.substring(0, n.indexOf('.', parent.length())))
                .distinct()
                .toList();
    }

    /** What the last layer is given: an embedding of the picture, [N, C] or [N, C, 1, 1]. */
    public Value embedding() {
        Node node = producer(graph.outputs().getLast());
        return (node.op() instanceof Op.Flatten ? producer(node.input(0)) : node).input(0);
    }

    /** The last pictures that the network makes, [N, C, H, W]: what is averaged or flattened for the last layers. */
    public Value lastMaps() {
        String pooling = switch (spec) {
            case ResNetSpec s -> s.variant().order() == Order.POST ? "avgpool" : "head.global_pool";
            case VggSpec _ -> "flatten";
            case HighwaySpec _ -> "avgpool";
        };
        return producer(graph.value(pooling)).input(0);
    }

    private Node producer(Value value) {
        Node node = graph.producers().get(value);
        if (node == null) {
            throw new IllegalArgumentException(spec.name() + ": nothing makes " + value);
        }
        return node;
    }
}
