/** The resnet command. */
module org.resnet4j.cli {
    requires static transitive org.jspecify;
    requires org.resnet4j.train;
    requires org.resnet4j.infer;
    requires info.picocli;
    requires tools.jackson.core;
}
