package org.resnet4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.testkit.Damage;

/** CKP-05 and CKP-06: what disks do to a checkpoint is noticed, the one before it is used, and it is said. */
final class DamageTest {
    private static final List<String> FILES = List.of("model.safetensors", "optimizer.safetensors", "state.json");

    @TempDir
    Path run;

    private CheckpointStore two(int floats) throws IOException {
        CheckpointStore store = CheckpointStore.open(run, 3);
        Saved.save(store, 10, 0, 1);
        Saved.save(store, 20, 0, floats);
        return store;
    }

    private Path newest(String name) {
        return run.resolve("checkpoints/000000020").resolve(name);
    }

    private static void requireTheOneBefore(CheckpointStore store, String what) throws IOException {
        try (Checkpoint c = store.load()) {
            assertThat(Saved.of(c)).as(what).isEqualTo(new Saved(10, 0));
            assertThat(c.skipped()).as(what).singleElement().asString().contains("000000020: ");
        }
    }

    /** Random places, as many in each file as its share of the bytes. */
    private void flip(int places) throws IOException {
        CheckpointStore store = two(256);
        long bytes = 0;
        for (String name : FILES) {
            bytes += Files.size(newest(name));
        }
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < places; i++) {
            long bit = random.nextLong(bytes * Byte.SIZE);
            int file = 0;
            for (; bit >= Files.size(newest(FILES.get(file))) * Byte.SIZE; file++) {
                bit -= Files.size(newest(FILES.get(file))) * Byte.SIZE;
            }
            Damage.flipBit(newest(FILES.get(file)), bit);
            requireTheOneBefore(store, FILES.get(file) + " bit " + bit);
            Damage.flipBit(newest(FILES.get(file)), bit);
        }
        assertThat(Saved.load(store)).isEqualTo(new Saved(20, 0));
    }

    @Test
    void someFlippedBitsAreNoticed() throws IOException {
        flip(300);
    }

    @Test
    @Tag("slow")
    void tenThousandFlippedBitsAreNoticed() throws IOException {
        flip(10_000);
    }

    /** All of them: it is the file that says what the others must be. */
    @Test
    void everyBitOfTheStateIsSealed() throws IOException {
        CheckpointStore store = two(1);
        Path state = newest("state.json");
        long bits = Files.size(state) * Byte.SIZE;
        for (long bit = 0; bit < bits; bit++) {
            Damage.flipBit(state, bit);
            requireTheOneBefore(store, "bit " + bit);
            Damage.flipBit(state, bit);
        }
        assertThat(Saved.load(store)).isEqualTo(new Saved(20, 0));
    }

    @Test
    void truncatedFilesAreNoticed() throws IOException {
        CheckpointStore store = two(20_000);
        for (String name : FILES) {
            byte[] whole = Files.readAllBytes(newest(name));
            int stride = name.equals("state.json") ? 1 : 4096;
            for (int n = whole.length - 1; n >= 0; n -= n == whole.length - 1 ? Math.max(1, n % stride) : stride) {
                Damage.truncate(newest(name), n);
                requireTheOneBefore(store, name + " of " + n + " bytes");
            }
            Files.write(newest(name), new byte[0]);
            requireTheOneBefore(store, name + " empty");
            Files.delete(newest(name));
            requireTheOneBefore(store, name + " gone");
            Files.write(newest(name), whole);
        }
        assertThat(Saved.load(store)).isEqualTo(new Saved(20, 0));
    }
}
