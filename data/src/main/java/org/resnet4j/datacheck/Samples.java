package org.resnet4j.datacheck;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImageFile;
import org.resnet4j.image.PictureInfo;
import org.resnet4j.image.PictureInfo.Trait;
import org.resnet4j.image.ReadOptions;

/**
 * What is kept of each sample of a part: hashes, size, traits; about 150 bytes each, in arrays by index. Filled by several threads,
 * each index by one of them; read after {@link #read} only.
 */
final class Samples {
    private static final List<Trait> TRAITS = List.of(Trait.values());

    final String part;
    final Dataset data;
    final long[] bytes;
    final long[] pixels;
    final long[] differences;
    final byte[] cells;
    final int[] widths;
    final int[] heights;
    private final byte[] traits;
    final Map<Integer, String> unreadable = new ConcurrentSkipListMap<>();
    final Map<Integer, String> misnamed = new ConcurrentSkipListMap<>();

    Samples(String part, Dataset data) {
        int n = data.size();
        this.part = part;
        this.data = data;
        bytes = new long[Math.multiplyExact(2, n)];
        pixels = new long[2 * n];
        differences = new long[n];
        cells = new byte[Math.multiplyExact(PictureHash.CELLS, n)];
        widths = new int[n];
        heights = new int[n];
        traits = new byte[n];
    }

    /** Opens every sample with so many threads; {@code opened} is called after each, by any of them. */
    void read(int workers, Runnable opened) throws IOException {
        AtomicInteger next = new AtomicInteger();
        try (ExecutorService pool = Executors.newFixedThreadPool(
                workers, Thread.ofPlatform().name("data-check-", 0).daemon().factory())) {
            List<Future<?>> all = new ArrayList<>();
            for (int w = 0; w < workers; w++) {
                all.add(pool.submit(() -> {
                    for (int i = next.getAndIncrement(); i < data.size(); i = next.getAndIncrement()) {
                        read(i);
                        opened.run();
                    }
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(part + ": the check was interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(part + ": " + e.getCause(), e.getCause());
        }
    }

    private void read(int i) {
        try {
            Optional<Path> file = data.file(i);
            put(i, file.isPresent() ? fromFile(i, file.get()) : data.image(i));
        } catch (IOException e) {
            unreadable.put(i, String.valueOf(e.getMessage()));
        }
    }

    private Image fromFile(int i, Path file) throws IOException {
        byte[] content;
        try (InputStream in = Files.newInputStream(file)) {
            content = in.readNBytes((int) Math.min(ReadOptions.DEFAULT.maxBytes() + 1, Integer.MAX_VALUE - 8));
        }
        Image image = ImageFile.decode(content, file.toString());
        long[] hash = PictureHash.sha256(content);
        bytes[2 * i] = hash[0];
        bytes[2 * i + 1] = hash[1];
        PictureInfo info = PictureInfo.of(content, file.toString());
        traits[i] = bits(info.traits());
        String name = String.valueOf(file.getFileName());
        if (!info.fits(name.substring(name.lastIndexOf('.') + 1))) {
            misnamed.put(i, "holds a " + info.kind() + " picture");
        }
        return image;
    }

    private void put(int i, Image image) {
        long[] hash = PictureHash.ofPixels(image);
        pixels[2 * i] = hash[0];
        pixels[2 * i + 1] = hash[1];
        differences[i] = PictureHash.differences(image);
        System.arraycopy(PictureHash.cells(image), 0, cells, PictureHash.CELLS * i, PictureHash.CELLS);
        widths[i] = image.width();
        heights[i] = image.height();
    }

    boolean isReadable(int i) {
        return !unreadable.containsKey(i);
    }

    Set<Trait> traits(int i) {
        EnumSet<Trait> found = EnumSet.noneOf(Trait.class);
        for (int bit = 0; bit < TRAITS.size(); bit++) {
            if ((traits[i] & (1 << bit)) != 0) {
                found.add(TRAITS.get(bit));
            }
        }
        return found;
    }

    private static byte bits(Set<Trait> traits) {
        int bits = 0;
        for (Trait t : traits) {
            bits |= 1 << TRAITS.indexOf(t);
        }
        return (byte) bits;
    }

    byte[] cells(int i) {
        byte[] own = new byte[PictureHash.CELLS];
        System.arraycopy(cells, PictureHash.CELLS * i, own, 0, own.length);
        return own;
    }

    String className(int i) {
        return data.classNames().get(data.label(i));
    }

    Finding.Place place(int i) {
        return new Finding.Place(part, i, className(i), data.file(i));
    }
}
