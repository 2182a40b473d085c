/** The only module that may call oneDNN. */
module org.resnet4j.onednn {
    requires static org.jspecify;
}
