package org.resnet4j.dataset;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.resnet4j.image.Image;

/** Some samples of another set. */
record Subset(Dataset all, String what, int[] indices) implements Dataset {
    @Override
    public String description() {
        return all.description() + ", " + what + " (" + indices.length + ")";
    }

    @Override
    public int size() {
        return indices.length;
    }

    @Override
    public List<String> classNames() {
        return all.classNames();
    }

    @Override
    public int label(int i) {
        return all.label(indices[i]);
    }

    @Override
    public Image image(int i) throws IOException {
        return all.image(indices[i]);
    }

    @Override
    public Optional<Path> file(int i) {
        return all.file(indices[i]);
    }
}
