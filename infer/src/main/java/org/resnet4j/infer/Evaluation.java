package org.resnet4j.infer;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.resnet4j.augment.Transform;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.Session;
import org.resnet4j.loader.Batch;
import org.resnet4j.loader.BatchLoader;
import org.resnet4j.loader.LoaderOptions;
import org.resnet4j.pass.Precision;
import org.resnet4j.weights.WeightsException;
import org.resnet4j.zoo.NetworkSpec;

/**
 * Runs a network over a data set: batch norm folded, every picture once, in order, the last batch padded and the padding not
 * counted. Owns its session; close it. Used by one thread.
 */
public final class Evaluation implements AutoCloseable {
    private static final int SMALL = 64;

    private final NetworkSpec spec;
    private final int batchSize;
    private final Session session;

    private Evaluation(NetworkSpec spec, int batchSize, Session session) {
        this.spec = spec;
        this.batchSize = batchSize;
        this.session = session;
    }

    /** An evaluation of a model in a precision, with its weights; {@code sized} is its network, perhaps for larger pictures. */
    public static Evaluation open(
            Pretrained model, NetworkSpec sized, Precision precision, int batchSize, Backend backend)
            throws WeightsException {
        Session session = model.session(model.graph(sized, precision).withBatch(batchSize), backend);
        return new Evaluation(sized, batchSize, session);
    }

    /** How many pictures of {@code side} by {@code side} pixels go into a batch where nobody asks for another number. */
    public static int usualBatch(int side) {
        return side < SMALL ? 100 : 16;
    }

    /** Called after each batch, on the thread that evaluates. */
    public interface Listener {
        /** So many pictures of the set are done in this pass. */
        void done(int pictures);
    }

    /**
     * Adds the network's answers to every picture of a set. Pictures are decoded by {@code workers} threads while the network
     * runs; one that cannot be read is noted in the scores.
     *
     * @throws IllegalArgumentException if the transform does not give pictures of the network's size
     */
    public void addTo(
            Scores scores, Dataset data, Preprocessing preprocessing, Views views, int workers, Listener listener)
            throws IOException {
        Transform.Evaluate transform = preprocessing.transform();
        if (transform.crop() != spec.inputSize()) {
            throw new IllegalArgumentException(spec.name() + " takes pictures of " + spec.inputSize()
                    + " pixels a side, the preprocessing gives " + transform.crop());
        }
        ViewedPictures viewed = new ViewedPictures(data, views, transform);
        LoaderOptions options = new LoaderOptions(
                batchSize,
                spec.inputSize(),
                new Transform.Evaluate(spec.inputSize()), // leaves them alone
                preprocessing.normalization(),
                0,
                false,
                false,
                workers);
        MemorySegment input = session.input("input").segment();
        MemorySegment logits = session.output(spec.classifier()).segment();
        try (BatchLoader loader = BatchLoader.open(viewed, options, 0, 0)) {
            for (int i = 0; i < loader.batchesPerEpoch(); i++) {
                Batch batch = loader.next();
                MemorySegment.copy(batch.images(), 0, input, 0, batch.images().byteSize());
                session.run();
                int first = i * batchSize;
                for (int row = 0; row < batch.count(); row++) {
                    int picture = viewed.picture(first + row);
                    String reason = viewed.unreadable().get(picture);
                    if (reason == null) {
                        scores.add(picture, logits, row);
                    } else {
                        scores.unreadable(picture, reason);
                    }
                }
                listener.done(viewed.picture(first + batch.count()));
            }
        }
    }

    @Override
    public void close() {
        session.close();
    }
}
