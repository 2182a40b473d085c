package org.resnet4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.download.Checksum;
import org.resnet4j.infer.ModelWriter;
import org.resnet4j.infer.Pretrained;

/**
 * Makes a model folder of weights from elsewhere, with a record of what it was made of.
 *
 * @param name of the model
 * @param source where the weights come from, for the record: a name or an address, no path of this machine
 * @param facts what else is known of them, such as the licence; JSON values by name
 */
record ModelImport(String name, String source, Map<String, ? extends @Nullable Object> facts) {
    /**
     * A new last layer.
     *
     * @param classes of it
     * @param seed of its numbers
     */
    record Head(int classes, long seed) {}

    /** What is in the weights' place, with their network and what was assumed. */
    interface Told {
        /** Called with each sentence. */
        void note(String sentence);
    }

    /**
     * Writes the folder {@code out}.
     *
     * @param from a file or a folder of any program
     */
    void write(Path from, Pretrained.Choice choice, @Nullable Head head, Path out, Told told) throws IOException {
        try (Pretrained model = Pretrained.open(from, choice);
                ModelWriter writer = ModelWriter.of(model)) {
            List<String> assumptions = new ArrayList<>(model.notes());
            if (!model.namesClasses()) {
                assumptions.add(
                        model.spec().classes() == 1000
                                ? "the 1000 classes have no names there: took ILSVRC 2012's"
                                : "the classes have no names there: numbered them");
            }
            if (head != null) {
                writer.newHead(head.classes(), head.seed());
                assumptions.add("new last layer of " + head.classes() + " classes, seed " + head.seed());
            }
            assumptions.forEach(told::note);
            Map<String, @Nullable Object> provenance = new LinkedHashMap<>();
            provenance.put("name", name);
            provenance.put("source", source);
            provenance.put("sha256", hashes(from));
            provenance.put("program", new Main.Version().getVersion()[0]);
            provenance.put("naming", model.naming().title());
            provenance.put("network", writer.spec().name());
            provenance.put("assumptions", assumptions);
            provenance.putAll(facts);
            writer.write(ModelWriter.Format.FOLDER, out, provenance, false);
        }
    }

    /** SHA-256 by file name, of a file or of every file of a folder. */
    private static Map<String, Object> hashes(Path from) throws IOException {
        List<Path> files;
        if (Files.isDirectory(from)) {
            try (Stream<Path> entries = Files.list(from)) {
                files = entries.filter(Files::isRegularFile).sorted().toList();
            }
        } else {
            files = List.of(from);
        }
        Map<String, Object> hashes = new LinkedHashMap<>();
        for (Path file : files) {
            hashes.put(
                    String.valueOf(file.getFileName()),
                    Checksum.of("SHA-256", file).hex());
        }
        return hashes;
    }
}
