package org.resnet4j.paper;

import java.util.List;

/**
 * A network that a study trains, with every seed.
 *
 * @param name in charts and tables, in the paper's words: {@code plain-20}
 * @param model name of the network: {@code cifar_plain20}
 * @param variant what distinguishes it from others of that network, in names of folders; empty for none
 * @param layers by which {@code --only} chooses
 * @param recipe name of the recipe
 * @param words further options of {@code resnet train}, as typed
 */
public record Arm(String name, String model, String variant, int layers, String recipe, List<String> words) {
    /** Copies the list. */
    public Arm {
        words = List.copyOf(words);
    }

    /** A network as it is. */
    public static Arm of(String name, String model, int layers, String recipe) {
        return new Arm(name, model, "", layers, recipe, List.of());
    }
}
