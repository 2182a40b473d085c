/** Programs of at most twenty lines that use the library as a stranger would. */
module org.resnet4j.examples {
    requires static transitive org.jspecify;
    requires transitive org.resnet4j.infer;
    requires transitive org.resnet4j.train;

    exports org.resnet4j.examples;
}
