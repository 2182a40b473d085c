package org.resnet4j.bench;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.resnet4j.augment.Normalization;
import org.resnet4j.augment.RandomCrop;
import org.resnet4j.augment.Transform;
import org.resnet4j.image.Filter;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImageFile;
import org.resnet4j.random.Rng;

/**
 * From JPEG to a normalised tensor outside of the heap, on one thread: {@code PictureBench FOLDER ROUNDS}. Each step by the thread's own
 * processor time, the median over the rounds of a round's mean.
 */
final class PictureBench {
    private static final int SIZE = 224;
    private static final int WARM_UP = 15;
    private static final List<String> STEPS = List.of("decode", "random-resized-crop", "normalise", "evaluation-crop");

    private PictureBench() {}

    public static void main(String[] args) throws IOException {
        if (args.length != 2) {
            System.err.println("usage: bench/pictures FOLDER ROUNDS");
            System.exit(2);
        }
        List<byte[]> files = new ArrayList<>();
        try (Stream<Path> found = Files.list(Path.of(args[0]))) {
            for (Path file : found.filter(ImageFile::isNamedAsPicture).sorted().toList()) {
                files.add(Files.readAllBytes(file));
            }
        }
        int rounds = Integer.parseInt(args[1]);
        double[][] millis = new double[STEPS.size()][rounds];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment tensor = arena.allocate(3L * SIZE * SIZE * Float.BYTES, 64);
            for (int r = -WARM_UP; r < rounds; r++) {
                double[] round = round(files, tensor, r);
                for (int s = 0; s < STEPS.size() && r >= 0; s++) {
                    millis[s][r] = round[s];
                }
            }
        }
        double toTensor = 0;
        for (int s = 0; s < STEPS.size(); s++) {
            Arrays.sort(millis[s]);
            double median = millis[s][rounds / 2];
            toTensor += s < 3 ? median : 0;
            System.out.printf(Locale.ROOT, "%s,%.3f%n", STEPS.get(s), median);
        }
        System.out.printf(Locale.ROOT, "pictures a second from JPEG to training's tensor,%.0f%n", 1000 / toTensor);
    }

    /** Milliseconds of each step for a picture. */
    private static double[] round(List<byte[]> files, MemorySegment tensor, int round) throws IOException {
        ThreadMXBean clock = ManagementFactory.getThreadMXBean();
        Transform crop = RandomCrop.Resized.of(SIZE);
        Transform evaluation = Transform.Evaluate.torchvision(256, Filter.BILINEAR, SIZE);
        long[] nanos = new long[STEPS.size()];
        for (int i = 0; i < files.size(); i++) {
            nanos[0] -= clock.getCurrentThreadCpuTime();
            Image image = ImageFile.decode(files.get(i), "picture " + i);
            long decoded = clock.getCurrentThreadCpuTime();
            Image cropped = crop.apply(image, Rng.of(1, round, i));
            long resized = clock.getCurrentThreadCpuTime();
            Normalization.IMAGENET.write(cropped, tensor, 0);
            long normalised = clock.getCurrentThreadCpuTime();
            evaluation.apply(image, Rng.of(0));
            nanos[0] += decoded;
            nanos[1] += resized - decoded;
            nanos[2] += normalised - resized;
            nanos[3] += clock.getCurrentThreadCpuTime() - normalised;
        }
        double[] millis = new double[STEPS.size()];
        for (int s = 0; s < millis.length; s++) {
            millis[s] = nanos[s] / 1e6 / files.size();
        }
        return millis;
    }
}
