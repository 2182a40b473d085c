package org.resnet4j.builder;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.check.ShapeInference;
import org.resnet4j.check.Verifier;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Init;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Parameter;
import org.resnet4j.graph.Phase;
import org.resnet4j.graph.Value;
import org.resnet4j.graph.Window;
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.Shape;
import org.resnet4j.tensor.ShapeException;
import org.resnet4j.tensor.TensorType;

/**
 * Builds a {@link Graph} node by node, making the parameters that each layer needs under torchvision's names.
 *
 * <p>Names passed in are module names ({@code layer1.0.conv1}); parameters are named from them ({@code .weight}, {@code .bias},
 * {@code .running_mean}, {@code .running_var}). Not thread-safe. A layer whose operands do not fit throws
 * {@link ShapeException} with its name.
 */
public final class GraphBuilder {
    private final String graphName;
    private final Phase phase;
    private final List<Value> inputs = new ArrayList<>();
    private final List<Parameter> parameters = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final List<Graph.Binding> updates = new ArrayList<>();
    private @Nullable Value dropoutKey;
    private int nextId;

    private GraphBuilder(String graphName, Phase phase) {
        this.graphName = graphName;
        this.phase = phase;
    }

    /** A builder for an empty graph. */
    public static GraphBuilder of(String graphName, Phase phase) {
        return new GraphBuilder(graphName, phase);
    }

    /** What this graph is built for. */
    public Phase phase() {
        return phase;
    }

    /** A value that each step is given. */
    public Value input(String name, TensorType type) {
        Value v = new Value(nextId++, name, type);
        inputs.add(v);
        return v;
    }

    /** A weight that training changes. */
    public Value weight(String name, Init init, long... dims) {
        return parameter(name, true, init, dims);
    }

    /** A parameter that training leaves alone: a stored statistic. */
    public Value buffer(String name, Init init, long... dims) {
        return parameter(name, false, init, dims);
    }

    private Value parameter(String name, boolean trainable, Init init, long... dims) {
        Value v = new Value(nextId++, name, TensorType.f32(dims));
        parameters.add(new Parameter(v, trainable, init));
        return v;
    }

    /** A node on any operation; results are named {@code name}, {@code name.1}, ... */
    public List<Value> add(String name, Op op, Value... operands) {
        List<TensorType> types;
        try {
            types = ShapeInference.infer(
                    op, List.of(operands).stream().map(Value::type).toList());
        } catch (ShapeException e) {
            throw new ShapeException(graphName + ", " + name + ": " + e.getMessage());
        }
        List<Value> results = new ArrayList<>(types.size());
        for (TensorType type : types) {
            results.add(new Value(nextId++, results.isEmpty() ? name : name + "." + results.size(), type));
        }
        nodes.add(new Node(name, op, List.of(operands), results));
        return results;
    }

    /** Convolution to {@code oc} channels with He initialisation, in one group, without bias. */
    public Value conv2d(String name, Value src, long oc, Window window) {
        return conv2d(name, src, oc, new Op.Conv2d(window, 1, false));
    }

    /** Convolution to {@code oc} channels with He initialisation; a bias starts at zero. */
    public Value conv2d(String name, Value src, long oc, Op.Conv2d op) {
        return conv2d(name, src, oc, op, new Init.HeNormal());
    }

    /** Convolution to {@code oc} channels whose weights start as {@code init} says; a bias starts at zero. */
    public Value conv2d(String name, Value src, long oc, Op.Conv2d op, Init init) {
        Window w = op.window();
        long ic = src.type().shape().dim(1);
        if (ic % op.groups() != 0) {
            throw new ShapeException(
                    graphName + ", " + name + ": " + ic + " channels do not divide into " + op.groups() + " groups");
        }
        Value weights = weight(name + ".weight", init, oc, ic / op.groups(), w.kh(), w.kw());
        return op.bias()
                ? add(name, op, src, weights, weight(name + ".bias", new Init.Constant(0), oc))
                        .getFirst()
                : add(name, op, src, weights).getFirst();
    }

    /** Batch norm in the form that the phase asks for; {@code scale} is how its gamma starts. */
    public Value batchNorm(String name, Value src, double epsilon, double momentum, Init scale) {
        long c = src.type().shape().dim(1);
        Value gamma = weight(name + ".weight", scale, c);
        Value beta = weight(name + ".bias", new Init.Constant(0), c);
        Value mean = buffer(name + ".running_mean", new Init.Constant(0), c);
        Value variance = buffer(name + ".running_var", new Init.Constant(1), c);
        return switch (phase) {
            case TRAINING -> {
                List<Value> results =
                        add(name, new Op.BatchNorm(epsilon, momentum, false), src, gamma, beta, mean, variance);
                updates.add(new Graph.Binding(mean, results.get(3)));
                updates.add(new Graph.Binding(variance, results.get(4)));
                yield results.getFirst();
            }
            case INFERENCE, TRAINING_FROZEN_NORM ->
                add(name, new Op.BatchNormInference(epsilon), src, gamma, beta, mean, variance)
                        .getFirst();
        };
    }

    /** Batch norm with PyTorch's epsilon 1e-5 and momentum 0.1, gamma starting at 1. */
    public Value batchNorm(String name, Value src) {
        return batchNorm(name, src, 1e-5, 0.1, new Init.Constant(1));
    }

    /** Rectified linear unit. */
    public Value relu(String name, Value src) {
        return add(name, new Op.Relu(), src).getFirst();
    }

    /** Sum of two values of one type. */
    public Value add(String name, Value a, Value b) {
        return add(name, new Op.Add(), a, b).getFirst();
    }

    /** Max pooling; keeps the workspace in training. */
    public Value maxPool(String name, Value src, Window window) {
        return add(name, new Op.MaxPool(window, phase != Phase.INFERENCE), src).getFirst();
    }

    /** Mean over all pixels. */
    public Value globalAvgPool(String name, Value src) {
        return add(name, new Op.GlobalAvgPool(), src).getFirst();
    }

    /** Pictures as rows of numbers. */
    public Value flatten(String name, Value src) {
        return add(name, new Op.Flatten(), src).getFirst();
    }

    /** Fully connected layer with bias, initialised as torchvision does: uniform in +-1 / sqrt(fan_in). */
    public Value linear(String name, Value src, long oc) {
        long ic = src.type().shape().dim(1);
        Value weights = weight(name + ".weight", new Init.UniformFanIn(ic), oc, ic);
        Value bias = weight(name + ".bias", new Init.UniformFanIn(ic), oc);
        return add(name, new Op.Linear(true), src, weights, bias).getFirst();
    }

    /** Dropout in training, {@code src} itself in inference. The graph then has an input {@code dropoutKey} s64[1]. */
    public Value dropout(String name, Value src, double probability) {
        if (phase == Phase.INFERENCE || probability == 0) {
            return src;
        }
        return add(name, new Op.Dropout(probability, nodes.size()), src, dropoutKey())
                .getFirst();
    }

    /** Stochastic depth in training, {@code src} itself in inference; the key is that of {@link #dropout}. */
    public Value dropPath(String name, Value src, double probability) {
        if (phase == Phase.INFERENCE || probability == 0) {
            return src;
        }
        return add(name, new Op.DropPath(probability, nodes.size()), src, dropoutKey())
                .getFirst();
    }

    private Value dropoutKey() {
        Value key = dropoutKey == null ? input("dropoutKey", TensorType.of(DType.S64, 1)) : dropoutKey;
        dropoutKey = key;
        return key;
    }

    /** Mean cross entropy against class indices: an input {@code targets} s32[N]. */
    public Value loss(Value logits, double labelSmoothing) {
        return loss(logits, new Op.SoftmaxCrossEntropy(labelSmoothing, false));
    }

    /** Any loss: an input {@code targets}, s32[N] or, where they are soft, of the logits' type. */
    public Value loss(Value logits, Op.Loss op) {
        Shape rows = Shape.of(logits.type().shape().dim(0));
        Value targets = input("targets", op.softTargets() ? logits.type() : new TensorType(DType.S32, rows));
        return add("loss", op, logits, targets).getFirst();
    }

    /** The graph, verified. */
    public Graph build(Value... outputs) {
        return Verifier.verify(new Graph(graphName, inputs, parameters, nodes, List.of(outputs), updates, List.of()));
    }
}
