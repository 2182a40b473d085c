/** The paper's own results, and the experiments that repeat them. */
module org.resnet4j.paper {
    requires static transitive org.jspecify;
    requires transitive org.resnet4j.infer;

    exports org.resnet4j.paper;
    exports org.resnet4j.paper.measure;
}
