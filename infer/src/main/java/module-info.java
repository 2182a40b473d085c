/** A thread-safe classifier over a model folder. */
module org.resnet4j.infer {
    requires static transitive org.jspecify;
    requires transitive org.resnet4j.data;
    requires transitive org.resnet4j.engine;
    requires transitive org.resnet4j.models;
    requires transitive org.resnet4j.train;
    requires transitive org.resnet4j.weights;

    exports org.resnet4j.explain;
    exports org.resnet4j.infer;
    exports org.resnet4j.quantize;
}
