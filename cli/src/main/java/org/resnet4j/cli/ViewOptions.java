package org.resnet4j.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.augment.CropMode;
import org.resnet4j.augment.Transform;
import org.resnet4j.image.Filter;
import org.resnet4j.infer.Preprocessing;
import org.resnet4j.infer.Views;
import picocli.CommandLine.Option;

/** How pictures are shown to a network: what its own preprocessing is overridden with, and which views are averaged. */
final class ViewOptions {
    private static final String TEN_CROP = "10crop";

    @Option(
            names = "--crop-pct",
            paramLabel = "P",
            description = "Part of the resized picture that is kept, as timm has it; default: the model's.")
    private @Nullable Double cropPct;

    @Option(
            names = "--interpolation",
            paramLabel = "FILTER",
            description = "nearest, box, bilinear, hamming, bicubic or lanczos; default: the model's.")
    private @Nullable Filter filter;

    @Option(
            names = "--img-size",
            paramLabel = "PIXELS",
            description = "Side of what the network sees; default: its own.")
    private @Nullable Integer size;

    @Option(names = "--input-size", arity = "3", paramLabel = "N", description = "The same as timm has it: 3 224 224.")
    private @Nullable List<Integer> inputSize;

    @Option(
            names = "--scales",
            split = ",",
            paramLabel = "S",
            description = "Averages over sizes of the whole picture's shorter side, fully convolutional; the paper has"
                    + " 224,256,384,480,640.")
    private @Nullable List<Integer> scales;

    @Option(names = "--tta", paramLabel = "flip|10crop", description = "Averages over mirror images, or ten crops.")
    private @Nullable String tta;

    /** The views at each size. */
    Views views() {
        if (tta == null) {
            return whole() ? Views.WHOLE : Views.ONE;
        }
        return switch (tta) {
            case "flip" -> whole() ? new Views.Mirrored(Views.WHOLE) : Views.FLIP;
            case TEN_CROP -> Views.TEN_CROP;
            case String other -> throw new IllegalArgumentException("--tta must be flip or 10crop, found " + other);
        };
    }

    /** True if the views are whole pictures of any shape. */
    boolean whole() {
        return scales != null && !TEN_CROP.equals(tta);
    }

    /** What happens to pictures before each pass; one pass without {@code --scales}. */
    List<Preprocessing> passes(Preprocessing own) {
        Transform.Evaluate t = own.transform();
        Filter how = filter == null ? t.filter() : filter;
        if (scales != null) {
            if (cropPct != null || side() != null) {
                throw new IllegalArgumentException("--scales say all sizes: no --crop-pct, --img-size or --input-size");
            }
            return scales.stream()
                    .map(s -> own.withTransform(new Transform.Evaluate(s, how, s, new CropMode.Centre())))
                    .toList();
        }
        Integer asked = side();
        int crop = asked == null ? t.crop() : asked;
        if (cropPct == null) {
            int resize = (int) Math.min(Integer.MAX_VALUE, (long) crop * t.resize() / t.crop());
            return List.of(own.withTransform(new Transform.Evaluate(resize, how, crop, t.mode())));
        }
        if (!(cropPct > 0 && cropPct <= 1)) {
            throw new IllegalArgumentException("--crop-pct must be above 0 and at most 1, found " + cropPct);
        }
        return List.of(own.withTransform(Transform.Evaluate.timm(crop, cropPct, how, t.mode())));
    }

    private @Nullable Integer side() {
        if (inputSize == null) {
            return size;
        }
        if (inputSize.get(0) != 3 || !inputSize.get(1).equals(inputSize.get(2)) || size != null) {
            throw new IllegalArgumentException(
                    "--input-size takes 3 and a square, and no --img-size; found " + inputSize);
        }
        return inputSize.get(1);
    }

    /** In words, for people. */
    String words() {
        String each =
                tta == null ? (whole() ? "whole pictures" : "one view") : tta + (whole() ? " of whole pictures" : "");
        return each + (scales == null ? "" : ", shorter sides " + scales);
    }
}
