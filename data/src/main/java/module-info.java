/** From files to batches. */
module org.resnet4j.data {
    requires static transitive org.jspecify;
    requires transitive org.resnet4j.graph;
    requires java.desktop;
    requires java.net.http;

    exports org.resnet4j.augment;
    exports org.resnet4j.dataset;
    exports org.resnet4j.download;
    exports org.resnet4j.image;
    exports org.resnet4j.loader;
    exports org.resnet4j.random;
}
