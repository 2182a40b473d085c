/** What a network is: shapes, operations, gradients, passes, memory plans and costs. No data, no native code. */
module org.resnet4j.graph {
    requires static transitive org.jspecify;

    exports org.resnet4j.builder;
    exports org.resnet4j.check;
    exports org.resnet4j.cost;
    exports org.resnet4j.grad;
    exports org.resnet4j.graph;
    exports org.resnet4j.memory;
    exports org.resnet4j.pass;
    exports org.resnet4j.tensor;
}
