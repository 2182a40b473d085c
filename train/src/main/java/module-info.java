/** Loss to checkpoint. */
module org.resnet4j.train {
    requires static transitive org.jspecify;
    requires transitive org.resnet4j.engine;
    requires transitive org.resnet4j.data;
    requires transitive org.resnet4j.models;
    requires transitive org.resnet4j.weights;

    exports org.resnet4j.lrschedule;
    exports org.resnet4j.metric;
    exports org.resnet4j.optim;
    exports org.resnet4j.report;
    exports org.resnet4j.record;
    exports org.resnet4j.trainer;
}
