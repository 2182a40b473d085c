package org.resnet4j.paper;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A network that a study trains, with every seed.
 *
 * @param name in charts and tables, in the paper's words: {@code plain-20}
 * @param model name of the network: {@code cifar_plain20}
 * @param variant what distinguishes it from others of that network, in names of folders; empty for none
 * @param layers by which {@code --only} chooses
 * @param recipe name of the recipe
 * @param course how long the paper trains it
 * @param words further options of {@code resnet train}, as typed
 */
public record Arm(
        String name, String model, String variant, int layers, String recipe, Course course, List<String> words) {
    /** Copies the list. */
    public Arm {
        Objects.requireNonNull(course);
        words = List.copyOf(words);
    }

    /** A network of section 4.2 as it is, trained as all are there on all 50,000 pictures; with 110 layers after a warm-up. */
    public static Arm cifar(String name, String model, int layers) {
        String recipe = layers == 110 ? "paper-cifar110" : "paper-cifar";
        return new Arm(name, model, "", layers, recipe, Course.Steps.CIFAR, List.of("--val-split", "0"));
    }

    /** {@code plain-20} or {@code ResNet-20} for CIFAR-10. */
    public static Arm cifar(boolean residual, int layers) {
        return residual
                ? cifar("ResNet-" + layers, "cifar_resnet" + layers, layers)
                : cifar("plain-" + layers, "cifar_plain" + layers, layers);
    }

    /** This arm with a switch of its network. */
    public Arm varied(String otherName, String otherVariant, List<String> switches) {
        List<String> all = new ArrayList<>(words);
        all.addAll(switches);
        return new Arm(otherName, model, otherVariant, layers, recipe, course, all);
    }
}
