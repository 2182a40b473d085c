package org.resnet4j.infer;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.Session;
import org.resnet4j.graph.Phase;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImageFile;
import org.resnet4j.image.ReadOptions;
import org.resnet4j.pass.Passes;
import org.resnet4j.random.Rng;
import org.resnet4j.zoo.Networks;

/**
 * Names what is in a picture. Safe for use by any number of threads, which queue for its one session. Owns its memory; close it.
 * After close every call throws {@link IllegalStateException}.
 */
public final class Classifier implements AutoCloseable {

    private final ModelFolder model;
    private final Session session;
    private final ReentrantLock lock = new ReentrantLock(true);

    private Classifier(ModelFolder model, Session session) {
        this.model = model;
        this.session = session;
    }

    /** A classifier for the model in a folder. */
    public static Classifier open(Path folder, Backend backend) throws IOException {
        return open(ModelFolder.open(folder), backend);
    }

    /** A classifier for a model. */
    public static Classifier open(ModelFolder model, Backend backend) throws IOException {
        Session session = backend.compile(
                        Passes.run(Networks.graph(model.spec(), Phase.INFERENCE), Passes.forInference())
                                .withBatch(1))
                .open();
        try (Pretrained weights = Pretrained.of(model)) {
            weights.fill(session.parameters());
            session.parametersChanged();
            return new Classifier(model, session);
        } catch (IOException | RuntimeException | Error e) {
            session.close();
            throw e;
        }
    }

    /** What this classifies with. */
    public ModelFolder model() {
        return model;
    }

    /** The {@code top} likeliest classes of the picture in a file, turned upright by its EXIF data, likeliest first. */
    public List<Prediction> classify(Path file, int top) throws IOException {
        return classify(ImageFile.read(file, ReadOptions.UPRIGHT), top);
    }

    /** The {@code top} likeliest classes of a picture, likeliest first. */
    public List<Prediction> classify(Image image, int top) {
        float[] logits = logits(image);
        double max = IntStream.range(0, logits.length)
                .mapToDouble(i -> logits[i])
                .max()
                .orElseThrow();
        double sum = IntStream.range(0, logits.length)
                .mapToDouble(i -> Math.exp(logits[i] - max))
                .sum();
        return IntStream.range(0, logits.length)
                .mapToObj(i -> new Prediction(i, model.classNames().get(i), Math.exp(logits[i] - max) / sum))
                .sorted(Comparator.comparingDouble(Prediction::probability)
                        .reversed()
                        .thenComparingInt(Prediction::index))
                .limit(Math.max(1, top))
                .toList();
    }

    /** The network's raw outputs for a picture, one a class. */
    public float[] logits(Image image) {
        int size = model.spec().inputSize();
        Image ready = model.preprocessing().transform().apply(image, Rng.of(0));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment numbers = arena.allocate(3L * Float.BYTES * size * size, 64);
            model.normalization().write(ready, numbers, 0);
            lock.lock();
            try {
                session.input("input").segment().copyFrom(numbers);
                session.run();
                return session.output(model.spec().classifier()).toFloats();
            } finally {
                lock.unlock();
            }
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            session.close();
        } finally {
            lock.unlock();
        }
    }
}
