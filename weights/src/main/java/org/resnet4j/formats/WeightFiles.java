package org.resnet4j.formats;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.npy.Npy;
import org.resnet4j.pickle.TorchFile;
import org.resnet4j.safetensors.Safetensors;
import org.resnet4j.tfjs.TfjsModel;
import org.resnet4j.weights.Limits;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.StateDict;
import org.resnet4j.weights.WeightsException;

/** Opens weights whatever their format, and unwraps them. Stateless. */
public final class WeightFiles {
    /** What wrappers put before every name: DataParallel, {@code torch.compile}, a module that holds the network. */
    private static final List<String> PREFIXES = List.of("module.", "_orig_mod.", "model.");

    /** The counter beside the names of a moving average of PyTorch, which has no prefix. */
    private static final String AVERAGED = "n_averaged";

    private static final List<String> IN_FOLDER = List.of("model.safetensors", "model.json", "pytorch_model.bin");

    private WeightFiles() {}

    /** Opens a file, or a folder with a model of Hugging Face or TensorFlow.js in it. */
    public static StateDict open(Path path, Limits limits) throws IOException {
        return open(path, limits, null);
    }

    /**
     * Opens a file or a folder.
     *
     * @param entry which dictionary of a PyTorch checkpoint to open, such as {@code state_dict}; null to look for the usual ones, a
     *     moving average first
     * @return names as the file has them, less what wrappers put before all of them; the notes say what was done
     * @throws WeightsException if the file is of no format that is read, broken, hostile or passes a limit
     */
    public static StateDict open(Path path, Limits limits, @Nullable String entry) throws IOException {
        Path file = inFolder(path);
        WeightFormat format = WeightFormat.of(file);
        StateDict raw = switch (format) {
            case SAFETENSORS -> Safetensors.read(file, limits);
            case TORCH_ZIP, TORCH_LEGACY -> TorchFile.read(file, limits, entry);
            case TFJS -> TfjsModel.read(file, limits).weights();
            case NPY -> Npy.read(file, limits);
        };
        List<String> notes = new ArrayList<>();
        notes.add("read " + format.title());
        notes.addAll(raw.notes());
        List<NamedTensor> tensors = raw.tensors();
        for (String prefix = common(tensors); prefix != null; prefix = common(tensors)) {
            tensors = without(prefix, tensors);
            notes.add("took " + prefix + " from the front of every name");
        }
        return StateDict.adopt(tensors, raw.metadata(), notes, raw::close);
    }

    private static Path inFolder(Path path) {
        if (Files.isDirectory(path)) {
            for (String name : IN_FOLDER) {
                if (Files.exists(path.resolve(name))) {
                    return path.resolve(name);
                }
            }
        }
        return path;
    }

    private static @Nullable String common(List<NamedTensor> tensors) {
        for (String prefix : PREFIXES) {
            if (tensors.stream().anyMatch(t -> t.name().startsWith(prefix))
                    && tensors.stream()
                            .allMatch(
                                    t -> t.name().startsWith(prefix) || t.name().equals(AVERAGED))) {
                return prefix;
            }
        }
        return null;
    }

    private static List<NamedTensor> without(String prefix, List<NamedTensor> tensors) {
        return tensors.stream()
                .filter(t -> !t.name().equals(AVERAGED))
                .map(t -> t.renamed(t.name().substring(prefix.length())))
                .toList();
    }
}
