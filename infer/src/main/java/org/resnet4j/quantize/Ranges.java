package org.resnet4j.quantize;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.resnet4j.checkpoint.AtomicFile;
import org.resnet4j.graph.Graph;
import org.resnet4j.json.Json;
import org.resnet4j.json.JsonException;
import org.resnet4j.pass.Quantization;
import org.resnet4j.weights.WeightsException;

/**
 * What a calibration found, and so all that makes a network's plan for inference one of bytes. A model folder keeps it as
 * {@value #FILE}.
 *
 * @param how the method and its data, for people
 * @param largest the magnitude that the largest byte stands for, by the name of the value
 * @param kept convolutions that stay in F32
 */
public record Ranges(String how, Map<String, Double> largest, Set<String> kept) {
    /** Name of the file in a model folder. */
    public static final String FILE = "quantization.json";

    private static final int LONGEST = 4 << 20;

    /** Copies what is given, in the order of names. */
    public Ranges {
        largest = Collections.unmodifiableMap(new TreeMap<>(largest));
        kept = Set.copyOf(kept);
    }

    /** {@code graph}, which went through the passes for inference in F32, in bytes. */
    public Graph apply(Graph graph) {
        return Quantization.apply(graph, largest, kept);
    }

    /** Writes the file into a model folder, atomically. */
    public void write(Path folder) throws IOException {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("how", how);
        json.put("kept", kept.stream().sorted().toList());
        json.put("largest", largest);
        AtomicFile.writeText(folder.resolve(FILE), Json.write(json) + "\n");
    }

    /**
     * Those of a model folder; empty if it has none.
     *
     * @throws WeightsException if the file is there but says something else
     */
    public static Optional<Ranges> read(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        if (Files.size(file) > LONGEST) {
            throw new WeightsException(file + ": at most " + LONGEST + " bytes are read, found " + Files.size(file));
        }
        try {
            Map<String, @Nullable Object> json = Json.parseObject(Files.readString(file));
            Map<String, Double> largest = new TreeMap<>();
            if (!(json.get("largest") instanceof Map<?, ?> found)
                    || !(json.get("kept") instanceof List<?> kept)
                    || !(json.get("how") instanceof String how)) {
                throw new WeightsException(file + ": 'how', 'kept' and 'largest' are needed, found " + json.keySet());
            }
            for (Map.Entry<?, ?> e : found.entrySet()) {
                if (!(e.getValue() instanceof Number n) || !(n.doubleValue() >= 0)) {
                    throw new WeightsException(file + ": " + e.getKey() + " needs a magnitude, found " + e.getValue());
                }
                largest.put(String.valueOf(e.getKey()), n.doubleValue());
            }
            return Optional.of(new Ranges(
                    how, largest, Set.copyOf(kept.stream().map(String::valueOf).toList())));
        } catch (JsonException e) {
            throw new WeightsException(file + ": " + e.getMessage(), e);
        }
    }
}
