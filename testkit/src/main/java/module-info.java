/** What the tests of several modules share. */
module org.resnet4j.testkit {
    requires static transitive org.jspecify;

    exports org.resnet4j.testkit;
}
