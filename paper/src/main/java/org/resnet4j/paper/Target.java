package org.resnet4j.paper;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What can be reproduced; the names of the command line. */
public enum Target {
    /** Training and test error of plain networks. */
    FIG1("Fig. 1", "Deeper plain networks have higher training and test error"),
    /** Networks side by side. */
    FIG3("Fig. 3", "VGG-19, the plain network of 34 layers and ResNet-34, drawn"),
    /** Training on ImageNet, or on any folder of pictures. */
    FIG4("Fig. 4", "Training on ImageNet: plain networks of 18 and 34 layers beside ResNets"),
    /** Training on CIFAR-10. */
    FIG6("Fig. 6", "Training on CIFAR-10: plain networks beside ResNets"),
    /** Standard deviations of layer responses. */
    FIG7("Fig. 7", "Standard deviations of layer responses on CIFAR-10"),
    /** Architectures and their multiply-adds. */
    TABLE1("Table 1", "Architectures for ImageNet and their multiply-adds"),
    /** Plain networks and ResNets on ImageNet. */
    TABLE2("Table 2", "Top-1 error on ImageNet, plain networks beside ResNets, 10 crops"),
    /** Ten crops. */
    TABLE3("Table 3", "Error on ImageNet, 10 crops"),
    /** Several scales. */
    TABLE4("Table 4", "Error of single models on ImageNet, several scales"),
    /** Ensembles. */
    TABLE5("Table 5", "Error of ensembles on ImageNet"),
    /** Test error on CIFAR-10. */
    TABLE6("Table 6", "Test error on CIFAR-10"),
    /** Options A, B and C. */
    SHORTCUTS("Section 3.3", "Options A, B and C of the shortcuts side by side"),
    /** Norms of gradients. */
    GRADIENTS("Section 4.1", "Norms of the gradients that reach each layer"),
    /** Gated shortcuts. */
    HIGHWAY("Section 2", "Gated shortcuts beside free ones");

    private final String place;
    private final String title;

    Target(String place, String title) {
        this.place = place;
        this.title = title;
    }

    /** Where it stands in the paper: {@code Table 6}. */
    public String place() {
        return place;
    }

    /** What it shows, in a line. */
    public String title() {
        return title;
    }

    /** As on the command line: {@code fig6}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The target of this name, whatever its case; also {@code figure-6} and {@code table-6}.
     *
     * @throws IllegalArgumentException if there is none; names all
     */
    public static Target of(String name) {
        String plain = name.toLowerCase(Locale.ROOT).replace("figure", "fig").replace("-", "");
        return Arrays.stream(values())
                .filter(t -> t.toString().equals(plain))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is nothing to reproduce by the name of " + name
                        + "; there are "
                        + Arrays.stream(values()).map(Target::toString).collect(Collectors.joining(", "))));
    }
}
