/** The zoo: networks as data. */
module org.resnet4j.models {
    requires static transitive org.jspecify;
    requires transitive org.resnet4j.graph;

    exports org.resnet4j.resnet;
}
