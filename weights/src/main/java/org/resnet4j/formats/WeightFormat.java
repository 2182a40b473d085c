package org.resnet4j.formats;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.resnet4j.weights.WeightsException;

/** A format that weights are read from. */
public enum WeightFormat {
    /** Hugging Face's safetensors. */
    SAFETENSORS("safetensors"),
    /** {@code torch.save} from PyTorch 1.6 on: a zip archive. */
    TORCH_ZIP("PyTorch zip"),
    /** {@code torch.save} before: a stream. */
    TORCH_LEGACY("PyTorch legacy stream"),
    /** {@code model.json} of TensorFlow.js. */
    TFJS("TensorFlow.js layers model"),
    /** NumPy's array file. */
    NPY("NumPy array");

    private static final int START = 512;

    private record Foreign(String name, int at, String bytes) {}

    /** What is often taken for a file of weights, so that the refusal can name it. */
    private static final List<Foreign> FOREIGN = List.of(
            new Foreign("a 7z archive; unpack it", 0, "7z\u00bc\u00af'\u001c"),
            new Foreign("a gzip file; unpack it", 0, "\u001f\u008b"),
            new Foreign("a bzip2 file; unpack it", 0, "BZh"),
            new Foreign("an xz file; unpack it", 0, "\u00fd7zXZ\0"),
            new Foreign("a zstd file; unpack it", 0, "(\u00b5/\u00fd"),
            new Foreign("a tar archive: PyTorch's before 2017, or a packed one; unpack or save it anew", 257, "ustar"),
            new Foreign(
                    "HDF5, as Keras writes it; convert it to TensorFlow.js or save it as safetensors", 0, "\u0089HDF"),
            new Foreign("an empty zip archive", 0, "PK\u0005\u0006"),
            new Foreign("a web page or XML: was the download a page about the file?", 0, "<"),
            new Foreign("a pointer of Git LFS: fetch the file itself", 0, "version https://git-lfs"),
            new Foreign("text or a pickle of protocol 0, which torch.save does not write", 0, "("),
            new Foreign("text or a pickle of protocol 0, which torch.save does not write", 0, "c"));

    private final String title;

    WeightFormat(String title) {
        this.title = title;
    }

    /** The name for people. */
    public String title() {
        return title;
    }

    /**
     * What the file is, by its first bytes.
     *
     * @throws WeightsException if it is none of these; where it can be told what it is, the message says so
     */
    public static WeightFormat of(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new WeightsException(file + ": a file of weights is expected, found "
                    + (Files.exists(file) ? "a folder or a device" : "nothing"));
        }
        ByteBuffer start = ByteBuffer.allocate(START).order(ByteOrder.LITTLE_ENDIAN);
        long size;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            size = channel.size();
            while (start.hasRemaining() && channel.read(start) >= 0) {
                // until the buffer is full or the file ends
            }
        }
        int n = start.flip().limit();
        String text = new String(start.array(), 0, n, StandardCharsets.ISO_8859_1);
        if (text.startsWith("PK\u0003\u0004")) {
            return TORCH_ZIP;
        }
        if (text.startsWith("\u0093NUMPY")) {
            return NPY;
        }
        if (n > 8 && start.get(8) == '{' && start.getLong(0) > 0 && start.getLong(0) <= size - 8) {
            return SAFETENSORS;
        }
        if (text.startsWith("\u0080")) {
            return TORCH_LEGACY;
        }
        if (text.stripLeading().startsWith("{")) {
            return TFJS;
        }
        String found = n == 0 ? "an empty file" : "other bytes";
        for (Foreign f : FOREIGN) {
            if (text.startsWith(f.bytes(), f.at())) {
                found = f.name();
                break;
            }
        }
        throw new WeightsException(
                file + ": safetensors, a file of torch.save, a model.json of TensorFlow.js or a .npy is"
                        + " expected, found " + found);
    }
}
