package org.resnet4j.pickle;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.weights.WeightsException;

/**
 * Which dictionary of a checkpoint holds the weights, and what the checkpoint says beside them.
 *
 * @param tensors by name, in the file's order
 * @param metadata plain values of the dictionaries on the way, as text
 * @param notes what was opened and what was left out
 */
record Choice(Map<String, Value.Tensor> tensors, Map<String, String> metadata, List<String> notes) {
    /** In the order in which timm looks: the moving average first, because it is the one that is published. */
    static final List<String> WRAPPERS =
            List.of("state_dict_ema", "model_ema", "state_dict", "model", "module", "net", "weights");

    private static final int DEEPEST = 4;
    private static final int LONGEST_TEXT = 1000;

    /**
     * Finds the weights.
     *
     * @param wanted name of the dictionary to open, or null to look for the usual ones
     */
    static Choice of(@Nullable Object root, @Nullable String wanted, String where) throws WeightsException {
        Map<String, String> metadata = new LinkedHashMap<>();
        List<String> notes = new ArrayList<>();
        Object at = root;
        String asked = wanted;
        for (int depth = 0; depth < DEEPEST; depth++) {
            if (!(at instanceof Value.Dict dict)) {
                throw new WeightsException(
                        where + ": a dictionary of tensors is expected, found " + Value.describe(at));
            }
            String key = asked != null ? asked : wrapper(dict);
            asked = null;
            if (key == null) {
                return tensors(dict, metadata, notes, where);
            }
            if (!(dict.entries.get(key) instanceof Value.Dict inner)) {
                throw new WeightsException(
                        where + ": " + PickleInput.quote(key) + " must be a dictionary of tensors, found "
                                + Value.describe(dict.entries.get(key)) + "; there are " + keys(dict));
            }
            plain(dict, metadata);
            notes.add("opened " + PickleInput.quote(key) + " of the file's " + keys(dict));
            at = inner;
        }
        throw new WeightsException(where + ": its dictionaries are nested more than " + DEEPEST + " deep");
    }

    /** The usual key that holds tensors, or the only one that does, or null if they are here. */
    private static @Nullable String wrapper(Value.Dict dict) {
        for (String key : WRAPPERS) {
            if (dict.entries.get(key) instanceof Value.Dict d && leads(d)) {
                return key;
            }
        }
        if (hasTensors(dict)) {
            return null;
        }
        List<String> holders = dict.entries.entrySet().stream()
                .filter(e -> e.getKey() instanceof String && e.getValue() instanceof Value.Dict d && hasTensors(d))
                .map(e -> (String) e.getKey())
                .toList();
        return holders.size() == 1 ? holders.getFirst() : null;
    }

    private static boolean leads(Value.Dict d) {
        return hasTensors(d)
                || WRAPPERS.stream().anyMatch(k -> d.entries.get(k) instanceof Value.Dict inner && hasTensors(inner));
    }

    private static boolean hasTensors(Value.Dict d) {
        return d.entries.values().stream().anyMatch(Value.Tensor.class::isInstance);
    }

    private static Choice tensors(Value.Dict dict, Map<String, String> metadata, List<String> notes, String where)
            throws WeightsException {
        Map<String, Value.Tensor> tensors = new LinkedHashMap<>();
        List<String> others = new ArrayList<>();
        for (Map.Entry<Object, @Nullable Object> e : dict.entries.entrySet()) {
            if (e.getValue() instanceof Value.Tensor t && e.getKey() instanceof String name) {
                tensors.put(name, t);
            } else {
                others.add(e.getKey() instanceof String name ? PickleInput.quote(name) : Value.describe(e.getKey()));
            }
        }
        if (tensors.isEmpty()) {
            throw new WeightsException(
                    where + ": no dictionary of tensors was found among " + keys(dict) + "; name the one to open");
        }
        if (!others.isEmpty()) {
            plain(dict, metadata);
            notes.add("left out what are no tensors: " + shortened(others));
        }
        return new Choice(tensors, metadata, notes);
    }

    private static void plain(Value.Dict dict, Map<String, String> into) {
        for (Map.Entry<Object, @Nullable Object> e : dict.entries.entrySet()) {
            if (e.getKey() instanceof String key) {
                put(key, e.getValue(), into);
                if (e.getValue() instanceof Value.Inert record && record.state instanceof Value.Dict state) {
                    state.entries.forEach((k, v) -> put(key + "." + k, v, into));
                }
            }
        }
    }

    private static void put(String key, @Nullable Object value, Map<String, String> into) {
        switch (value) {
            case String s when s.length() <= LONGEST_TEXT -> into.put(key, s);
            case BigInteger _ -> {}
            case Number n -> into.put(key, n.toString());
            case Boolean b -> into.put(key, b.toString());
            case null, default -> {}
        }
    }

    private static String keys(Value.Dict dict) {
        return shortened(
                dict.entries.keySet().stream().map(Value::describe).limit(9).toList());
    }

    private static String shortened(List<String> names) {
        String shown = String.join(", ", names.subList(0, Math.min(8, names.size())));
        return names.size() > 8 ? shown + ", ..." : shown;
    }
}
