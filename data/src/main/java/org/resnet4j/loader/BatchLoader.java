package org.resnet4j.loader;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.image.Image;
import org.resnet4j.random.Rng;

/**
 * Makes batches of a data set without end, epoch after epoch, from any point on. Workers fill a ring of off-heap slots in the
 * order in which they will be asked for; who fills which slot has no influence on what is in it.
 *
 * <p>Owns its memory and its threads; close it. {@link #next} is called by one thread. A picture that cannot be read is an
 * {@link IOException} from the call that would have returned its batch.
 */
public final class BatchLoader implements AutoCloseable {
    private final Dataset data;
    private final LoaderOptions options;
    private final int batchesPerEpoch;
    private final Arena arena = Arena.ofShared();
    private final List<Slot> ring = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Object lock = new Object();
    private final long first;
    private long nextToFill;
    private long nextToGive;
    private long orderEpoch = -1;
    private int[] order = {};
    private long waitNanos;
    private boolean closed;

    /** A place in the ring and what is in it. */
    private static final class Slot {
        final MemorySegment images;
        final MemorySegment labels;
        long sequence = -1;
        int count;

        @Nullable
        Throwable failure;

        Slot(MemorySegment images, MemorySegment labels) {
            this.images = images;
            this.labels = labels;
        }
    }

    private BatchLoader(Dataset data, LoaderOptions options, long first) {
        this.data = data;
        this.options = options;
        this.batchesPerEpoch = batchesPerEpoch(data.size(), options);
        this.first = first;
        this.nextToFill = first;
        this.nextToGive = first;
        int slots = options.workers() == 0 ? 1 : options.workers() + 2;
        long imageBytes = Math.multiplyExact(bytesPerImage(options), (long) options.batchSize());
        for (int i = 0; i < slots; i++) {
            ring.add(new Slot(
                    arena.allocate(imageBytes, 64), arena.allocate((long) options.batchSize() * Integer.BYTES, 64)));
        }
    }

    private static long bytesPerImage(LoaderOptions options) {
        return Math.multiplyExact(3L * Float.BYTES * options.size(), (long) options.size());
    }

    /** Batches in an epoch of {@code samples}. */
    public static int batchesPerEpoch(int samples, LoaderOptions options) {
        if (!options.dropLast()) {
            return Math.ceilDiv(samples, options.batchSize());
        }
        int batches = samples / options.batchSize();
        return batches - batches % options.group();
    }

    /**
     * A loader that begins with batch {@code index} of {@code epoch}.
     *
     * @throws IllegalArgumentException if the set is too small for one batch
     */
    public static BatchLoader open(Dataset data, LoaderOptions options, long epoch, int index) {
        int batches = batchesPerEpoch(data.size(), options);
        if (batches < 1) {
            throw new IllegalArgumentException(data.description() + ": " + data.size()
                    + " samples do not fill one batch of " + options.batchSize());
        }
        if (epoch < 0 || index < 0 || index > batches) {
            throw new IllegalArgumentException("no batch " + index + " of epoch " + epoch + " among " + batches);
        }
        BatchLoader loader =
                new BatchLoader(data, options, Math.addExact(Math.multiplyExact(epoch, (long) batches), (long) index));
        for (int i = 0; i < options.workers(); i++) {
            loader.threads.add(Thread.ofPlatform().daemon().name("loader-" + i).start(loader::work));
        }
        return loader;
    }

    /** Batches in each epoch. */
    public int batchesPerEpoch() {
        return batchesPerEpoch;
    }

    /** Bytes of the ring. */
    public long bytes() {
        return ring.size()
                * Math.addExact(
                        ring.getFirst().images.byteSize(),
                        ring.getFirst().labels.byteSize());
    }

    /** Time that {@link #next} has spent waiting for workers, or making batches itself, so far. */
    public long waitNanos() {
        return waitNanos;
    }

    /** The next batch; the one before it is no longer valid. */
    public Batch next() throws IOException {
        long begin = System.nanoTime();
        Slot slot = options.workers() == 0 ? fillHere() : await();
        waitNanos += System.nanoTime() - begin;
        switch (slot.failure) {
            case null -> {}
            case IOException e -> throw e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IOException(slot.failure);
        }
        long sequence = slot.sequence;
        return new Batch(
                sequence / batchesPerEpoch, (int) (sequence % batchesPerEpoch), slot.count, slot.images, slot.labels);
    }

    private Slot fillHere() {
        Slot slot = ring.getFirst();
        fill(slot, nextToGive++);
        return slot;
    }

    private Slot await() throws IOException {
        synchronized (lock) {
            if (nextToGive > first) {
                slotOf(nextToGive - 1).sequence = -1;
                lock.notifyAll();
            }
            Slot slot = slotOf(nextToGive);
            try {
                while (slot.sequence != nextToGive) {
                    if (closed) {
                        throw new IllegalStateException("the loader is closed");
                    }
                    lock.wait();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while waiting for a batch");
            }
            nextToGive++;
            return slot;
        }
    }

    private Slot slotOf(long sequence) {
        return ring.get((int) (sequence % ring.size()));
    }

    /** A worker: takes the next batch that nobody makes, waits until its slot is free, makes it. */
    private void work() {
        while (true) {
            long sequence;
            Slot slot;
            synchronized (lock) {
                sequence = nextToFill++;
                slot = slotOf(sequence);
                // Free once the batch that was here has been given and given back.
                while (!closed && sequence - nextToGive >= ring.size() - 1) {
                    try {
                        lock.wait();
                    } catch (InterruptedException e) {
                        return;
                    }
                }
                if (closed) {
                    return;
                }
            }
            fill(slot, sequence);
        }
    }

    private void fill(Slot slot, long sequence) {
        Throwable failure = null;
        int count = 0;
        try {
            count = make(slot, sequence);
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
        }
        synchronized (lock) {
            slot.count = count;
            slot.failure = failure;
            slot.sequence = sequence;
            lock.notifyAll();
        }
    }

    private int make(Slot slot, long sequence) throws IOException {
        long epoch = sequence / batchesPerEpoch;
        int begin = Math.toIntExact(sequence % batchesPerEpoch * options.batchSize());
        int[] samples = order(epoch);
        int count = Math.min(options.batchSize(), samples.length - begin);
        long each = bytesPerImage(options);
        for (int i = 0; i < count; i++) {
            int sample = samples[(begin + i) / options.repeats()];
            Rng rng = augmentation(epoch, sample, (begin + i) % options.repeats());
            Image image = options.transform().apply(data.image(sample), rng);
            if (image.width() != options.size() || image.height() != options.size()) {
                throw new IOException(data.description() + ", sample " + sample + ": " + options.size() + "x"
                        + options.size() + " pixels are needed after " + options.transform() + ", found " + image);
            }
            options.normalization().write(image, slot.images, i * each);
            slot.labels.setAtIndex(ValueLayout.JAVA_INT, i, data.label(sample));
        }
        slot.images.asSlice(count * each).fill((byte) 0);
        slot.labels.asSlice((long) count * Integer.BYTES).fill((byte) 0);
        return count;
    }

    private Rng augmentation(long epoch, int sample, int repeat) {
        return repeat == 0
                ? Rng.of(options.seed(), Rng.key("augment"), epoch, sample)
                : Rng.of(options.seed(), Rng.key("augment"), epoch, sample, repeat);
    }

    /** Order of the samples in an epoch: the same for every worker, made once. */
    private int[] order(long epoch) {
        if (!options.shuffle()) {
            synchronized (lock) {
                if (order.length != data.size()) {
                    order = IntStream.range(0, data.size()).toArray();
                }
                return order;
            }
        }
        synchronized (lock) {
            if (orderEpoch == epoch) {
                return order;
            }
        }
        int[] made = Rng.of(options.seed(), Rng.key("order"), epoch).permutation(data.size());
        synchronized (lock) {
            if (epoch > orderEpoch) {
                orderEpoch = epoch;
                order = made;
            }
        }
        return made;
    }

    /** Stops the workers and frees the ring; batches are dead. */
    @Override
    public void close() {
        synchronized (lock) {
            if (closed) {
                return;
            }
            closed = true;
            lock.notifyAll();
        }
        boolean interrupted = false;
        for (Thread t : threads) {
            while (t.isAlive()) {
                try {
                    t.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        arena.close();
    }
}
