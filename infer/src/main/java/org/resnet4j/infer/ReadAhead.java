package org.resnet4j.infer;

import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.resnet4j.image.ImageException;

/**
 * Pictures read and prepared on threads of its own, a number of them ahead of who takes them, given in their order. Close it: what
 * has begun then ends first. Used by one thread.
 */
final class ReadAhead<T> implements AutoCloseable {
    private final ExecutorService threads;
    private final Iterator<PictureSource> rest;
    private final Deque<Future<Prepared<T>>> under = new ArrayDeque<>();
    private final Preparation<T> preparation;

    /**
     * What was made of a picture, or why there is nothing.
     *
     * @param source of the picture
     * @param ready null if it could not be read
     * @param failure null if it could
     */
    record Prepared<T>(
            PictureSource source,
            @Nullable T ready,
            @Nullable ImageException failure) {}

    /** Reads and prepares a picture. */
    interface Preparation<T> {
        /** What is made of it. */
        T of(PictureSource source) throws ImageException;
    }

    /** On {@code workers} threads, at least one and no more than processors, {@code ahead} pictures before who takes them. */
    ReadAhead(List<PictureSource> pictures, int ahead, int workers, Preparation<T> preparation) {
        this.rest = pictures.iterator();
        this.preparation = preparation;
        int most = Math.min(ahead, Runtime.getRuntime().availableProcessors());
        this.threads = Executors.newFixedThreadPool(
                Math.max(1, Math.min(workers, most)),
                Thread.ofPlatform().daemon().name("pictures-", 0).factory());
        for (int i = 0; i < ahead; i++) {
            submit();
        }
    }

    private void submit() {
        if (rest.hasNext()) {
            PictureSource source = rest.next();
            under.add(threads.submit(() -> prepared(source)));
        }
    }

    private Prepared<T> prepared(PictureSource source) {
        try {
            return new Prepared<>(source, preparation.of(source), null);
        } catch (ImageException e) {
            return new Prepared<>(source, null, e);
        }
    }

    /** The next picture, or null after the last. */
    @Nullable
    Prepared<T> next() throws InterruptedIOException {
        Future<Prepared<T>> first = under.poll();
        if (first == null) {
            return null;
        }
        submit();
        try {
            return first.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for a picture");
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException r -> throw r;
                case Error r -> throw r;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        threads.close();
    }
}
