/** The resnet command. */
module org.resnet4j.cli {
    requires static transitive org.jspecify;
    requires org.resnet4j.infer;
    requires org.resnet4j.onednn;
    requires org.resnet4j.paper;
    requires org.resnet4j.train;
    requires info.picocli;

    exports org.resnet4j.cli;

    opens org.resnet4j.cli to
            info.picocli;
}
