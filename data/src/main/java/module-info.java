/** From files to batches. */
@SuppressWarnings("requires-automatic") // TwelveMonkeys names its modules but does not describe them
module org.resnet4j.data {
    requires static transitive org.jspecify;
    requires transitive org.resnet4j.graph;
    requires com.twelvemonkeys.imageio.webp;
    requires java.desktop;
    requires java.net.http;
    requires static jdk.incubator.vector; // resizing, where the module is added

    exports org.resnet4j.augment;
    exports org.resnet4j.datacheck;
    exports org.resnet4j.dataset;
    exports org.resnet4j.download;
    exports org.resnet4j.image;
    exports org.resnet4j.loader;
    exports org.resnet4j.random;
}
