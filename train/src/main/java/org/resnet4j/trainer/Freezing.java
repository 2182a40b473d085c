package org.resnet4j.trainer;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Parameter;
import org.resnet4j.pass.Norms;

/**
 * Which layers at the front of a network stay as they are: they have no gradients, no decay and no state of an optimiser, batch norms
 * among them normalise by stored statistics that do not move, and nothing is computed backwards for them.
 *
 * @param upTo the last module that is frozen, by torchvision's or timm's name: {@code layer3}, {@code layer4.0}, {@code conv1};
 *     {@code none} for no layer, {@code stages} for all before the last stage, {@code backbone} for all but the last layer
 */
public record Freezing(String upTo) {
    private static final String NONE = "none";
    private static final String STAGES = "stages";
    private static final String BACKBONE = "backbone";
    private static final Pattern STAGE = Pattern.compile("(layer\\d+|stages\\.\\d+|features)\\..*");

    /** Everything is trained. */
    public static final Freezing NOTHING = new Freezing(NONE);

    /** The last stage, what follows it and the head are trained; of a VGG the layers behind the convolutions. */
    public static final Freezing ALL_BUT_LAST_STAGE = new Freezing(STAGES);

    /** Only the last layer, the head, is trained. */
    public static final Freezing ALL_BUT_HEAD = new Freezing(BACKBONE);

    /** Checks that a module is named. */
    public Freezing {
        if (upTo.isBlank() || upTo.length() > 200) {
            throw new IllegalArgumentException(
                    "what is frozen is none, stages, backbone or the name of a module, found '" + upTo + "'");
        }
    }

    /**
     * A training graph, before gradients, with these layers frozen.
     *
     * @param classifier module of the last layer
     * @throws IllegalArgumentException if there is no such module, or nothing would be left to train
     */
    Graph apply(Graph graph, String classifier) {
        if (upTo.equals(NONE)) {
            return graph;
        }
        Set<String> names = Set.copyOf(frozen(graph, classifier));
        return Norms.frozen(graph, names::contains);
    }

    private List<String> frozen(Graph graph, String classifier) {
        List<String> all = graph.parameters().stream().map(Parameter::name).toList();
        int end = switch (upTo) {
            case BACKBONE -> end(all, n -> !n.startsWith(classifier + "."));
            case STAGES -> endOfStages(all);
            default -> end(all, n -> n.startsWith(upTo + "."));
        };
        if (end == 0) {
            Set<String> modules = new TreeSet<>();
            all.forEach(n -> modules.add(n.substring(0, n.indexOf('.'))));
            throw new IllegalArgumentException(graph.name() + ": no layer is named " + upTo
                    + "; what is frozen is none, stages, backbone or a module such as " + modules);
        }
        if (graph.parameters().subList(end, all.size()).stream().noneMatch(Parameter::trainable)) {
            throw new IllegalArgumentException(graph.name() + ": with everything up to " + upTo
                    + " frozen nothing is left to train; freeze less, such as backbone");
        }
        return all.subList(0, end);
    }

    /** Behind the last name that the condition is true for; 0 if there is none. */
    private static int end(List<String> all, Predicate<String> last) {
        int end = all.size();
        while (end > 0 && !last.test(all.get(end - 1))) {
            end--;
        }
        return end;
    }

    /** Before the first name of the last stage; behind the features of networks that have no stages. */
    private static int endOfStages(List<String> all) {
        String stage = "";
        int begin = 0;
        for (int i = 0; i < all.size(); i++) {
            Matcher m = STAGE.matcher(all.get(i));
            if (m.matches() && !m.group(1).equals(stage)) {
                stage = m.group(1);
                begin = i;
            }
        }
        return stage.equals("features") ? end(all, n -> n.startsWith("features.")) : begin;
    }
}
