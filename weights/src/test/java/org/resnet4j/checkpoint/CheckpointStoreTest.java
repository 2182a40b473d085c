package org.resnet4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.weights.NamedTensor;

/** CKP-03 to CKP-09: damage, truncation, versions, locks and pruning. */
final class CheckpointStoreTest {
    @TempDir
    Path run;

    private void save(CheckpointStore store, long step) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            NamedTensor w = NamedTensor.of("w", TensorType.f32(64), new float[64], arena);
            NamedTensor v = NamedTensor.of("v", TensorType.f32(1), new float[] {(float) step}, arena);
            store.save(step, List.of(w), List.of(v), Map.of("epoch", step / 10));
        }
    }

    private long loadedStep() throws IOException {
        try (Checkpoint c = CheckpointStore.open(run, 3).load()) {
            assertThat(c.optimizer().get("v").toFloats()).containsExactly((float) c.step());
            assertThat(c.state()).containsEntry("epoch", c.step() / 10);
            return c.step();
        }
    }

    @Test
    void newestWinsAndOldOnesGo() throws IOException {
        CheckpointStore store = CheckpointStore.open(run, 3);
        assertThatThrownBy(store::load)
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("none was written");
        for (long step = 10; step <= 60; step += 10) {
            save(store, step);
        }
        assertThat(loadedStep()).isEqualTo(60);
        assertThat(Files.readString(run.resolve("CURRENT"))).isEqualTo("000000060\n");
        try (var entries = Files.list(run.resolve("checkpoints"))) {
            assertThat(entries.count()).isEqualTo(3);
        }
    }

    /** CKP-05: one bit anywhere in any file is noticed, and the checkpoint before it is used and the damage named. */
    @Test
    void everyFlippedBitIsNoticed() throws IOException {
        CheckpointStore store = CheckpointStore.open(run, 3);
        save(store, 10);
        save(store, 20);
        SplittableRandom random = new SplittableRandom(1);
        for (String name : List.of("model.safetensors", "optimizer.safetensors")) {
            Path file = run.resolve("checkpoints/000000020").resolve(name);
            byte[] whole = Files.readAllBytes(file);
            for (int i = 0; i < 200; i++) {
                byte[] damaged = whole.clone();
                damaged[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
                Files.write(file, damaged);
                try (Checkpoint c = store.load()) {
                    assertThat(c.step()).isEqualTo(10);
                    assertThat(c.skipped()).singleElement().asString().contains("000000020", "damaged");
                }
            }
            Files.write(file, whole);
        }
        assertThat(loadedStep()).isEqualTo(20);
    }

    /** CKP-06, and a crash before state.json was written. */
    @Test
    void truncatedAndUnfinishedOnesAreSkipped() throws IOException {
        CheckpointStore store = CheckpointStore.open(run, 3);
        save(store, 10);
        save(store, 20);
        Path state = run.resolve("checkpoints/000000020/state.json");
        String text = Files.readString(state);
        for (int n = 0; n < text.length() - 2; n += 7) {
            Files.writeString(state, text.substring(0, n));
            assertThat(loadedStep()).isEqualTo(10);
        }
        Files.delete(state);
        assertThat(loadedStep()).isEqualTo(10);
    }

    /** CKP-07. */
    @Test
    void newerFormatsAreRefusedByName() throws IOException {
        CheckpointStore store = CheckpointStore.open(run, 3);
        save(store, 10);
        Path state = run.resolve("checkpoints/000000010/state.json");
        Files.writeString(state, Files.readString(state).replace("\"format\":1", "\"format\":2"));
        assertThatThrownBy(store::load).isInstanceOf(CheckpointException.class).hasMessageContaining("format is 2");
    }

    /** CKP-08. */
    @Test
    void oneWriterAtATime() throws IOException {
        try (RunLock _ = RunLock.acquire(run)) {
            assertThatThrownBy(() -> RunLock.acquire(run).close())
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("another");
        }
        RunLock.acquire(run).close();
    }

    /** CKP-03 and CKP-04: a failed save says so, the last good one stays, and nothing half-written is left at the next start. */
    @Test
    void failedSavesLeaveTheLastGoodOne() throws IOException {
        CheckpointStore store = CheckpointStore.open(run, 3);
        save(store, 10);
        Files.writeString(run.resolve("checkpoints/000000020.tmp"), "in the way, as a file");
        Path blocked = run.resolve("checkpoints/000000030.tmp");
        Files.createDirectory(blocked);
        Files.writeString(blocked.resolve("model.safetensors"), "half");
        CheckpointStore next = CheckpointStore.open(run, 3);
        assertThat(blocked).doesNotExist();
        assertThat(run.resolve("checkpoints/000000020.tmp")).doesNotExist();
        assertThat(loadedStep()).isEqualTo(10);
        Files.move(run.resolve("checkpoints"), run.resolve("away"));
        assertThatThrownBy(() -> save(next, 40))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("could not be written");
        Files.move(run.resolve("away"), run.resolve("checkpoints"));
        assertThat(loadedStep()).isEqualTo(10);
    }
}
