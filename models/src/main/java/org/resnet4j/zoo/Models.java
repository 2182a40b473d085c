package org.resnet4j.zoo;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.resnet4j.highway.HighwaySpec;
import org.resnet4j.resnet.ResNetSpec;
import org.resnet4j.resnet.ResNetSpec.Block;
import org.resnet4j.resnet.ResNetSpec.Shortcut;
import org.resnet4j.resnet.ResNetSpec.Stem;
import org.resnet4j.resnet.ResNetSpec.Stride;
import org.resnet4j.resnet.ResNetSpec.ZeroPad;
import org.resnet4j.resnet.Variant;
import org.resnet4j.vgg.VggSpec;

/**
 * Networks by name: torchvision's and timm's for ImageNet, {@code cifar_...} for those of section 4.2: {@code cifar_resnet20} to
 * {@code cifar_resnet1202}, {@code cifar_plain20}, {@code cifar_resnetv2_20}, any depth 6n + 2, and the two highway networks. Shorter
 * names of the CIFAR networks are accepted where no other network has them: {@code resnet20}. Defaults: option B and stride v1.5
 * for ImageNet networks as torchvision's, option A with zero channels appended for CIFAR networks as the paper's section 4.2.
 * Stateless.
 */
public final class Models {
    private static final Pattern CIFAR = Pattern.compile("(?:cifar_)?(resnet|plain|resnetv2_)(\\d{1,4})");

    /** Depths of table 6, which {@link #names} lists; others of the form 6n + 2 work too. */
    private static final List<Integer> CIFAR_DEPTHS = List.of(20, 32, 44, 56, 110, 1202);

    /** Blocks in each stage of table 1, by depth. */
    private static final Map<Integer, List<Integer>> TABLE_1 = new LinkedHashMap<>();

    private static final Map<String, NetworkSpec> NAMED = new LinkedHashMap<>();

    static {
        TABLE_1.put(18, List.of(2, 2, 2, 2));
        TABLE_1.put(34, List.of(3, 4, 6, 3));
        TABLE_1.put(50, List.of(3, 4, 6, 3));
        TABLE_1.put(101, List.of(3, 4, 23, 3));
        TABLE_1.put(152, List.of(3, 8, 36, 3));
        TABLE_1.keySet().forEach(d -> add(imagenet("resnet" + d, d)));
        add(imagenet("plain18", 18).withShortcut(Shortcut.NONE));
        add(imagenet("plain34", 34).withShortcut(Shortcut.NONE));
        vgg("vgg11", List.of(1, 1, 2, 2, 2));
        vgg("vgg13", List.of(2, 2, 2, 2, 2));
        vgg("vgg16", List.of(2, 2, 3, 3, 3));
        vgg("vgg19", List.of(2, 2, 4, 4, 4));
        add("wide_resnet50_2", 50, v -> v.withGroups(1, 128));
        add("wide_resnet101_2", 101, v -> v.withGroups(1, 128));
        add("resnext50_32x4d", 50, v -> v.withGroups(32, 4));
        add("resnext101_32x8d", 101, v -> v.withGroups(32, 8));
        add("resnext101_64x4d", 101, v -> v.withGroups(64, 4));
        TABLE_1.keySet().forEach(d -> add("seresnet" + d, d, v -> v.withSqueeze(16)));
        add("seresnext50_32x4d", 50, v -> v.withGroups(32, 4).withSqueeze(16));
        TABLE_1.keySet()
                .forEach(d -> add(
                        imagenet("resnet" + d + "d", d).withStem(Stem.DEEP).withVariant(v -> v.withAverageDown(true))));
        TABLE_1.keySet().forEach(d -> add("resnetv2_" + d, d, v -> v.withOrder(Variant.Order.PRE)));
        add(new HighwaySpec("cifar_highway19", List.of(5, 6, 6), List.of(32, 80, 128), 100, -2, 0.2, 10, 32));
        add(new HighwaySpec("cifar_highway32", List.of(10, 10, 10), List.of(32, 48, 64), 100, -2, 0.2, 10, 32));
    }

    private Models() {}

    private static void add(NetworkSpec spec) {
        NAMED.put(spec.name(), spec);
    }

    private static void add(String name, int depth, UnaryOperator<Variant> change) {
        add(imagenet(name, depth).withVariant(change));
    }

    private static ResNetSpec imagenet(String name, int depth) {
        return new ResNetSpec(
                name,
                Stem.IMAGENET,
                depth < 50 ? Block.BASIC : Block.BOTTLENECK,
                TABLE_1.getOrDefault(depth, List.of()),
                List.of(64, 128, 256, 512),
                Shortcut.B,
                Stride.V1_5,
                ZeroPad.APPEND,
                1000,
                224,
                false);
    }

    private static void vgg(String name, List<Integer> depths) {
        List<Integer> widths = List.of(64, 128, 256, 512, 512);
        add(new VggSpec(name, depths, widths, false, 4096, 0.5, 1000, 224));
        add(new VggSpec(name + "_bn", depths, widths, true, 4096, 0.5, 1000, 224));
    }

    /** The names that users see. */
    public static List<String> names() {
        List<String> names = new ArrayList<>(NAMED.keySet());
        for (String kind : List.of("cifar_resnet", "cifar_plain", "cifar_resnetv2_")) {
            CIFAR_DEPTHS.forEach(d -> names.add(kind + d));
        }
        return List.copyOf(names);
    }

    /**
     * The network of this name.
     *
     * @throws IllegalArgumentException if there is none; the message suggests the nearest
     */
    public static NetworkSpec byName(String name) {
        NetworkSpec spec = NAMED.get(name);
        return spec != null ? spec : cifar(name).orElseThrow(() -> unknown(name));
    }

    /**
     * The residual or plain network of this name.
     *
     * @throws IllegalArgumentException if there is none, or the name is another kind of network's
     */
    public static ResNetSpec residual(String name) {
        if (byName(name) instanceof ResNetSpec spec) {
            return spec;
        }
        throw new IllegalArgumentException(name + " is no residual network; name one such as resnet50");
    }

    private static Optional<ResNetSpec> cifar(String name) {
        Matcher m = CIFAR.matcher(name);
        if (!m.matches()) {
            return Optional.empty();
        }
        int layers = Integer.parseInt(m.group(2));
        if (layers < 8 || (layers - 2) % 6 != 0) {
            return Optional.empty();
        }
        int n = (layers - 2) / 6;
        String kind = m.group(1);
        ResNetSpec spec = new ResNetSpec(
                "cifar_" + kind + layers,
                Stem.CIFAR,
                Block.BASIC,
                List.of(n, n, n),
                List.of(16, 32, 64),
                kind.equals("plain") ? Shortcut.NONE : Shortcut.A,
                Stride.V1_5,
                ZeroPad.APPEND,
                10,
                32,
                false);
        return Optional.of(kind.equals("resnetv2_") ? spec.withVariant(v -> v.withOrder(Variant.Order.PRE)) : spec);
    }

    private static IllegalArgumentException unknown(String name) {
        String nearest = names().stream()
                .min(Comparator.comparingInt(n -> distance(n, name)))
                .orElseThrow();
        return new IllegalArgumentException("no model is named " + name + "; did you mean " + nearest
                + "? CIFAR networks have 6n + 2 layers; all names: " + String.join(", ", names()));
    }

    /** Levenshtein's edit distance. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substitute = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substitute, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
