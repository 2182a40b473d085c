/** Safe reading and writing of tensors. */
module org.resnet4j.weights {
    requires static transitive org.jspecify;
    requires transitive org.resnet4j.graph;
    requires tools.jackson.core;

    exports org.resnet4j.checkpoint;
    exports org.resnet4j.formats;
    exports org.resnet4j.json;
    exports org.resnet4j.naming;
    exports org.resnet4j.npy;
    exports org.resnet4j.onnx;
    exports org.resnet4j.pickle;
    exports org.resnet4j.safetensors;
    exports org.resnet4j.tfjs;
    exports org.resnet4j.weights;
}
