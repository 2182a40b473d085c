package org.resnet4j.naming;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names of transformers' {@code ResNetForImageClassification}, with or without {@code resnet.} in front. Stateless. */
final class TransformersNames {
    private static final Pattern STEM =
            Pattern.compile("(?:resnet\\.)?embedder\\.embedder\\.(convolution|normalization)\\.(\\w+)");
    private static final Pattern BODY =
            Pattern.compile("(?:resnet\\.)?encoder\\.stages\\.(\\d{1,3})\\.layers\\.(\\d{1,4})\\."
                    + "(?:layer\\.(\\d)|(shortcut))\\.(convolution|normalization)\\.(\\w+)");
    private static final Pattern HEAD = Pattern.compile("classifier\\.1\\.(\\w+)");

    private static final Pattern TORCHVISION =
            Pattern.compile("layer(\\d)\\.(\\d{1,4})\\.(?:(conv|bn)(\\d)|downsample\\.([01]))\\.\\w+");

    private TransformersNames() {}

    static boolean is(String name) {
        return STEM.matcher(name).matches() || BODY.matcher(name).matches();
    }

    static String toTorchvision(String name) {
        Matcher stem = STEM.matcher(name);
        if (stem.matches()) {
            return (stem.group(1).equals("convolution") ? "conv1." : "bn1.") + stem.group(2);
        }
        Matcher head = HEAD.matcher(name);
        if (head.matches()) {
            return "fc." + head.group(1);
        }
        Matcher body = BODY.matcher(name);
        if (!body.matches()) {
            return name;
        }
        String block = "layer" + (Integer.parseInt(body.group(1)) + 1) + "." + body.group(2) + ".";
        boolean convolution = body.group(5).equals("convolution");
        if (body.group(4) != null) {
            return block + "downsample." + (convolution ? "0." : "1.") + body.group(6);
        }
        return block + (convolution ? "conv" : "bn") + (Integer.parseInt(body.group(3)) + 1) + "." + body.group(6);
    }

    /** The other way round; a name that the map does not know stays as it is. */
    static String ofTorchvision(String name) {
        String kind = name.replaceFirst(".*\\.", "");
        if (name.startsWith("conv1.")) {
            return "resnet.embedder.embedder.convolution." + kind;
        }
        if (name.startsWith("bn1.")) {
            return "resnet.embedder.embedder.normalization." + kind;
        }
        if (name.startsWith("fc.")) {
            return "classifier.1." + kind;
        }
        Matcher m = TORCHVISION.matcher(name);
        if (!m.matches()) {
            return name;
        }
        String block = "resnet.encoder.stages." + (Integer.parseInt(m.group(1)) - 1) + ".layers." + m.group(2) + ".";
        if (m.group(5) != null) {
            return block + "shortcut." + (m.group(5).equals("0") ? "convolution." : "normalization.") + kind;
        }
        return block + "layer." + (Integer.parseInt(m.group(4)) - 1)
                + (m.group(3).equals("conv") ? ".convolution." : ".normalization.") + kind;
    }
}
