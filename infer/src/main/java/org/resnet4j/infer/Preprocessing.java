package org.resnet4j.infer;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.resnet4j.augment.Normalization;
import org.resnet4j.augment.Transform;
import org.resnet4j.image.Filter;
import org.resnet4j.image.Image;
import org.resnet4j.json.Json;
import org.resnet4j.json.JsonException;
import org.resnet4j.random.Rng;
import org.resnet4j.zoo.NetworkSpec;

/**
 * What happens to a picture before a network sees it; stored with the weights, so that it is the same everywhere.
 *
 * @param transform to a square of the network's input size
 * @param normalization of its bytes to numbers
 */
public record Preprocessing(Transform.Evaluate transform, Normalization normalization) {
    /** Pictures below this size are used whole, as those of CIFAR are. */
    private static final int SMALL = 64;

    private static final int IMAGENET_RESIZE = 256;
    private static final int IMAGENET_CROP = 224;

    /** torchvision's and timm's usual one for a network of this size: 224 of 256 pixels, bilinear; small pictures whole. */
    public static Preprocessing usual(NetworkSpec spec) {
        int size = spec.inputSize();
        boolean small = size < SMALL;
        int resize = small ? size : Math.ceilDiv(size * IMAGENET_RESIZE, IMAGENET_CROP);
        return new Preprocessing(
                Transform.Evaluate.torchvision(resize, Filter.BILINEAR, size),
                small ? Normalization.CIFAR10 : Normalization.IMAGENET);
    }

    /** As training here evaluates: the shorter side at the network's size, so that nothing but the ends of the longer one is lost. */
    public static Preprocessing whole(NetworkSpec spec, Normalization normalization) {
        return new Preprocessing(new Transform.Evaluate(spec.inputSize()), normalization);
    }

    /** A picture as the network sees it. */
    public Image seen(Image picture) {
        return transform.apply(picture, Rng.of(0)); // takes nothing from it
    }

    /** The numbers of a picture that is as the network sees it, f32 [3, S, S]. */
    public float[] numbers(Image seen) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment numbers = arena.allocate(3L * Float.BYTES * seen.width() * seen.height(), Float.BYTES);
            normalization.write(seen, numbers, 0);
            return numbers.toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    /** This with another transform. */
    public Preprocessing withTransform(Transform.Evaluate other) {
        return new Preprocessing(other, normalization);
    }

    /** This with other statistics. */
    public Preprocessing withNormalization(Normalization other) {
        return new Preprocessing(transform, other);
    }

    /**
     * The same for pictures of another size: what is cut off keeps its share.
     *
     * @param crop size of the result in pixels
     */
    public Preprocessing withCrop(int crop) {
        int resize = Math.toIntExact(Math.round((double) transform.resize() * crop / transform.crop()));
        return withTransform(new Transform.Evaluate(Math.max(1, resize), transform.filter(), crop, transform.mode()));
    }

    /**
     * As text that {@link #parse} reads: timm's pretrained configuration in JSON.
     *
     * @throws IllegalArgumentException if a mean picture is subtracted, which no text holds
     */
    public String toText() {
        if (normalization instanceof Normalization.PerPixelMean) {
            throw new IllegalArgumentException(
                    "a preprocessing that subtracts a mean picture cannot be taken over; name another normalisation");
        }
        return Json.write(ModelConfig.pretrained(this));
    }

    /** What {@link #toText} gave. */
    public static Preprocessing parse(String text) throws JsonException {
        return ModelConfig.preprocessing(Json.parseObject(text));
    }
}
