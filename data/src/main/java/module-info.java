/** From files to batches. */
module org.resnet4j.data {
    requires static transitive org.jspecify;
    requires transitive org.resnet4j.graph;
}
