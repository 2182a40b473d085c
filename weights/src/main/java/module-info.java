/** Safe reading and writing of tensors. */
module org.resnet4j.weights {
    requires static transitive org.jspecify;
    requires transitive org.resnet4j.graph;
    requires tools.jackson.core;

    exports org.resnet4j.checkpoint;
    exports org.resnet4j.json;
    exports org.resnet4j.onnx;
    exports org.resnet4j.safetensors;
    exports org.resnet4j.weights;
}
