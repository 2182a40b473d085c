package org.resnet4j.infer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.Session;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Phase;
import org.resnet4j.graph.Value;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImageException;
import org.resnet4j.image.ImageFile;
import org.resnet4j.image.ReadOptions;
import org.resnet4j.pass.Precision;
import org.resnet4j.weights.WeightsException;
import org.resnet4j.zoo.Modules;
import org.resnet4j.zoo.Networks;

/**
 * Names what is in pictures, with weights of any program, the preprocessing that belongs to them, and the precision that the model
 * was made for: a quantised one runs in INT8. Safe for use by any number of threads, which queue for its sessions: one for single
 * pictures and one for many at a time, each made when it is first needed. Owns its memory and the weights; close it. After close
 * every call throws {@link IllegalStateException}.
 */
public final class Classifier implements AutoCloseable {
    /** Numbers of a batch's pictures: enough for all threads, little enough for any machine. */
    private static final int BATCH_PIXELS = 16 * 224 * 224;

    private static final int MOST = 64;

    private final Pretrained model;
    private final Backend backend;
    private final Graph graph;
    private final Value logits;
    private final Value embedding;
    private final Map<Integer, Session> sessions = new HashMap<>();
    private final ReentrantLock lock = new ReentrantLock(true);
    private boolean closed;

    private Classifier(Pretrained model, Precision precision, Backend backend) {
        this.model = model;
        this.backend = backend;
        Graph network = Networks.graph(model.spec(), Phase.INFERENCE);
        this.logits = network.outputs().getFirst();
        this.embedding = Modules.of(model.spec(), network).embedding();
        this.graph = model.graph(network.withOutputs(List.of(logits, embedding)), precision);
    }

    /** A classifier with what {@link Pretrained#open(Path)} finds in a folder or a file. */
    public static Classifier open(Path path, Backend backend) throws IOException {
        return of(Pretrained.open(path), backend);
    }

    /** A classifier with the model of a run or a folder of this program. */
    public static Classifier open(ModelFolder model, Backend backend) throws IOException {
        return of(Pretrained.of(model), backend);
    }

    /** A classifier with these weights, which it closes in the end, in the model's {@link Pretrained#usualPrecision}. */
    public static Classifier of(Pretrained model, Backend backend) {
        return of(model, model.usualPrecision(), backend);
    }

    /**
     * A classifier with these weights, which it closes in the end; also if this throws.
     *
     * @throws IllegalArgumentException for INT8 if the model was not quantised
     */
    public static Classifier of(Pretrained model, Precision precision, Backend backend) {
        try {
            return new Classifier(model, precision, backend);
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    /** What this classifies with. */
    public Pretrained model() {
        return model;
    }

    /** The {@code top} likeliest classes of the picture in a file, turned upright by its EXIF data, likeliest first. */
    public List<Prediction> classify(Path file, int top) throws IOException {
        return classify(ImageFile.read(file, ReadOptions.UPRIGHT), top);
    }

    /** The {@code top} likeliest classes of a picture, likeliest first. */
    public List<Prediction> classify(Image image, int top) {
        return answer(image).predictions(top);
    }

    /**
     * The {@code top} likeliest classes of each of many files, turned upright by their EXIF data; many at a time.
     *
     * @throws ImageException for the first that cannot be read
     */
    public List<List<Prediction>> classify(List<Path> files, int top) throws IOException {
        List<List<Prediction>> all = new ArrayList<>();
        List<PictureSource> sources = files.stream()
                .map(f -> PictureSource.of(f, ReadOptions.UPRIGHT))
                .toList();
        each(sources, new Listener() {
            @Override
            public void answered(PictureSource picture, Answer answer) {
                all.add(answer.predictions(top));
            }

            @Override
            public void unreadable(PictureSource picture, ImageException reason) throws IOException {
                throw reason;
            }
        });
        return all;
    }

    /** The network's raw outputs for a picture, one a class. */
    public float[] logits(Image image) {
        return answer(image).logits();
    }

    /** What the network says of a picture. */
    public Answer answer(Image image) {
        return run(List.of(numbers(image)), 1).getFirst();
    }

    /** Is told, in the order of the pictures, what became of each. */
    public interface Listener {
        /** A picture was read, and this was said of it. */
        void answered(PictureSource picture, Answer answer) throws IOException;

        /** A picture could not be read; the others are done all the same, unless this throws. */
        void unreadable(PictureSource picture, ImageException reason) throws IOException;
    }

    /**
     * Runs many pictures: read and prepared on other threads while the network runs on those before. The listener is called on this
     * thread.
     *
     * @throws IOException what the listener throws
     */
    public void each(List<PictureSource> pictures, Listener listener) throws IOException {
        int batch = Math.min(batchSize(), pictures.size());
        try (ReadAhead<float[]> ahead =
                new ReadAhead<>(pictures, 2 * batch, Integer.MAX_VALUE, source -> numbers(source.read()))) {
            List<ReadAhead.Prepared<float[]>> some = new ArrayList<>();
            ReadAhead.Prepared<float[]> next = ahead.next();
            while (next != null) {
                some.add(next);
                next = ahead.next();
                if (some.size() == batch || next == null) {
                    tell(some, batch, listener);
                    some.clear();
                }
            }
        }
    }

    private int batchSize() {
        long pixels = (long) model.spec().inputSize() * model.spec().inputSize();
        return Math.clamp(BATCH_PIXELS / pixels, 1, MOST);
    }

    private void tell(List<ReadAhead.Prepared<float[]>> some, int batch, Listener listener) throws IOException {
        List<float[]> readable = new ArrayList<>();
        for (ReadAhead.Prepared<float[]> p : some) {
            float[] numbers = p.ready();
            if (numbers != null) {
                readable.add(numbers);
            }
        }
        List<Answer> answers = readable.isEmpty() ? List.of() : run(readable, batch);
        int next = 0;
        for (ReadAhead.Prepared<float[]> p : some) {
            ImageException failure = p.failure();
            if (failure == null) {
                listener.answered(p.source(), answers.get(next++));
            } else {
                listener.unreadable(p.source(), failure);
            }
        }
    }

    /** A picture as the network is given it, [3, S, S]. */
    private float[] numbers(Image image) {
        Preprocessing preprocessing = model.preprocessing();
        return preprocessing.numbers(preprocessing.seen(image));
    }

    /** Runs at most a batch; the rows that are left of it hold what was there. */
    private List<Answer> run(List<float[]> pictures, int batch) {
        lock.lock();
        try {
            Session session = session(batch);
            MemorySegment input = session.input("input").segment();
            for (int i = 0; i < pictures.size(); i++) {
                float[] p = pictures.get(i);
                MemorySegment.copy(p, 0, input, ValueLayout.JAVA_FLOAT, (long) i * p.length * Float.BYTES, p.length);
            }
            session.run();
            List<Answer> answers = new ArrayList<>();
            for (int i = 0; i < pictures.size(); i++) {
                answers.add(new Answer(
                        row(session, logits, i, batch), row(session, embedding, i, batch), model.classNames()));
            }
            return answers;
        } finally {
            lock.unlock();
        }
    }

    private static float[] row(Session session, Value output, int i, int batch) {
        MemorySegment all = session.output(output.name()).segment();
        long bytes = output.type().withBatch(batch).bytes() / batch;
        return all.asSlice(i * bytes, bytes).toArray(ValueLayout.JAVA_FLOAT);
    }

    private Session session(int batch) {
        if (closed) {
            throw new IllegalStateException("the classifier is closed");
        }
        Session session = sessions.get(batch);
        if (session == null) {
            try {
                session = model.session(graph.withBatch(batch), backend);
            } catch (WeightsException e) {
                throw new UncheckedIOException(e.getMessage(), e);
            }
            sessions.put(batch, session);
        }
        return session;
    }

    /** Numbers of an {@link Answer#embedding}. */
    public int embeddingSize() {
        return Math.toIntExact(embedding.type().shape().dim(1));
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                sessions.values().forEach(Session::close);
                model.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
