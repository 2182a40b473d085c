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
}
