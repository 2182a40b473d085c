package org.resnet4j.naming;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.WeightsException;

/** A way to name the weights of a residual network. */
public enum Naming {
    /** {@code layer1.0.conv1.weight}: torchvision's, timm's and ours. */
    TORCHVISION("torchvision or timm"),
    /** {@code resnet.encoder.stages.0.layers.0.layer.0.convolution.weight}. */
    TRANSFORMERS("transformers"),
    /** {@code conv2_block1_1_conv/kernel}, or the older {@code res2a_branch2a/kernel}. */
    KERAS("Keras"),
    /** {@code linear.weight} for the classifier, {@code shortcut} for the projection: the CIFAR networks of akamaster and others. */
    AKAMASTER("akamaster");

    private final String title;

    Naming(String title) {
        this.title = title;
    }

    /** The name for people. */
    public String title() {
        return title;
    }

    /** Whose names these are; {@link #TORCHVISION} if nothing speaks for another. */
    public static Naming of(Collection<String> names) {
        if (names.stream().anyMatch(TransformersNames::is)) {
            return TRANSFORMERS;
        }
        if (names.stream().anyMatch(KerasNames::is)) {
            return KERAS;
        }
        boolean torchBody = names.contains("conv1.weight");
        return torchBody && names.stream().anyMatch(n -> n.startsWith("linear.")) ? AKAMASTER : TORCHVISION;
    }

    /** torchvision's name for one of these names; a name that the map does not know stays as it is. */
    public String toTorchvision(String name) {
        return switch (this) {
            case TORCHVISION -> name;
            case TRANSFORMERS -> TransformersNames.toTorchvision(name);
            case KERAS -> KerasNames.toTorchvision(name);
            case AKAMASTER ->
                name.replaceFirst("^linear\\.", "fc.").replaceFirst("\\.shortcut\\.([01])\\.", ".downsample.$1.");
        };
    }

    /** transformers' name for one of torchvision's; a name that the map does not know stays as it is. */
    public static String toTransformers(String torchvision) {
        return TransformersNames.ofTorchvision(torchvision);
    }

    /**
     * Tensors under torchvision's names.
     *
     * @param naming whose names they had
     * @param tensors in the memory of those that were given, except where a note says that numbers were changed
     * @param notes what was assumed or changed, a sentence each, for the user
     */
    public record Translated(Naming naming, List<NamedTensor> tensors, List<String> notes) {
        /** Copies the lists. */
        public Translated {
            tensors = List.copyOf(tensors);
            notes = List.copyOf(notes);
        }
    }

    /**
     * Finds out whose names these are and gives the tensors ours. Keras's convolutions have biases and a batch norm behind them,
     * which torchvision's have not; such a bias is taken from the batch norm's running mean, which leaves the output the same.
     *
     * @param arena for the numbers that are changed; the caller closes it after the last use of the result
     * @throws WeightsException if two names become one
     */
    public static Translated translate(List<NamedTensor> tensors, Arena arena) throws WeightsException {
        Naming naming = of(tensors.stream().map(NamedTensor::name).toList());
        Map<String, NamedTensor> ours = new LinkedHashMap<>();
        for (NamedTensor t : tensors) {
            NamedTensor renamed = t.renamed(naming.toTorchvision(t.name()));
            NamedTensor before = ours.put(renamed.name(), renamed);
            if (before != null) {
                throw new WeightsException("two tensors become " + renamed.name() + " in torchvision's names");
            }
        }
        List<String> notes = new ArrayList<>();
        if (naming != TORCHVISION) {
            notes.add("names were " + naming.title() + "'s");
        }
        if (naming == KERAS) {
            int absorbed = absorbBiases(ours, arena);
            notes.add("biases of " + absorbed + " convolutions were taken from the running means behind them");
            notes.add("Keras's bottlenecks take their stride in the first 1x1 convolution: stride v1");
        }
        return new Translated(naming, List.copyOf(ours.values()), notes);
    }

    private static int absorbBiases(Map<String, NamedTensor> tensors, Arena arena) throws WeightsException {
        int absorbed = 0;
        for (NamedTensor bias : List.copyOf(tensors.values())) {
            String norm = KerasNames.normBehind(bias.name());
            NamedTensor mean = norm == null ? null : tensors.get(norm + ".running_mean");
            if (mean != null) {
                float[] m = mean.toFloats();
                float[] b = bias.toFloats();
                if (m.length != b.length) {
                    throw new WeightsException(
                            bias.name() + " has " + b.length + " numbers, " + mean.name() + " has " + m.length);
                }
                for (int i = 0; i < m.length; i++) {
                    m[i] -= b[i];
                }
                TensorType type = new TensorType(DType.F32, mean.type().shape());
                tensors.put(mean.name(), NamedTensor.of(mean.name(), type, m, arena));
                tensors.remove(bias.name());
                absorbed++;
            }
        }
        return absorbed;
    }
}
