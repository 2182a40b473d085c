package org.resnet4j.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.resnet4j.augment.AutoAugment;
import org.resnet4j.augment.ColourNoise;
import org.resnet4j.augment.CropMode;
import org.resnet4j.augment.Normalization;
import org.resnet4j.augment.RandomCrop;
import org.resnet4j.augment.Transform;

/** Builds the transform of pictures to train on from the words of {@link DataFlags}. */
final class Augmentation {
    static final String KIND = "aug";
    static final String JITTER = "scale-jitter";
    static final String SCALE = "scale";
    static final String AUTO = "aa";
    static final String COLOUR = "color-jitter";
    static final String PCA = "pca-noise";
    static final String ERASE = "reprob";

    private static final Pattern RANDOM = Pattern.compile("ra(?:-n(\\d{1,2}))?(?:-m(\\d{1,2}))?");
    private static final Pattern SHARES = Pattern.compile("(0?\\.\\d{1,6}|0|1|1\\.0),(0?\\.\\d{1,6}|0|1|1\\.0)");
    private static final Pattern SIDES = Pattern.compile("(\\d{1,5}),(\\d{1,5})");

    private Augmentation() {}

    /**
     * Crop, flip, operations, colours, erasing, in torchvision's order.
     *
     * @param size of the pictures that the network sees
     * @param normalization whose mean is painted where something is erased
     */
    static Transform of(Map<String, String> words, int size, Normalization normalization) {
        List<Transform> parts = new ArrayList<>();
        String kind = words.getOrDefault(KIND, "pad-crop");
        switch (kind) {
            case "pad-crop" -> parts.add(new Transform.PadCropFlip(size, size / 8));
            case "resized-crop" -> {
                parts.add(resized(words.get(SCALE), size));
                parts.add(new Transform.Flip());
            }
            case "scale-jitter" -> {
                parts.add(jitter(words.getOrDefault(JITTER, "256,480"), size));
                parts.add(new Transform.Flip());
            }
            case "none" -> parts.add(new Transform.Evaluate(size));
            default ->
                throw new IllegalArgumentException(
                        "--aug must be pad-crop, resized-crop, scale-jitter or none, found " + kind);
        }
        if (words.containsKey(AUTO)) {
            parts.add(auto(words.get(AUTO)));
        }
        double colour = number(words, COLOUR);
        if (colour != 0) {
            parts.add(new ColourNoise.Jitter(colour, colour, colour));
        }
        double pca = number(words, PCA);
        if (pca != 0) {
            parts.add(new ColourNoise.Pca(pca));
        }
        double erase = number(words, ERASE);
        if (erase != 0) {
            parts.add(new Transform.Erase(erase, mean(normalization)));
        }
        return parts.size() == 1 ? parts.getFirst() : new Transform.Chain(parts);
    }

    private static Transform resized(@Nullable String scale, int size) {
        RandomCrop.Resized usual = RandomCrop.Resized.of(size);
        if (scale == null) {
            return usual;
        }
        Matcher m = SHARES.matcher(scale);
        if (!m.matches()) {
            throw new IllegalArgumentException("--scale must be two shares of the area like 0.35,1, found " + scale);
        }
        return new RandomCrop.Resized(
                size, Double.parseDouble(m.group(1)), Double.parseDouble(m.group(2)), usual.ratio(), usual.filter());
    }

    private static Transform jitter(String sides, int size) {
        Matcher m = SIDES.matcher(sides);
        if (!m.matches()) {
            throw new IllegalArgumentException("--scale-jitter must be two sides like 256,480, found " + sides);
        }
        return new RandomCrop.ScaleJitter(Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2)), size);
    }

    private static Transform auto(String policy) {
        if (policy.equals("ta_wide")) {
            return new AutoAugment.TrivialAugment();
        }
        Matcher m = RANDOM.matcher(policy);
        if (!m.matches()) {
            throw new IllegalArgumentException("--aa must be ta_wide, ra or like ra-n2-m9, found " + policy);
        }
        int operations = m.group(1) == null ? 2 : Integer.parseInt(m.group(1));
        int magnitude = m.group(2) == null ? 9 : Integer.parseInt(m.group(2));
        return new AutoAugment.RandAugment(operations, magnitude);
    }

    private static double number(Map<String, String> words, String name) {
        String word = words.get(name);
        return word == null ? 0 : Double.parseDouble(word);
    }

    /** The colour that becomes zero, or nearly; ImageNet's for a mean picture, which has none of its own. */
    private static CropMode.Border mean(Normalization normalization) {
        return CropMode.Border.of(
                normalization instanceof Normalization.ChannelStats stats ? stats : Normalization.IMAGENET);
    }
}
