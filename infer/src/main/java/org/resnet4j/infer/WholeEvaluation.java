package org.resnet4j.infer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import org.resnet4j.augment.Transform;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.Session;
import org.resnet4j.graph.Phase;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImageException;
import org.resnet4j.pass.Precision;
import org.resnet4j.weights.WeightsException;
import org.resnet4j.zoo.Networks;

/**
 * Runs a network over whole pictures of a data set, whatever their shape: fully convolutional, as the paper tests at several scales
 * (He et al. 2015, section 3.4). A plan is for pictures of one size; those that are read together are run by size, and the plans
 * used last are kept. Owns its sessions; close it. Used by one thread.
 */
public final class WholeEvaluation implements AutoCloseable {
    /** Pictures that are read before those of one size are run together. */
    private static final int TOGETHER = 48;

    /** Each holds a copy of the weights. */
    private static final int KEPT = 4;

    private final Pretrained model;
    private final Precision precision;
    private final Backend backend;
    private final SequencedMap<Size, Session> sessions = new LinkedHashMap<>(16, 0.75f, true);

    private record Size(int height, int width, int views) {}

    private WholeEvaluation(Pretrained model, Precision precision, Backend backend) {
        this.model = model;
        this.precision = precision;
        this.backend = backend;
    }

    /** An evaluation of a model, which stays the caller's and open, in a precision. */
    public static WholeEvaluation of(Pretrained model, Precision precision, Backend backend) {
        return new WholeEvaluation(model, precision, backend);
    }

    private record Sample(Dataset data, int index) implements PictureSource {
        @Override
        public String name() {
            return data.description() + ", sample " + index;
        }

        @Override
        public Image read() throws ImageException {
            try {
                return data.image(index);
            } catch (ImageException e) {
                throw e;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /**
     * Adds the network's answers to every picture of a set.
     *
     * @param transform whose size to resize to and filter count; nothing is cut to a square
     * @param views {@link Views#WHOLE}, and its mirror image if wanted
     * @param workers threads that read pictures; one that cannot be read is noted in the scores
     * @throws org.resnet4j.tensor.ShapeException if the network's layers do not fit such pictures
     */
    public void addTo(
            Scores scores,
            Dataset data,
            Transform.Evaluate transform,
            Views views,
            int workers,
            Evaluation.Listener listener)
            throws IOException {
        List<PictureSource> pictures = IntStream.range(0, data.size())
                .<PictureSource>mapToObj(i -> new Sample(data, i))
                .toList();
        int done = 0;
        try (ReadAhead<List<Image>> ahead =
                new ReadAhead<>(pictures, TOGETHER, workers, p -> views.of(p.read(), transform))) {
            Map<Size, Map<Integer, List<Image>>> some = new LinkedHashMap<>();
            for (ReadAhead.Prepared<List<Image>> next = ahead.next(); next != null; next = ahead.next()) {
                ImageException failure = next.failure();
                if (failure != null) {
                    scores.unreadable(done, String.valueOf(failure.getMessage()));
                } else {
                    List<Image> seen = Objects.requireNonNull(next.ready());
                    Size size =
                            new Size(seen.getFirst().height(), seen.getFirst().width(), seen.size());
                    some.computeIfAbsent(size, _ -> new LinkedHashMap<>()).put(done, seen);
                }
                done++;
                if (done % TOGETHER == 0 || done == data.size()) {
                    run(some, scores, done, listener);
                    some.clear();
                }
            }
        }
    }

    /** Runs pictures by size; {@code end} is the number of the set's pictures that are done afterwards. */
    private void run(Map<Size, Map<Integer, List<Image>>> some, Scores scores, int end, Evaluation.Listener listener)
            throws WeightsException {
        int left = some.values().stream().mapToInt(Map::size).sum();
        for (Map.Entry<Size, Map<Integer, List<Image>>> group : some.entrySet()) {
            for (Map.Entry<Integer, List<Image>> picture : group.getValue().entrySet()) {
                List<Image> views = picture.getValue();
                Session session = session(group.getKey());
                MemorySegment input = session.input("input").segment();
                long each = input.byteSize() / views.size();
                for (int v = 0; v < views.size(); v++) {
                    model.preprocessing().normalization().write(views.get(v), input, v * each);
                }
                session.run();
                MemorySegment logits = session.output(model.spec().classifier()).segment();
                for (int v = 0; v < views.size(); v++) {
                    scores.add(picture.getKey(), logits, v);
                }
                listener.done(end - --left);
            }
        }
    }

    private Session session(Size size) throws WeightsException {
        Session session = sessions.get(size);
        if (session == null) {
            while (sessions.size() >= KEPT) {
                sessions.pollFirstEntry().getValue().close();
            }
            session = model.session(
                    model.graph(Networks.graph(model.spec(), Phase.INFERENCE, size.height(), size.width()), precision)
                            .withBatch(size.views()),
                    backend);
            sessions.put(size, session);
        }
        return session;
    }

    @Override
    public void close() {
        new ArrayList<>(sessions.values()).forEach(Session::close);
        sessions.clear();
    }
}
