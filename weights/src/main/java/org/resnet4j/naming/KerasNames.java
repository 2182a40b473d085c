package org.resnet4j.naming;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The names of Keras's applications: {@code conv2_block1_1_conv} since 2019, {@code res2a_branch2a} before. A layer and a weight
 * are parted by a slash; folders before them and an end {@code :0} mean nothing. Stateless.
 */
final class KerasNames {
    private static final Pattern SPLIT = Pattern.compile("(?:.*/)?([^/]+)/([a-z_]+)(?::0)?");
    private static final Pattern NEW = Pattern.compile("conv([2-9])_block(\\d{1,4})_([0-9])_(conv|bn)");
    private static final Pattern OLD = Pattern.compile("(res|bn)([2-9])([a-z])(\\d{0,4})_branch(1|2[a-z])");
    private static final Map<String, String> WEIGHTS = Map.of(
            "kernel", "weight",
            "bias", "bias",
            "gamma", "weight",
            "beta", "bias",
            "moving_mean", "running_mean",
            "moving_variance", "running_var");
    private static final Map<String, String> STEM_AND_HEAD = Map.of(
            "conv1_conv", "conv1",
            "conv1_bn", "bn1",
            "conv1", "conv1",
            "bn_conv1", "bn1",
            "predictions", "fc",
            "probs", "fc",
            "fc1000", "fc",
            "fc", "fc");

    private KerasNames() {}

    static boolean is(String name) {
        Matcher split = SPLIT.matcher(name);
        return split.matches() && WEIGHTS.containsKey(split.group(2)) && layer(split.group(1)) != null;
    }

    static String toTorchvision(String name) {
        Matcher split = SPLIT.matcher(name);
        if (!split.matches()) {
            return name;
        }
        String layer = layer(split.group(1));
        String weight = WEIGHTS.get(split.group(2));
        return layer == null || weight == null ? name : layer + "." + weight;
    }

    private static @Nullable String layer(String keras) {
        Matcher n = NEW.matcher(keras);
        if (n.matches()) {
            int block = Integer.parseInt(n.group(2)) - 1;
            return inBlock(
                    n.group(1), block, Integer.parseInt(n.group(3)), n.group(4).equals("conv"));
        }
        Matcher o = OLD.matcher(keras);
        if (o.matches()) {
            // a, b, c, ... or, in the deep ones, a, b1, b2, ...
            int block = o.group(4).isEmpty() ? o.group(3).charAt(0) - 'a' : Integer.parseInt(o.group(4));
            int conv = o.group(5).equals("1") ? 0 : o.group(5).charAt(1) - 'a' + 1;
            return inBlock(o.group(2), block, conv, o.group(1).equals("res"));
        }
        return STEM_AND_HEAD.get(keras);
    }

    /** {@code conv} counts from 1; 0 is the projection. */
    private static String inBlock(String stage, int block, int conv, boolean convolution) {
        String path = "layer" + (Integer.parseInt(stage) - 1) + "." + block + ".";
        if (conv == 0) {
            return path + "downsample." + (convolution ? "0" : "1");
        }
        return path + (convolution ? "conv" : "bn") + conv;
    }

    /** The batch norm behind the convolution whose bias, in torchvision's names, this is; null if it is none. */
    static @Nullable String normBehind(String bias) {
        if (!bias.endsWith(".bias")) {
            return null;
        }
        String layer = bias.substring(0, bias.length() - ".bias".length());
        if (layer.endsWith("downsample.0")) {
            return layer.substring(0, layer.length() - 1) + "1";
        }
        int dot = layer.lastIndexOf('.') + 1;
        return layer.startsWith("conv", dot) ? layer.substring(0, dot) + "bn" + layer.substring(dot + 4) : null;
    }
}
