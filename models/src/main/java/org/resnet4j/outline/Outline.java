package org.resnet4j.outline;

import java.util.List;
import org.resnet4j.highway.HighwaySpec;
import org.resnet4j.resnet.ResNetSpec;
import org.resnet4j.vgg.VggSpec;
import org.resnet4j.zoo.NetworkSpec;

/**
 * A network as table 1 and figure 3 show it.
 *
 * @param spec whose outline it is
 * @param stages in order
 */
public record Outline(NetworkSpec spec, List<Stage> stages) {
    /** Copies the list. */
    public Outline {
        stages = List.copyOf(stages);
    }

    /**
     * A row of table 1.
     *
     * @param name such as {@code conv2_x}
     * @param start the graph's node that it begins with
     * @param parts in order
     */
    public record Stage(String name, String start, List<Part> parts) {
        /** Copies the list. */
        public Stage {
            parts = List.copyOf(parts);
        }

        /** Height and width of its output, in pixels. */
        public int size() {
            return parts.getLast().boxes().getLast().size();
        }
    }

    /**
     * Boxes with a shortcut around them, or a single one without.
     *
     * @param boxes in order
     * @param bridge what leads around them
     */
    public record Part(List<Box> boxes, Bridge bridge) {
        /** Copies the list. */
        public Part {
            boxes = List.copyOf(boxes);
        }
    }

    /** What leads around a part. */
    public enum Bridge {
        /** Nothing. */
        NONE,
        /** A shortcut between equal sizes: a solid line in figure 3. */
        IDENTITY,
        /** A shortcut where sizes change: a dotted line in figure 3. */
        CHANGE
    }

    /**
     * A layer.
     *
     * @param label as the paper writes it, without its stride: {@code 3x3 conv, 64}
     * @param stride 2 where it halves the resolution, else 1
     * @param size height and width of its output, in pixels
     * @param node the node of the graph that it stands for
     */
    public record Box(String label, int stride, int size, String node) {
        /** The label with its stride, as in figure 3: {@code 3x3 conv, 128, /2}. */
        public String full() {
            return stride == 1 ? label : label + ", /" + stride;
        }
    }

    /** The outline of any network. */
    public static Outline of(NetworkSpec spec) {
        return new Outline(
                spec,
                switch (spec) {
                    case ResNetSpec s -> new ResNetOutline(s).stages();
                    case VggSpec s -> StagedOutline.of(s);
                    case HighwaySpec s -> StagedOutline.of(s);
                });
    }

    /** A box without a shortcut. */
    static Part single(Box box) {
        return new Part(List.of(box), Bridge.NONE);
    }
}
