package org.resnet4j.infer;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.resnet4j.augment.Normalization;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.Parameters;
import org.resnet4j.engine.Session;
import org.resnet4j.formats.WeightFiles;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Phase;
import org.resnet4j.json.Json;
import org.resnet4j.json.JsonException;
import org.resnet4j.naming.NameReport;
import org.resnet4j.naming.Naming;
import org.resnet4j.pass.Passes;
import org.resnet4j.pass.Precision;
import org.resnet4j.quantize.Ranges;
import org.resnet4j.resnet.ResNetSpec;
import org.resnet4j.resnet.ResNetSpec.Stride;
import org.resnet4j.resnet.ResNetSpec.ZeroPad;
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.Shape;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.tfjs.TfjsModel;
import org.resnet4j.weights.Fit;
import org.resnet4j.weights.Limits;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.StateDict;
import org.resnet4j.weights.WeightsException;
import org.resnet4j.zoo.NetworkSpec;
import org.resnet4j.zoo.Networks;
import org.resnet4j.zoo.Recognition;
import org.resnet4j.zoo.SpecJson;

/**
 * A network with its weights, whoever wrote them: a folder of this program, of timm or of transformers, or one file of
 * safetensors, PyTorch or TensorFlow.js. The network is the one that is asked for, or what the files say, or what names and
 * shapes tell; {@link #notes} has what was assumed. Owns the memory of the weights; close it. Safe for reading by many threads.
 */
public final class Pretrained implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Pretrained.class.getName());

    /** Network description in the metadata of this program's files. */
    static final String NETWORK = "resnet4j.network";

    private final NetworkSpec spec;
    private final List<String> classNames;
    private final Preprocessing preprocessing;
    private final Memory memory;
    private final Map<String, NamedTensor> weights;
    private final Naming naming;
    private final List<String> notes;
    private final Optional<Ranges> ranges;

    private Pretrained(
            ModelConfig config,
            Optional<Ranges> ranges,
            Memory memory,
            NameReport report,
            Naming naming,
            List<String> notes) {
        this.ranges = ranges;
        this.spec = config.spec();
        this.classNames = config.classNames();
        this.preprocessing = config.preprocessing();
        this.memory = memory;
        this.weights = report.matched();
        this.naming = naming;
        this.notes = List.copyOf(notes);
    }

    /** The file's tensors, and what translating their names changed. */
    private static final class Memory implements AutoCloseable {
        private final StateDict file;
        private final Arena arena = Arena.ofShared();

        Memory(StateDict file) {
            this.file = file;
        }

        @Override
        public void close() {
            arena.close();
            file.close();
        }
    }

    /**
     * What the user says of the structure, where names and shapes leave it open or the file is wrong.
     *
     * @param network the network, or null to find out
     * @param stride where a bottleneck has its stride, or null
     * @param pad where option A has its zeros, or null
     * @param plain true for a plain network
     */
    public record Choice(
            @Nullable NetworkSpec network,
            @Nullable Stride stride,
            @Nullable ZeroPad pad,
            boolean plain) {
        /** Nothing is said. */
        public static final Choice NONE = new Choice(null, null, null, false);

        /** This network. */
        public static Choice of(NetworkSpec network) {
            return new Choice(network, null, null, false);
        }

        private NetworkSpec applied(NetworkSpec found) {
            if (!(found instanceof ResNetSpec spec)) {
                return found;
            }
            spec = stride == null ? spec : spec.withStride(stride);
            spec = pad == null ? spec : spec.withPad(pad);
            return plain ? spec.withShortcut(ResNetSpec.Shortcut.NONE) : spec;
        }
    }

    /** Opens a folder or a file, and finds out what it is. */
    public static Pretrained open(Path path) throws IOException {
        return open(path, Choice.NONE);
    }

    /**
     * Opens a folder or a file.
     *
     * @throws WeightsException if it cannot be read, belongs to no network that is known or does not fit the one that is asked for
     */
    public static Pretrained open(Path path, Choice choice) throws IOException {
        StateDict file = WeightFiles.open(path, Limits.DEFAULT);
        Memory memory = new Memory(file);
        try {
            boolean ours = file.metadata().containsKey(NETWORK); // then how it was read is nothing to tell
            List<String> notes = new ArrayList<>(ours ? List.of() : file.notes());
            Naming.Translated translated = Naming.translate(file.tensors(), memory.arena);
            notes.addAll(translated.notes());
            ModelConfig config = config(path, file, translated, choice, notes);
            return fitted(path, config, memory, translated, notes);
        } catch (IOException | RuntimeException | Error e) {
            memory.close();
            throw e;
        }
    }

    /** The model of a folder or a run of this program, which says all but the weights itself. */
    public static Pretrained of(ModelFolder model) throws IOException {
        StateDict file = WeightFiles.open(model.weights(), Limits.DEFAULT);
        Memory memory = new Memory(file);
        try {
            return fitted(
                    model.weights(),
                    model.config(),
                    memory,
                    new Naming.Translated(Naming.TORCHVISION, file.tensors(), List.of()),
                    List.of());
        } catch (IOException | RuntimeException | Error e) {
            memory.close();
            throw e;
        }
    }

    private static Pretrained fitted(
            Path path, ModelConfig config, Memory memory, Naming.Translated translated, List<String> notes)
            throws IOException {
        NameReport report = NameReport.of(wanted(config.spec()), translated.tensors());
        report.requireComplete(
                path + ", " + config.spec().name(),
                () -> Recognition.of(shapes(translated))
                        .map(r -> r.spec().name() + " with " + r.spec().classes() + " classes"));
        List<String> wrong = Fit.nonFinite(report.matched().values());
        if (!wrong.isEmpty()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    path + ": NaN or infinity in " + wrong + "; answers will be no better");
        }
        Path folder = Files.isDirectory(path) ? path : path.toAbsolutePath().resolveSibling(".");
        Optional<Ranges> ranges = Ranges.read(folder);
        List<String> said = new ArrayList<>(notes);
        ranges.ifPresent(r -> said.add("quantized (" + r.how() + "): int8 unless another precision is asked for"));
        return new Pretrained(config, ranges, memory, report, translated.naming(), said);
    }

    private static ModelConfig config(
            Path path, StateDict file, Naming.Translated translated, Choice choice, List<String> notes)
            throws IOException {
        if (choice.network() == null && Files.isRegularFile(path.resolve(ModelConfig.FILE))) {
            ModelConfig said = ModelConfig.read(path, () -> recognised(path, translated, notes));
            NetworkSpec spec = choice.applied(said.spec());
            return new ModelConfig(spec, said.classNames(), said.preprocessing());
        }
        NetworkSpec named = choice.network();
        NetworkSpec spec = choice.applied(named != null ? named : described(path, file, translated, notes));
        Normalization normalization = switch (translated.naming()) {
            case AKAMASTER -> Normalization.IMAGENET;
            case KERAS -> Normalization.CAFFE;
            case TORCHVISION, TRANSFORMERS -> Preprocessing.usual(spec).normalization();
        };
        return new ModelConfig(
                spec,
                ModelConfig.unnamed(spec.classes()),
                Preprocessing.usual(spec).withNormalization(normalization));
    }

    /** The network that the file's metadata describe, else the one that its tensors look like. */
    private static NetworkSpec described(Path path, StateDict file, Naming.Translated translated, List<String> notes)
            throws IOException {
        String own = file.metadata().get(NETWORK);
        if (own != null) {
            try {
                return SpecJson.read(Json.parseObject(own));
            } catch (JsonException | IllegalArgumentException e) {
                throw new WeightsException(path + ": its description of the network: " + e.getMessage(), e);
            }
        }
        NetworkSpec recognised;
        try {
            recognised = recognised(path, translated, notes);
        } catch (IllegalArgumentException e) {
            throw new WeightsException(String.valueOf(e.getMessage()), e);
        }
        if (!(recognised instanceof ResNetSpec spec)) {
            return recognised;
        }
        return switch (translated.naming()) {
            case AKAMASTER -> {
                notes.add("linear.* names: took zero channels split and ImageNet's mean and deviation");
                yield spec.withPad(ZeroPad.SPLIT);
            }
            case KERAS -> {
                String epsilon = file.metadata().get(TfjsModel.EPSILON);
                notes.removeIf(n -> n.startsWith("assumed stride")); // the names say it
                ResNetSpec v1 = spec.withStride(Stride.V1);
                yield epsilon == null ? v1 : withEpsilon(path, v1, epsilon);
            }
            case TORCHVISION, TRANSFORMERS -> spec;
        };
    }

    private static ResNetSpec withEpsilon(Path path, ResNetSpec spec, String epsilon) throws WeightsException {
        try {
            return spec.withVariant(v -> v.withEpsilon(Double.parseDouble(epsilon)));
        } catch (IllegalArgumentException e) {
            throw new WeightsException(path + ": " + TfjsModel.EPSILON + " is no epsilon: " + epsilon, e);
        }
    }

    /** Throws {@link IllegalArgumentException} if it is none. */
    private static NetworkSpec recognised(Path path, Naming.Translated translated, List<String> notes) {
        Map<String, Shape> shapes = shapes(translated);
        Recognition found = Recognition.of(shapes)
                .orElseThrow(() -> new IllegalArgumentException(path + ": no network that is known has these "
                        + shapes.size() + " tensors, the first of which are "
                        + shapes.keySet().stream().limit(3).toList() + "; name the network to see what is different"));
        notes.addAll(found.assumptions());
        return found.spec();
    }

    private static Map<String, Shape> shapes(Naming.Translated translated) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        translated.tensors().forEach(t -> shapes.put(t.name(), t.type().shape()));
        return shapes;
    }

    /** Every parameter and buffer of the network, in its order. */
    static Map<String, TensorType> wanted(NetworkSpec spec) {
        Map<String, TensorType> wanted = new LinkedHashMap<>();
        Networks.graph(spec, Phase.INFERENCE)
                .parameters()
                .forEach(p -> wanted.put(p.name(), p.value().type()));
        return wanted;
    }

    /** The network. */
    public NetworkSpec spec() {
        return spec;
    }

    /** In the order of the logits. */
    public List<String> classNames() {
        return classNames;
    }

    /** What happens to pictures. */
    public Preprocessing preprocessing() {
        return preprocessing;
    }

    /** What was read, assumed and changed, a sentence each. */
    public List<String> notes() {
        return notes;
    }

    /** A session of a graph of {@link #spec}'s network on a backend, its parameters set; the caller closes it. */
    public Session session(Graph graph, Backend backend) throws WeightsException {
        Session session = backend.compile(graph).open();
        try {
            fill(session.parameters());
            session.parametersChanged();
            return session;
        } catch (WeightsException | RuntimeException | Error e) {
            session.close();
            throw e;
        }
    }

    /** Sets every parameter of a session of {@link #spec}'s graph; call {@code parametersChanged} on it afterwards. */
    public void fill(Parameters parameters) throws WeightsException {
        for (Parameters.Slot slot : parameters.slots()) {
            NamedTensor t = weights.get(slot.name());
            if (t == null) {
                throw new WeightsException(
                        slot.name() + " is none of the " + weights.size() + " tensors of " + spec.name());
            }
            parameters.set(slot.name(), values(t));
        }
    }

    /** The numbers of a tensor for pictures of red, green and blue, in this order. */
    private float[] values(NamedTensor t) throws WeightsException {
        float[] values = t.toFloats();
        // Keras's ResNets take blue, green, red.
        if (naming == Naming.KERAS && t.name().equals(spec.firstConvolution() + ".weight")) {
            reverseChannels(values, t.type().shape());
        }
        return values;
    }

    /** Every parameter and buffer of the network in its order, under our names, as F32 in memory of {@code arena}. */
    List<NamedTensor> tensors(Arena arena) throws WeightsException {
        List<NamedTensor> all = new ArrayList<>();
        for (NamedTensor t : weights.values()) {
            all.add(NamedTensor.of(t.name(), t.type().withDType(DType.F32), values(t), arena));
        }
        return all;
    }

    /** Whose names the weights had. */
    public Naming naming() {
        return naming;
    }

    /** The kernel for red, green and blue from that for blue, green and red. */
    private static void reverseChannels(float[] kernel, Shape shape) {
        int pixels = (int) (shape.dim(2) * shape.dim(3));
        for (int o = 0; o < kernel.length; o += 3 * pixels) {
            for (int p = 0; p < pixels; p++) {
                float blue = kernel[o + p];
                kernel[o + p] = kernel[o + 2 * pixels + p];
                kernel[o + 2 * pixels + p] = blue;
            }
        }
    }

    /** True if the file itself says which class is which; the 1000 classes of ILSVRC are taken for those of 1000 without names. */
    public boolean namesClasses() {
        return !classNames.equals(ModelConfig.unnamed(spec.classes()));
    }

    /** What a calibration found, if the folder of the weights has it. */
    public Optional<Ranges> ranges() {
        return ranges;
    }

    /** What this model is computed in where nobody asks for anything else: INT8 if it was quantised. */
    public Precision usualPrecision() {
        return ranges.isPresent() ? Precision.INT8 : Precision.FP32;
    }

    /**
     * The network for inference, before its batch is fixed.
     *
     * @param sized {@link #spec}, or it with another input size
     * @throws IllegalArgumentException for INT8 if the model was not quantised
     */
    public Graph graph(NetworkSpec sized, Precision precision) {
        return graph(Networks.graph(sized, Phase.INFERENCE), precision);
    }

    /**
     * A graph of this network for inference, as the one that runs.
     *
     * @param network which no pass has changed; perhaps for pictures of another shape, or with other outputs
     * @throws IllegalArgumentException for INT8 if the model was not quantised
     */
    public Graph graph(Graph network, Precision precision) {
        return precision == Precision.INT8 && ranges.isPresent()
                ? ranges.get().apply(Passes.forInference(network, Precision.FP32))
                : Passes.forInference(network, precision);
    }

    /** Frees the weights. */
    @Override
    public void close() {
        memory.close();
    }
}
