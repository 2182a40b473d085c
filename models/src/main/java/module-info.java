/** The zoo: networks as data. */
module org.resnet4j.models {
    requires static transitive org.jspecify;
    requires transitive org.resnet4j.graph;

    exports org.resnet4j.highway;
    exports org.resnet4j.outline;
    exports org.resnet4j.resnet;
    exports org.resnet4j.vgg;
    exports org.resnet4j.zoo;
}
