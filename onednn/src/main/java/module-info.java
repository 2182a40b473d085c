/** The only module that may call oneDNN. */
module org.resnet4j.onednn {
    requires static transitive org.jspecify;

    exports org.resnet4j.onednn;
}
