package org.resnet4j.cli;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.resnet4j.infer.Forward;
import org.resnet4j.infer.Pretrained;
import org.resnet4j.npy.Npy;
import org.resnet4j.safetensors.Safetensors;
import org.resnet4j.weights.Limits;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.StateDict;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A tensor in, tensors out: for whoever compares with another program. */
@Command(
        name = "forward",
        description = {
            "Runs a network on a tensor of normalised pictures, f32 [N, 3, H, W], and writes its logits.",
            "The input is the tensor 'input' of a safetensors file, or a .npy file; the output has 'logits' and each feature."
        },
        footer = {
            "",
            "Examples:",
            "  resnet forward --weights resnet50.pth --input x.safetensors --output y.safetensors",
            "  resnet forward resnet50 --weights resnet50.pth --stride v1 --input x.npy --output y.npy",
            "  resnet forward timm_folder --input x.npy --output y.safetensors --feature layer1.0.conv2 --feature layer4"
        })
final class ForwardCommand extends Surrounded {
    private static final String SAFETENSORS = ".safetensors";
    private static final String NPY = ".npy";

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "MODEL",
            description = "A run, a model folder, a file, or a network with --weights; default: the file tells.")
    private @Nullable String model;

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by the parser
    private WeightOptions weights;

    @Option(names = "--input", required = true, paramLabel = "FILE", description = ".safetensors or .npy.")
    @SuppressWarnings("NullAway.Init") // required
    private Path input;

    @Option(
            names = {"--output", "--out"},
            required = true,
            paramLabel = "FILE",
            description = ".safetensors, or .npy for the logits alone.")
    @SuppressWarnings("NullAway.Init") // required
    private Path output;

    @Option(
            names = "--feature",
            paramLabel = "NAME",
            description =
                    "Write this module's output too: torchvision's or timm's name, such as layer1.0.conv2, layer4,"
                            + " avgpool. May be repeated.")
    private List<String> features = List.of();

    @Mixin
    private final ThreadOption threads = new ThreadOption();

    ForwardCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        boolean alone = output.toString().endsWith(NPY);
        if (!alone && !output.toString().endsWith(SAFETENSORS)) {
            throw new IllegalArgumentException("--output must end in .safetensors or .npy, found " + output);
        }
        if (alone && !features.isEmpty()) {
            throw new IllegalArgumentException(
                    output + ": a .npy file holds the logits alone; write features to a .safetensors file");
        }
        try (StateDict pictures = read();
                Pretrained network = weights.open(model, ModelCache.of(surroundings));
                Arena arena = Arena.ofShared()) {
            network.notes().forEach(out()::println);
            List<NamedTensor> results =
                    Forward.run(network, tensor(pictures), features, threads.backend(surroundings), arena);
            if (alone) {
                Npy.write(output, results.getFirst());
            } else {
                Safetensors.write(output, results, Map.of());
            }
            out().println(network.spec().name() + ": "
                    + results.stream().map(t -> t.name() + " " + t.type()).collect(Collectors.joining(", ")) + " -> "
                    + output);
        }
        return 0;
    }

    private StateDict read() throws IOException {
        if (input.toString().endsWith(NPY)) {
            return Npy.read(input, Limits.DEFAULT);
        }
        if (!input.toString().endsWith(SAFETENSORS)) {
            throw new IllegalArgumentException("--input must end in .safetensors or .npy, found " + input);
        }
        return Safetensors.read(input);
    }

    private NamedTensor tensor(StateDict pictures) throws IOException {
        List<NamedTensor> all = pictures.tensors();
        NamedTensor found = input.toString().endsWith(NPY) ? all.getFirst() : pictures.find(Forward.INPUT);
        if (found == null) {
            throw new IllegalArgumentException(input + ": a tensor named " + Forward.INPUT + " is needed, found "
                    + all.stream().map(NamedTensor::name).limit(5).toList());
        }
        return found.renamed(input + ", " + found.name());
    }
}
