/** Safe reading and writing of tensors. */
module org.resnet4j.weights {
    requires static org.jspecify;
    requires transitive org.resnet4j.graph;
    requires tools.jackson.core;
}
