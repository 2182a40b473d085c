package org.resnet4j.weights;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.resnet4j.tensor.Shape;

/** Whether the tensors of a file are those of a network: all that is wrong is said in one message. Stateless. */
public final class Fit {
    private static final int MOST = 1_000;

    private Fit() {}

    /**
     * Compares names and shapes.
     *
     * @param where the file, for the message
     * @param wanted shape by name of what the network has
     * @param found what the file has
     * @param ignored names that may be left over
     * @throws WeightsException that lists what is missing, left over or of another shape
     */
    public static void require(
            String where, Map<String, Shape> wanted, Collection<NamedTensor> found, Predicate<String> ignored)
            throws WeightsException {
        Map<String, Shape> left = new TreeMap<>();
        found.forEach(t -> left.put(t.name(), t.type().shape()));
        List<String> wrong = new ArrayList<>();
        wanted.forEach((name, shape) -> {
            Shape has = left.remove(name);
            if (has == null) {
                wrong.add(name + " is missing");
            } else if (!has.equals(shape)) {
                wrong.add(name + " must be " + shape + ", the file has " + has);
            }
        });
        left.keySet().stream().filter(ignored.negate()).forEach(name -> wrong.add(name + " is not in the network"));
        if (!wrong.isEmpty()) {
            String more = wrong.size() > MOST ? "; and " + (wrong.size() - MOST) + " more" : "";
            throw new WeightsException(where + ": the weights do not fit the network: "
                    + String.join("; ", wrong.subList(0, Math.min(MOST, wrong.size()))) + more);
        }
    }

    /**
     * The strict mode: refuses numbers that are not finite.
     *
     * @throws WeightsException that names the tensors which hold any
     */
    public static void requireFinite(String where, Collection<NamedTensor> tensors) throws WeightsException {
        List<String> wrong = nonFinite(tensors);
        if (!wrong.isEmpty()) {
            throw new WeightsException(where + ": finite numbers are needed, found NaN or infinity in " + wrong);
        }
    }

    /** Names of the tensors that hold NaN or infinity: well-formed, but nothing that can be computed with; to warn of. */
    public static List<String> nonFinite(Collection<NamedTensor> tensors) {
        return tensors.stream()
                .filter(t -> !t.isFinite())
                .map(NamedTensor::name)
                .toList();
    }
}
