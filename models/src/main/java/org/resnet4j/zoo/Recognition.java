package org.resnet4j.zoo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Parameter;
import org.resnet4j.graph.Phase;
import org.resnet4j.resnet.ResNetSpec;
import org.resnet4j.resnet.ResNetSpec.Block;
import org.resnet4j.resnet.ResNetSpec.Shortcut;
import org.resnet4j.resnet.ResNetSpec.Stem;
import org.resnet4j.resnet.ResNetSpec.Stride;
import org.resnet4j.resnet.ResNetSpec.ZeroPad;
import org.resnet4j.resnet.Variant;
import org.resnet4j.tensor.Shape;

/**
 * Which network weights belong to, from torchvision's or timm's names and the shapes alone. What these do not tell is assumed,
 * and said: a residual network rather than a plain one, stride v1.5, zero channels appended. Stateless.
 *
 * @param spec the network; its name is a known one where it is one of those
 * @param assumptions what names and shapes do not tell, a sentence each
 */
public record Recognition(NetworkSpec spec, List<String> assumptions) {
    private static final Pattern BLOCK =
            Pattern.compile("(?:layer([1-9])|stages\\.([0-8]))\\.(?:blocks\\.)?(\\d{1,4})\\..*");
    private static final int WIDTH_UNIT = 64;

    /** Copies the list. */
    public Recognition {
        assumptions = List.copyOf(assumptions);
    }

    /** The network whose weights have these names and shapes; empty if it is none that this program builds. */
    public static Optional<Recognition> of(Map<String, Shape> tensors) {
        for (String name : Models.names()) {
            NetworkSpec spec = Models.byName(name);
            if (!(spec instanceof ResNetSpec)) {
                Shape head = tensors.get(spec.classifier() + ".weight");
                if (head != null && fits(spec.withClasses(classes(head)), tensors)) {
                    return Optional.of(new Recognition(spec.withClasses(classes(head)), List.of()));
                }
            }
        }
        return new Residual(tensors).recognise();
    }

    private static int classes(Shape head) {
        return (int) Math.min(head.dim(0), NetworkSpec.LIMIT);
    }

    /** True if the network's parameters are just these tensors. */
    private static boolean fits(NetworkSpec spec, Map<String, Shape> tensors) {
        Graph graph = Networks.graph(spec, Phase.INFERENCE);
        for (Parameter p : graph.parameters()) {
            Shape found = tensors.get(p.name());
            if (found == null || !found.equals(p.value().type().shape())) {
                return false;
            }
        }
        return tensors.keySet().stream()
                        .filter(n -> !n.endsWith(".num_batches_tracked"))
                        .count()
                == graph.parameters().size();
    }

    /** What a residual network's tensors say, one question a method. */
    private record Residual(Map<String, Shape> tensors) {
        Optional<Recognition> recognise() {
            boolean normsFirst = tensors.containsKey("stages.0.blocks.0.norm1.weight");
            List<Integer> depths = depths();
            Shape head = tensors.get(normsFirst ? "head.fc.weight" : "fc.weight");
            if (depths.isEmpty() || head == null || head.rank() == 0) {
                return Optional.empty();
            }
            Block block = shape(block(0, 0, normsFirst) + ".conv3.weight") == null ? Block.BASIC : Block.BOTTLENECK;
            Optional<List<Integer>> widths = widths(depths.size(), block, normsFirst);
            if (widths.isEmpty()) {
                return Optional.empty();
            }
            ResNetSpec spec;
            try {
                Stem stem = stem(normsFirst);
                spec = new ResNetSpec(
                        "custom",
                        stem,
                        block,
                        depths,
                        widths.get(),
                        shortcut(widths.get(), block, normsFirst),
                        Stride.V1_5,
                        ZeroPad.APPEND,
                        classes(head),
                        stem == Stem.CIFAR ? 32 : 224,
                        false,
                        variant(block, widths.get(), normsFirst));
            } catch (IllegalArgumentException e) {
                return Optional.empty(); // shapes that no residual network has
            }
            return fits(spec, tensors)
                    ? Optional.of(new Recognition(named(spec), assumptions(spec)))
                    : Optional.empty();
        }

        private @Nullable Shape shape(String name) {
            Shape s = tensors.get(name);
            return s != null && s.rank() == 4 ? s : null;
        }

        private static String block(int stage, int i, boolean normsFirst) {
            return normsFirst ? "stages." + stage + ".blocks." + i : "layer" + (stage + 1) + "." + i;
        }

        private List<Integer> depths() {
            int[] blocks = new int[9];
            for (String name : tensors.keySet()) {
                Matcher m = BLOCK.matcher(name);
                if (m.matches()) {
                    int stage = m.group(1) != null ? Integer.parseInt(m.group(1)) - 1 : Integer.parseInt(m.group(2));
                    blocks[stage] = Math.max(blocks[stage], Integer.parseInt(m.group(3)) + 1);
                }
            }
            List<Integer> depths = new ArrayList<>();
            for (int b : blocks) {
                if (b == 0) {
                    break;
                }
                depths.add(b);
            }
            return depths;
        }

        private Optional<List<Integer>> widths(int stages, Block block, boolean normsFirst) {
            List<Integer> widths = new ArrayList<>();
            for (int stage = 0; stage < stages; stage++) {
                String last = block == Block.BASIC ? ".conv2.weight" : ".conv3.weight";
                Shape s = shape(block(stage, 0, normsFirst) + last);
                if (s == null || s.dim(0) > NetworkSpec.LIMIT || s.dim(0) % block.expansion() != 0) {
                    return Optional.empty();
                }
                widths.add((int) s.dim(0) / block.expansion());
            }
            return Optional.of(widths);
        }

        /** The last convolution before the first block. */
        private String stemConvolution(boolean normsFirst) {
            return switch (stem(normsFirst)) {
                case DEEP -> normsFirst ? "stem.conv3.weight" : "conv1.6.weight";
                case CIFAR, IMAGENET -> normsFirst ? "stem.conv.weight" : "conv1.weight";
            };
        }

        private Stem stem(boolean normsFirst) {
            if (shape(normsFirst ? "stem.conv1.weight" : "conv1.0.weight") != null) {
                return Stem.DEEP;
            }
            Shape first = shape(normsFirst ? "stem.conv.weight" : "conv1.weight");
            return first != null && first.dim(2) == 3 ? Stem.CIFAR : Stem.IMAGENET;
        }

        private Shortcut shortcut(List<Integer> widths, Block block, boolean normsFirst) {
            long projections = tensors.keySet().stream()
                    .filter(n -> n.matches(".*\\.downsample\\.(?:conv|0|1)\\.weight") && shape(n) != null)
                    .count();
            if (projections == 0) {
                return Shortcut.A;
            }
            Shape stem = shape(stemConvolution(normsFirst));
            boolean first = stem != null && stem.dim(0) != (long) widths.getFirst() * block.expansion();
            int changes = first ? widths.size() : widths.size() - 1;
            return projections > changes ? Shortcut.C : Shortcut.B;
        }

        private Variant variant(Block block, List<Integer> widths, boolean normsFirst) {
            Variant v = Variant.PAPER.withOrder(normsFirst ? Variant.Order.PRE : Variant.Order.POST);
            String first = block(0, 0, normsFirst);
            Shape middle = shape(first + ".conv2.weight");
            if (block == Block.BOTTLENECK && middle != null && middle.dim(0) % middle.dim(1) == 0) {
                int groups = (int) Math.min(middle.dim(0) / middle.dim(1), NetworkSpec.LIMIT);
                v = v.withGroups(groups, (int) (middle.dim(1) * WIDTH_UNIT / widths.getFirst()));
            }
            // The last stage, since few squeezed channels are rounded up.
            Shape squeezed = shape(block(widths.size() - 1, 0, normsFirst) + ".se.fc1.weight");
            if (squeezed != null) {
                v = v.withSqueeze((int) Math.min(squeezed.dim(1) / squeezed.dim(0), NetworkSpec.LIMIT));
            }
            boolean averaged =
                    tensors.keySet().stream().anyMatch(n -> n.endsWith(".downsample.1.weight") && shape(n) != null);
            Shape stem = shape(stemConvolution(normsFirst));
            if (stem != null && stem.dim(0) != widths.getFirst()) {
                v = v.withStemWidth((int) Math.min(stem.dim(0), NetworkSpec.LIMIT));
            }
            return v.withAverageDown(averaged).withBias(tensors.containsKey(first + ".conv1.bias"));
        }

        private static ResNetSpec named(ResNetSpec spec) {
            for (String name : Models.names()) {
                if (Models.byName(name) instanceof ResNetSpec known
                        && known.withName(spec.name())
                                .withClasses(spec.classes())
                                .equals(spec)) {
                    return spec.withName(name);
                }
            }
            boolean cifar = spec.stem() == Stem.CIFAR
                    && spec.depths().size() == 3
                    && spec.widths().equals(List.of(16, 32, 64));
            boolean even = spec.depths().stream().distinct().count() == 1;
            return cifar && even && spec.block() == Block.BASIC ? spec.withName("cifar_resnet" + spec.layers()) : spec;
        }

        private static List<String> assumptions(ResNetSpec spec) {
            List<String> said = new ArrayList<>();
            if (spec.shortcut() == Shortcut.A) {
                said.add(
                        "assumed residual with option A, zero channels appended; --plain or --pad split say otherwise");
            }
            if (spec.block() == Block.BOTTLENECK) {
                said.add("assumed stride v1.5; --stride v1 says otherwise");
            }
            return said;
        }
    }
}
