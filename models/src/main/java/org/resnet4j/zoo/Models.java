package org.resnet4j.resnet;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.resnet4j.resnet.ResNetSpec.Block;
import org.resnet4j.resnet.ResNetSpec.Shortcut;
import org.resnet4j.resnet.ResNetSpec.Stem;
import org.resnet4j.resnet.ResNetSpec.Stride;
import org.resnet4j.resnet.ResNetSpec.ZeroPad;

/**
 * Networks by name: {@code resnet18} to {@code resnet152}, {@code plain18}, {@code plain34}, {@code cifar_resnet20} to
 * {@code cifar_resnet1202} and {@code cifar_plain20} to {@code cifar_plain1202}, any depth 6n + 2. Shorter names of the CIFAR
 * networks are accepted where no other network has them: {@code resnet20}. Defaults: option B and stride v1.5 for ImageNet
 * networks as torchvision's, option A with zero channels appended for CIFAR networks as the paper's section 4.2.
 */
public final class Models {
    private static final Pattern CIFAR = Pattern.compile("(?:cifar_)?(resnet|plain)(\\d{1,4})");

    /** Depths of table 6, which {@link #names} lists; others of the form 6n + 2 work too. */
    private static final List<Integer> CIFAR_DEPTHS = List.of(20, 32, 44, 56, 110, 1202);

    private static final Map<String, ResNetSpec> IMAGENET = new LinkedHashMap<>();

    static {
        imagenet("resnet18", Block.BASIC, List.of(2, 2, 2, 2), Shortcut.B);
        imagenet("resnet34", Block.BASIC, List.of(3, 4, 6, 3), Shortcut.B);
        imagenet("resnet50", Block.BOTTLENECK, List.of(3, 4, 6, 3), Shortcut.B);
        imagenet("resnet101", Block.BOTTLENECK, List.of(3, 4, 23, 3), Shortcut.B);
        imagenet("resnet152", Block.BOTTLENECK, List.of(3, 8, 36, 3), Shortcut.B);
        imagenet("plain18", Block.BASIC, List.of(2, 2, 2, 2), Shortcut.NONE);
        imagenet("plain34", Block.BASIC, List.of(3, 4, 6, 3), Shortcut.NONE);
    }

    private Models() {}

    private static void imagenet(String name, Block block, List<Integer> depths, Shortcut shortcut) {
        IMAGENET.put(
                name,
                new ResNetSpec(
                        name,
                        Stem.IMAGENET,
                        block,
                        depths,
                        List.of(64, 128, 256, 512),
                        shortcut,
                        Stride.V1_5,
                        ZeroPad.APPEND,
                        1000,
                        224,
                        false));
    }

    /** The names that users see, in the order of size. */
    public static List<String> names() {
        List<String> names = new ArrayList<>(IMAGENET.keySet());
        for (String kind : List.of("cifar_resnet", "cifar_plain")) {
            CIFAR_DEPTHS.forEach(d -> names.add(kind + d));
        }
        return List.copyOf(names);
    }

    /**
     * The network of this name.
     *
     * @throws IllegalArgumentException if there is none; the message suggests the nearest
     */
    public static ResNetSpec byName(String name) {
        ResNetSpec spec = IMAGENET.get(name);
        return spec != null ? spec : cifar(name).orElseThrow(() -> unknown(name));
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
        Shortcut shortcut = m.group(1).equals("plain") ? Shortcut.NONE : Shortcut.A;
        return Optional.of(new ResNetSpec(
                "cifar_" + m.group(1) + layers,
                Stem.CIFAR,
                Block.BASIC,
                List.of(n, n, n),
                List.of(16, 32, 64),
                shortcut,
                Stride.V1_5,
                ZeroPad.APPEND,
                10,
                32,
                false));
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
