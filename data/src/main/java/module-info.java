/** From files to batches. */
module org.resnet4j.data {
    requires static org.jspecify;
    requires transitive org.resnet4j.graph;
}
