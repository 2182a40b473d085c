package org.resnet4j.outline;

import java.util.ArrayList;
import java.util.List;
import org.resnet4j.outline.Outline.Box;
import org.resnet4j.outline.Outline.Bridge;
import org.resnet4j.outline.Outline.Part;
import org.resnet4j.outline.Outline.Stage;
import org.resnet4j.resnet.ResNetSpec;
import org.resnet4j.resnet.ResNetSpec.Stem;
import org.resnet4j.resnet.ResNetSpec.Stride;
import org.resnet4j.resnet.Variant.Order;

/** The outline of a residual or plain network: conv1, one stage a width, the classifier. */
final class ResNetOutline {
    private final ResNetSpec spec;
    private final boolean normsFirst;
    private int size;

    ResNetOutline(ResNetSpec spec) {
        this.spec = spec;
        this.normsFirst = spec.variant().order() == Order.PRE;
        this.size = spec.inputSize();
    }

    List<Stage> stages() {
        List<Stage> stages = new ArrayList<>();
        stages.add(stem());
        int channels = spec.stemWidth();
        for (int stage = 0; stage < spec.depths().size(); stage++) {
            List<Part> parts = new ArrayList<>();
            String start = block(stage, 0) + (normsFirst ? ".norm1" : ".conv1");
            if (stage == 0 && spec.stem() != Stem.CIFAR) {
                start = normsFirst ? "stem.pool" : "maxpool";
                parts.add(Outline.single(box("3x3 max pool", 2, start)));
            }
            int out = spec.widths().get(stage) * spec.block().expansion();
            for (int i = 0; i < spec.depths().get(stage); i++) {
                int stride = stage > 0 && i == 0 ? 2 : 1;
                List<Box> boxes = boxes(block(stage, i), spec.widths().get(stage), stride);
                parts.add(new Part(boxes, bridge(stride != 1 || channels != out)));
                channels = out;
            }
            stages.add(new Stage("conv" + (stage + 2) + "_x", start, parts));
        }
        String pool = normsFirst ? "head.global_pool" : "avgpool";
        stages.add(new Stage(
                "fc",
                normsFirst ? "norm" : pool,
                List.of(
                        Outline.single(new Box("average pool", 1, 1, pool)),
                        Outline.single(new Box("fc " + spec.classes(), 1, 1, spec.classifier())))));
        return stages;
    }

    private String block(int stage, int i) {
        return normsFirst ? "stages." + stage + ".blocks." + i : "layer" + (stage + 1) + "." + i;
    }

    private Box box(String label, int stride, String node) {
        size = stride == 1 ? size : Math.ceilDiv(size, stride);
        return new Box(label, stride, size, node);
    }

    private Stage stem() {
        int width = spec.stemWidth();
        String first = spec.firstConvolution();
        List<Box> boxes = switch (spec.stem()) {
            case CIFAR -> List.of(box("3x3 conv, " + width, 1, first));
            case IMAGENET -> List.of(box("7x7 conv, " + width, 2, first));
            case DEEP -> {
                int narrow = Math.max(1, width / 2);
                yield List.of(
                        box("3x3 conv, " + narrow, 2, first),
                        box("3x3 conv, " + narrow, 1, normsFirst ? "stem.conv2" : "conv1.3"),
                        box("3x3 conv, " + width, 1, normsFirst ? "stem.conv3" : "conv1.6"));
            }
        };
        return new Stage("conv1", first, boxes.stream().map(Outline::single).toList());
    }

    private List<Box> boxes(String block, int width, int stride) {
        List<Box> boxes = new ArrayList<>();
        int out = width * spec.block().expansion();
        switch (spec.block()) {
            case BASIC -> {
                boxes.add(box("3x3 conv, " + width, stride, block + ".conv1"));
                boxes.add(box("3x3 conv, " + width, 1, block + ".conv2"));
            }
            case BOTTLENECK -> {
                int first = spec.stride() == Stride.V1 ? stride : 1;
                int middle = spec.middle(width);
                String groups = spec.variant().groups() == 1
                        ? ""
                        : ", C=" + spec.variant().groups();
                boxes.add(box("1x1 conv, " + middle, first, block + ".conv1"));
                boxes.add(box("3x3 conv, " + middle + groups, stride / first, block + ".conv2"));
                boxes.add(box("1x1 conv, " + out, 1, block + ".conv3"));
            }
        }
        if (spec.variant().squeeze() > 0) {
            boxes.add(box("SE, " + spec.squeezed(out), 1, block + ".se"));
        }
        return boxes;
    }

    private Bridge bridge(boolean changes) {
        return !spec.residual() ? Bridge.NONE : changes ? Bridge.CHANGE : Bridge.IDENTITY;
    }
}
