package org.resnet4j.outline;

import java.util.ArrayList;
import java.util.List;
import org.resnet4j.highway.HighwaySpec;
import org.resnet4j.outline.Outline.Box;
import org.resnet4j.outline.Outline.Bridge;
import org.resnet4j.outline.Outline.Part;
import org.resnet4j.outline.Outline.Stage;
import org.resnet4j.vgg.VggSpec;

/** The outlines of VGG and highway networks: stages of 3x3 convolutions with max pooling between them. */
final class StagedOutline {
    private StagedOutline() {}

    static List<Stage> of(VggSpec spec) {
        List<Stage> stages = new ArrayList<>();
        int size = spec.inputSize();
        int index = 0;
        for (int stage = 0; stage < spec.depths().size(); stage++) {
            List<Part> parts = new ArrayList<>();
            String start = "features." + index;
            if (stage > 0) {
                size /= 2;
                parts.add(Outline.single(new Box("2x2 max pool", 2, size, "features." + index++)));
            }
            for (int i = 0; i < spec.depths().get(stage); i++) {
                String label = "3x3 conv, " + spec.widths().get(stage);
                parts.add(Outline.single(new Box(label, 1, size, "features." + index)));
                index += spec.batchNorm() ? 3 : 2;
            }
            stages.add(new Stage("conv" + (stage + 1) + "_x", start, parts));
        }
        String pool = "features." + index;
        stages.add(new Stage(
                "fc",
                pool,
                List.of(
                        Outline.single(new Box("2x2 max pool", 2, size / 2, pool)),
                        Outline.single(new Box("fc " + spec.hidden(), 1, 1, "classifier.0")),
                        Outline.single(new Box("fc " + spec.hidden(), 1, 1, "classifier.3")),
                        Outline.single(new Box("fc " + spec.classes(), 1, 1, "classifier.6")))));
        return stages;
    }

    static List<Stage> of(HighwaySpec spec) {
        List<Stage> stages = new ArrayList<>();
        int size = spec.inputSize();
        for (int stage = 0; stage < spec.depths().size(); stage++) {
            List<Part> parts = new ArrayList<>();
            String layer = "layer" + (stage + 1) + ".";
            String start = layer + "0.conv";
            if (stage > 0) {
                size /= 2;
                start = "pool" + stage;
                parts.add(Outline.single(new Box("2x2 max pool", 2, size, start)));
            }
            int width = spec.widths().get(stage);
            parts.add(Outline.single(new Box("3x3 conv, " + width, 1, size, layer + "0.conv")));
            for (int i = 1; i < spec.depths().get(stage); i++) {
                Box box = new Box("3x3 highway, " + width, 1, size, layer + i);
                parts.add(new Part(List.of(box), Bridge.IDENTITY));
            }
            stages.add(new Stage("conv" + (stage + 1) + "_x", start, parts));
        }
        stages.add(new Stage(
                "fc",
                "reduce",
                List.of(
                        Outline.single(new Box("1x1 conv, " + spec.reduced(), 1, size, "reduce")),
                        Outline.single(new Box("average pool", 1, 1, "avgpool")),
                        Outline.single(new Box("fc " + spec.classes(), 1, 1, "fc")))));
        return stages;
    }
}
