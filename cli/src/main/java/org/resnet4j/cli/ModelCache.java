package org.resnet4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.download.HubFolder;
import org.resnet4j.infer.ModelFolder;
import org.resnet4j.zoo.Zoo;

/**
 * The models that were fetched or imported, a folder each, and the one place where a MODEL argument becomes a path: a file or folder
 * of that name if there is one, else the model of that name here.
 *
 * @param folder that holds them
 */
record ModelCache(Path folder) {
    /** The cache of whoever runs this program. */
    static ModelCache of(Surroundings surroundings) {
        return new ModelCache(surroundings.home().resolve("models"));
    }

    /**
     * What a MODEL argument means: what lies at that path, else the folder of the model of this name.
     *
     * @throws IllegalArgumentException for the name of a model that could be had and is not here; says how to get it
     */
    Path resolve(Path model) {
        String name = model.toString();
        if (Files.exists(model)) {
            return model;
        }
        Path known = place(name);
        if (known != null && ModelFolder.is(known)) {
            return known;
        }
        if (HubFolder.is(name) || Zoo.find(name).isPresent()) {
            throw new IllegalArgumentException(
                    name + ": this model is not here yet; get it with: resnet model get " + name);
        }
        return model;
    }

    /** Where the model of this name is or would be; null for what can be no name. */
    @Nullable
    Path place(String name) {
        String file = name.replace(":", "--").replace("/", "--");
        boolean sound = file.matches("[A-Za-z0-9][A-Za-z0-9._@-]{0,250}") && !file.endsWith(".tmp");
        return sound ? folder.resolve(file) : null;
    }

    /** Where a new model of this name is to be. */
    Path requirePlace(String name) {
        Path place = place(name);
        if (place == null) {
            throw new IllegalArgumentException(
                    "a model's name has letters, digits and . _ - @, and begins with a letter or a digit; found "
                            + name);
        }
        return place;
    }

    /** The folders of all models, by name; what is being made has other names. */
    List<Path> all() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(f -> f.equals(place(String.valueOf(f.getFileName()))) && ModelFolder.is(f))
                    .sorted()
                    .toList();
        }
    }
}
