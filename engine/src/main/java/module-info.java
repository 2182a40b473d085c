/** Makes a graph runnable and runs it. */
module org.resnet4j.engine {
    requires static transitive org.jspecify;
    requires transitive org.resnet4j.graph;
    requires org.resnet4j.onednn;
    requires static jdk.incubator.vector; // Winograd, where the module is added

    exports org.resnet4j.engine;
    exports org.resnet4j.engine.onednn;
    exports org.resnet4j.engine.reference;
}
