package org.resnet4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.weights.NamedTensor;

/**
 * A checkpoint that tests write and know again.
 *
 * @param step its step
 * @param version which of several of one step
 */
record Saved(long step, long version) {
    static void save(CheckpointStore store, long step, long version, int floats) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            NamedTensor w = NamedTensor.of("w", TensorType.f32(floats), new float[floats], arena);
            NamedTensor v = NamedTensor.of("v", TensorType.f32(2), new float[] {step, version}, arena);
            store.save(step, List.of(w), List.of(v), Map.of("version", version));
        }
    }

    static void save(CheckpointStore store, long step) throws IOException {
        save(store, step, 0, 64);
    }

    static Saved load(CheckpointStore store) throws IOException {
        try (Checkpoint c = store.load()) {
            return of(c);
        }
    }

    /** Checks that state and tensors are of one checkpoint. */
    static Saved of(Checkpoint c) throws IOException {
        Saved saved = new Saved(c.step(), (Long) c.state().getOrDefault("version", -1L));
        assertThat(c.optimizer().get("v").toFloats()).containsExactly((float) saved.step, (float) saved.version);
        return saved;
    }

    /** What is in {@code RUN/checkpoints}, sorted. */
    static List<String> names(Path run) throws IOException {
        try (Stream<Path> entries = Files.list(run.resolve("checkpoints"))) {
            return entries.map(p -> p.getFileName().toString()).sorted().toList();
        }
    }
}
