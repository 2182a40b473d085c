/** Tolerances, a gradient checker and writers of hostile files for the tests of every other module. */
module org.resnet4j.testkit {
    requires static transitive org.jspecify;
}
