package org.resnet4j.infer;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.resnet4j.checkpoint.AtomicFile;
import org.resnet4j.checkpoint.AtomicFolder;
import org.resnet4j.graph.Parameter;
import org.resnet4j.graph.Phase;
import org.resnet4j.json.Json;
import org.resnet4j.naming.Naming;
import org.resnet4j.onnx.OnnxExport;
import org.resnet4j.quantize.Ranges;
import org.resnet4j.resnet.ResNetSpec;
import org.resnet4j.resnet.ResNetSpec.Shortcut;
import org.resnet4j.resnet.ResNetSpec.Stem;
import org.resnet4j.resnet.Variant;
import org.resnet4j.safetensors.Safetensors;
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.Shape;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.trainer.Initializer;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.WeightsException;
import org.resnet4j.zoo.NetworkSpec;
import org.resnet4j.zoo.Networks;
import org.resnet4j.zoo.SpecJson;

/**
 * Writes a model so that this program and others open it. Owns copies of the weights, f32; close it. Used by one thread. Whatever is
 * written stands under its name only when it is whole; nothing that exists is replaced.
 */
public final class ModelWriter implements AutoCloseable {
    /** Where a folder says what it was made of. */
    public static final String PROVENANCE = "provenance.json";

    private static final String ONNX = "model.onnx";
    private static final String VARIANCE = ".running_var";

    /** What is written. */
    public enum Format {
        /** Our folder, which timm and transformers open as timm's where they have such a network; for int8 if it is quantised. */
        FOLDER,
        /** A folder with transformers' own names and configuration; it can say stride v1. */
        TRANSFORMERS,
        /** One file of safetensors with torchvision's names. */
        SAFETENSORS,
        /** One ONNX file, batch norm kept. */
        ONNX
    }

    private final Arena arena = Arena.ofShared();
    private ModelConfig config;
    private List<NamedTensor> tensors;
    private Optional<Ranges> ranges;

    private ModelWriter(ModelConfig config, Optional<Ranges> ranges) {
        this.config = config;
        this.tensors = List.of();
        this.ranges = ranges;
    }

    /** A writer of this model, which may be closed before. */
    public static ModelWriter of(Pretrained model) throws IOException {
        ModelWriter writer = new ModelWriter(
                new ModelConfig(model.spec(), model.classNames(), model.preprocessing()), model.ranges());
        try {
            writer.tensors = model.tensors(writer.arena);
            return writer;
        } catch (IOException | RuntimeException | Error e) {
            writer.close();
            throw e;
        }
    }

    /** What is written. */
    public NetworkSpec spec() {
        return config.spec();
    }

    /** Makes the model a quantised one, or one that is quantised otherwise; only a {@link Format#FOLDER} says so. */
    public void quantize(Ranges found) {
        ranges = Optional.of(found);
    }

    /**
     * Replaces the last layer by a new one for other classes, as training would begin with it.
     *
     * @param seed of its numbers
     */
    public void newHead(int classes, long seed) {
        NetworkSpec spec = config.spec().withClasses(classes);
        Map<String, Parameter> drawn = new LinkedHashMap<>();
        for (Parameter p : Networks.graph(spec, Phase.INFERENCE).parameters()) {
            if (p.name().startsWith(spec.classifier() + ".")) {
                drawn.put(p.name(), p);
            }
        }
        tensors = tensors.stream()
                .map(t -> {
                    Parameter p = drawn.get(t.name());
                    return p == null ? t : NamedTensor.of(t.name(), p.value().type(), Initializer.draw(p, seed), arena);
                })
                .toList();
        config = new ModelConfig(spec, ModelConfig.unnamed(classes), config.preprocessing());
    }

    /**
     * Writes the model.
     *
     * @param out the folder or file to be; its own folder is made where it is missing
     * @param provenance what the model was made of, JSON values by name; goes into {@code provenance.json} or the file's metadata
     * @param onnx true for {@code model.onnx} in a folder besides
     * @throws FileAlreadyExistsException if {@code out} exists
     * @throws WeightsException if the format has no such network
     */
    public void write(Format format, Path out, Map<String, ? extends @Nullable Object> provenance, boolean onnx)
            throws IOException {
        if (Files.exists(out)) {
            throw new FileAlreadyExistsException(out.toString());
        }
        Path parent = out.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Map<String, String> metadata = new LinkedHashMap<>(metadata(spec()));
        metadata.put("resnet4j.provenance", Json.write(provenance));
        switch (format) {
            case SAFETENSORS -> Safetensors.write(out, tensors, metadata);
            case ONNX -> onnx(out, metadata);
            case FOLDER ->
                folder(out, provenance, onnx, made -> {
                    Portable p = TimmName.of(spec()).isEmpty()
                                    && TimmName.of(usualEpsilon().spec()).isPresent()
                            ? usualEpsilon()
                            : new Portable(spec(), tensors);
                    Safetensors.write(made.resolve(ModelFolder.WEIGHTS), counted(p.tensors()), metadata(p.spec()));
                    new ModelConfig(p.spec(), config.classNames(), config.preprocessing()).write(made);
                    if (ranges.isPresent()) {
                        ranges.get().write(made);
                    }
                });
            case TRANSFORMERS -> {
                ResNetSpec network = requireTransformers();
                folder(out, provenance, onnx, made -> {
                    List<NamedTensor> renamed = counted(usualEpsilon().tensors()).stream()
                            .map(t -> t.renamed(Naming.toTransformers(t.name())))
                            .toList();
                    Safetensors.write(made.resolve(ModelFolder.WEIGHTS), renamed, Map.of("format", "pt"));
                    config.writeTransformers(made, network);
                });
            }
        }
    }

    /** What a file of weights of this program says of itself; transformers wants to know that it is PyTorch's layout. */
    static Map<String, String> metadata(NetworkSpec spec) {
        return Map.of("format", "pt", "model", spec.name(), Pretrained.NETWORK, Json.write(SpecJson.write(spec)));
    }

    private void onnx(Path file, Map<String, String> metadata) throws IOException {
        OnnxExport.write(file, Networks.graph(spec(), Phase.INFERENCE), tensors, metadata);
    }

    private void folder(
            Path out, Map<String, ? extends @Nullable Object> provenance, boolean onnx, AtomicFolder.Content content)
            throws IOException {
        AtomicFolder.write(out, made -> {
            content.writeTo(made);
            AtomicFile.writeText(made.resolve(ModelFolder.LABELS), String.join("\n", config.classNames()) + "\n");
            AtomicFile.writeText(made.resolve(PROVENANCE), Json.write(provenance) + "\n");
            if (onnx) {
                onnx(made.resolve(ONNX), metadata(spec()));
            }
        });
    }

    /** With the counters that PyTorch's batch norms have; without them transformers says that they are missing. */
    private List<NamedTensor> counted(List<NamedTensor> all) {
        List<NamedTensor> with = new ArrayList<>(all);
        TensorType type = new TensorType(DType.S64, Shape.scalar());
        for (NamedTensor t : all) {
            if (t.name().endsWith(VARIANCE)) {
                String name = t.name().substring(0, t.name().length() - VARIANCE.length()) + ".num_batches_tracked";
                with.add(new NamedTensor(name, type, arena.allocate(type.bytes(), Long.BYTES)));
            }
        }
        return with;
    }

    /** A network with its weights. */
    private record Portable(NetworkSpec spec, List<NamedTensor> tensors) {}

    /** The same function with PyTorch's epsilon: what a larger one has more goes into the variances. */
    private Portable usualEpsilon() throws WeightsException {
        if (!(spec() instanceof ResNetSpec network) || network.variant().epsilon() <= TimmName.EPSILON) {
            return new Portable(spec(), tensors);
        }
        double more = network.variant().epsilon() - TimmName.EPSILON;
        List<NamedTensor> moved = new ArrayList<>();
        for (NamedTensor t : tensors) {
            if (t.name().endsWith(VARIANCE)) {
                float[] variance = t.toFloats();
                for (int i = 0; i < variance.length; i++) {
                    variance[i] = (float) (variance[i] + more);
                }
                moved.add(NamedTensor.of(t.name(), t.type(), variance, arena));
            } else {
                moved.add(t);
            }
        }
        return new Portable(network.withVariant(v -> v.withEpsilon(TimmName.EPSILON)), moved);
    }

    private ResNetSpec requireTransformers() throws WeightsException {
        if (spec() instanceof ResNetSpec network) {
            Variant v = network.variant();
            boolean known = network.stem() == Stem.IMAGENET
                    && network.shortcut() == Shortcut.B
                    && v.order() == Variant.Order.POST
                    && v.groups() == 1
                    && v.groupWidth() == 64
                    && v.squeeze() == 0
                    && !v.averageDown()
                    && !v.bias()
                    && v.epsilon() >= TimmName.EPSILON;
            if (known) {
                return network;
            }
        }
        throw new WeightsException(
                spec().name()
                        + ": transformers has residual networks of the paper with option B only; write --format folder or onnx");
    }

    /** Frees the copies. */
    @Override
    public void close() {
        arena.close();
    }
}
