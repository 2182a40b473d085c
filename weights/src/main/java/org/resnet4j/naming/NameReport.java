package org.resnet4j.naming;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.resnet4j.tensor.Shape;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.WeightsException;

/**
 * What a network wants against what a file has, all of it at once. Names are torchvision's; element types do not count, as they
 * are converted. {@code num_batches_tracked} may be there or not.
 *
 * @param matched the file's tensors that fit, by name, in the network's order
 * @param missing names that the file does not have
 * @param extra names that the network does not have
 * @param reshaped names with different shapes
 * @param fresh names of the new head, which keep their initial values
 */
public record NameReport(
        Map<String, NamedTensor> matched,
        List<String> missing,
        List<String> extra,
        List<Reshaped> reshaped,
        List<String> fresh) {
    private static final String COUNTER = ".num_batches_tracked";

    /** A name with two shapes. */
    public record Reshaped(String name, Shape wanted, Shape found) {
        @Override
        public String toString() {
            return name + ": the network has " + wanted + ", the file " + found;
        }
    }

    /** Copies the collections. */
    public NameReport {
        matched = Collections.unmodifiableMap(new LinkedHashMap<>(matched));
        missing = List.copyOf(missing);
        extra = List.copyOf(extra);
        reshaped = List.copyOf(reshaped);
        fresh = List.copyOf(fresh);
    }

    /** Compares the parameters and buffers of a network, in its order, with tensors under torchvision's names. */
    public static NameReport of(Map<String, TensorType> wanted, List<NamedTensor> found) {
        Map<String, NamedTensor> left = new LinkedHashMap<>();
        found.forEach(t -> left.put(t.name(), t));
        Map<String, NamedTensor> matched = new LinkedHashMap<>();
        List<String> missing = new ArrayList<>();
        List<Reshaped> reshaped = new ArrayList<>();
        wanted.forEach((name, type) -> {
            NamedTensor t = left.remove(name);
            if (t != null && t.type().shape().equals(type.shape())) {
                matched.put(name, t);
            } else if (t != null) {
                reshaped.add(new Reshaped(name, type.shape(), t.type().shape()));
            } else if (!name.endsWith(COUNTER)) {
                missing.add(name);
            }
        });
        List<String> extra =
                left.keySet().stream().filter(n -> !n.endsWith(COUNTER)).toList();
        return new NameReport(matched, missing, extra, reshaped, List.of());
    }

    /**
     * The same with a new head: what {@code layer} has in another number of classes, or not at all in the file, is left to the
     * network's initial values.
     *
     * @param layer name of the classifier, such as {@code fc}
     */
    public NameReport withNewHead(String layer) {
        List<String> news = new ArrayList<>(fresh);
        List<Reshaped> others = new ArrayList<>();
        for (Reshaped r : reshaped) {
            if (r.name().startsWith(layer + ".") && differsInClasses(r)) {
                news.add(r.name());
            } else {
                others.add(r);
            }
        }
        List<String> stillMissing = new ArrayList<>();
        for (String name : missing) {
            (name.startsWith(layer + ".") ? news : stillMissing).add(name);
        }
        return new NameReport(matched, stillMissing, extra, others, news);
    }

    private static boolean differsInClasses(Reshaped r) {
        long[] wanted = r.wanted().dims();
        long[] found = r.found().dims();
        return wanted.length > 0
                && wanted.length == found.length
                && Arrays.equals(wanted, 1, wanted.length, found, 1, found.length);
    }

    /** True if every parameter has a value or is a new head's, and the file has nothing else. */
    public boolean complete() {
        return missing.isEmpty() && extra.isEmpty() && reshaped.isEmpty();
    }

    /**
     * Throws if anything is missing, extra or of another shape, and says all of it.
     *
     * @param looksLike which network the weights look like, if that can be said; asked only then
     */
    public void requireComplete(String where, Supplier<Optional<String>> looksLike) throws WeightsException {
        if (!complete()) {
            String like = looksLike
                    .get()
                    .map(l -> System.lineSeparator() + "the weights look like " + l)
                    .orElse("");
            throw new WeightsException(
                    where + ": the weights do not fit the network." + System.lineSeparator() + text() + like);
        }
    }

    /** The report for people, a kind of name a paragraph. */
    public String text() {
        List<String> lines = new ArrayList<>();
        lines.add(matched.size() + " names match");
        list(lines, missing, "missing in the file");
        list(lines, extra, "in the file only");
        list(lines, reshaped, "of another shape");
        list(lines, fresh, "of the new head, left as initialised");
        return String.join(System.lineSeparator(), lines);
    }

    private static void list(List<String> lines, List<?> names, String what) {
        if (!names.isEmpty()) {
            String all = names.stream().map(Object::toString).collect(Collectors.joining("; "));
            lines.add(names.size() + " " + what + ": " + all);
        }
    }
}
