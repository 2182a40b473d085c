package org.resnet4j.tfjs;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.resnet4j.json.Json;
import org.resnet4j.json.JsonException;
import org.resnet4j.weights.Limits;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.StateDict;
import org.resnet4j.weights.WeightsException;

/**
 * A layers model of TensorFlow.js. Names are Keras's, such as {@code res2a_branch2a/kernel}; the kernels of convolutions come
 * out as [O, I, H, W] and those of dense layers as [O, I], whereas the file has [H, W, I, O] and [I, O]. Owns the memory of its
 * weights; close it.
 *
 * @param weights the tensors; {@code batch_norm_epsilon} is in the metadata where all batch norms have the same
 * @param layers in the file's order
 */
public record TfjsModel(StateDict weights, List<Layer> layers) implements AutoCloseable {
    /** Name under which the weights' metadata give the batch norms' common epsilon. */
    public static final String EPSILON = "batch_norm_epsilon";

    /** ResNet-50's has 100 kB. A tree of JSON takes many times its text in memory. */
    private static final long MOST_JSON = 8 << 20;

    private static final String BATCH_NORM = "BatchNormalization";

    /**
     * A layer as the file describes it.
     *
     * @param name as in the names of its weights
     * @param className such as {@code Conv2D}
     * @param config hyper-parameters, plain JSON values
     */
    public record Layer(String name, String className, Map<String, @Nullable Object> config) {}

    /** Copies the list. */
    public TfjsModel {
        layers = List.copyOf(layers);
    }

    /**
     * Reads {@code model.json} and the shards beside it.
     *
     * @throws WeightsException if anything is broken, leads out of the folder or passes a limit
     */
    public static TfjsModel read(Path file, Limits limits) throws IOException {
        String where = file.toString();
        long size = Files.size(file);
        long most = Math.min(MOST_JSON, limits.headerBytes());
        if (!Files.isRegularFile(file) || size > most) {
            throw new WeightsException(where + ": a model.json is a file of at most " + most
                    + " bytes (Limits.headerBytes), found " + size);
        }
        try {
            Map<String, @Nullable Object> model = Json.parseObject(Files.readString(file));
            Object format = model.get("format");
            if (format != null && !format.equals("layers-model")) {
                throw new WeightsException(where + ": format must be layers-model, found " + format
                        + "; graph models have lost their layers and are not read");
            }
            List<Layer> layers = layers(model.get("modelTopology"));
            List<Shards> groups = Shards.parse(model.get("weightsManifest"), limits, where);
            StateDict weights = StateDict.load(metadata(layers), List.of(), arena -> load(file, groups, arena));
            return new TfjsModel(weights, layers);
        } catch (CharacterCodingException e) {
            throw new WeightsException(where + ": it must be UTF-8", e);
        } catch (JsonException e) {
            throw new WeightsException(where + ": " + e.getMessage(), e);
        }
    }

    private static List<NamedTensor> load(Path file, List<Shards> groups, Arena arena) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        List<NamedTensor> tensors = new ArrayList<>();
        for (Shards group : groups) {
            List<Path> paths = new ArrayList<>();
            for (String name : group.paths()) {
                Path path = folder == null ? Path.of(name) : folder.resolve(name);
                if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                    throw new WeightsException(file + ": the shard " + name + " must be a file beside it, not a link");
                }
                paths.add(path);
            }
            tensors.addAll(group.load(paths, arena));
        }
        return tensors;
    }

    private static List<Layer> layers(@Nullable Object topology) throws JsonException {
        if (topology == null) {
            return List.of();
        }
        Map<String, @Nullable Object> t = Json.object(topology, "modelTopology");
        Map<String, @Nullable Object> model =
                t.get("model_config") == null ? t : Json.object(t.get("model_config"), "model_config");
        Object list = model.get("config") instanceof List<?> sequential
                ? sequential
                : Json.object(model.get("config"), "config").get("layers");
        List<Layer> layers = new ArrayList<>();
        if (!(list instanceof List<?> entries)) {
            throw new JsonException("modelTopology must list its layers");
        }
        for (Object entry : entries) {
            Map<String, @Nullable Object> layer = Json.object(entry, "a layer");
            Map<String, @Nullable Object> config = Json.object(layer.get("config"), "a layer's config");
            if (!(config.get("name") instanceof String name) || !(layer.get("class_name") instanceof String kind)) {
                throw new JsonException("a layer must have a class_name and a name");
            }
            layers.add(new Layer(name, kind, config));
        }
        return layers;
    }

    private static Map<String, String> metadata(List<Layer> layers) {
        Set<String> epsilons = new TreeSet<>();
        for (Layer layer : layers) {
            if (layer.className().equals(BATCH_NORM) && layer.config().get("epsilon") instanceof Number n) {
                epsilons.add(n.toString());
            }
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        if (epsilons.size() == 1) {
            metadata.put(EPSILON, epsilons.iterator().next());
        }
        return metadata;
    }

    /** The layer of this name, or null. */
    public @Nullable Layer layer(String name) {
        return layers.stream().filter(l -> l.name().equals(name)).findFirst().orElse(null);
    }

    /** Frees the memory of the weights. */
    @Override
    public void close() {
        weights.close();
    }
}
