package org.resnet4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.json.Json;
import org.resnet4j.testkit.ChildJava;
import org.resnet4j.testkit.Damage;

/** How many are kept; CKP-04, CKP-07 and CKP-08: folders that cannot be written, versions, locks. */
final class CheckpointStoreTest {
    @TempDir
    Path run;

    private Saved loaded() throws IOException {
        return Saved.load(CheckpointStore.open(run, 3));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void theNewestAreKept(int keep) throws IOException {
        CheckpointStore store = CheckpointStore.open(run, keep);
        assertThat(store.isEmpty()).isTrue();
        assertThatThrownBy(store::load)
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("none was written");
        for (int n = 1; n <= 6; n++) {
            Saved.save(store, 10L * n);
            assertThat(Saved.names(run)).hasSize(Math.min(n, keep)).last().isEqualTo("0000000" + 10 * n);
            assertThat(loaded()).isEqualTo(new Saved(10L * n, 0));
            assertThat(run.resolve("CURRENT")).hasContent("0000000" + 10 * n + "\n");
        }
        assertThatThrownBy(() -> CheckpointStore.open(run, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Saved.save(store, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    /** The newest is the one of the highest step, whatever the clock said when it was written. */
    @Test
    void aClockThatWentBack() throws IOException {
        CheckpointStore store = CheckpointStore.open(run, 2);
        for (int n = 1; n <= 5; n++) {
            Saved.save(store, 10L * n);
            try (Stream<Path> written = Files.walk(run.resolve("checkpoints/0000000" + 10 * n))) {
                for (Path path : written.toList()) {
                    Files.setLastModifiedTime(path, FileTime.from(Instant.EPOCH.plus(Duration.ofDays(10_000 - n))));
                }
            }
            assertThat(loaded()).isEqualTo(new Saved(10L * n, 0));
        }
        assertThat(Saved.names(run)).containsExactly("000000040", "000000050");
        Files.delete(run.resolve("CURRENT"));
        assertThat(loaded()).isEqualTo(new Saved(50, 0));
    }

    /** Damaged ones do not count as kept where the run went back behind them, and are not found again. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aRunThatWentBackKeepsWhatItGoesOnFrom(int keep) throws IOException {
        CheckpointStore store = CheckpointStore.open(run, 3);
        for (long step : new long[] {10, 20, 30}) {
            Saved.save(store, step);
        }
        for (String name : new String[] {"20", "30"}) {
            Damage.flipBit(run.resolve("checkpoints/0000000" + name + "/model.safetensors"), 900);
        }
        assertThat(loaded()).isEqualTo(new Saved(10, 0));
        CheckpointStore next = CheckpointStore.open(run, keep);
        Saved.save(next, 15);
        assertThat(Saved.names(run)).hasSize(keep).last().isEqualTo("000000015");
        assertThat(loaded()).isEqualTo(new Saved(15, 0));
        Saved.save(next, 20);
        assertThat(loaded()).isEqualTo(new Saved(20, 0));
    }

    @Test
    void oneOfTheSameStepIsReplaced() throws IOException {
        CheckpointStore store = CheckpointStore.open(run, 1);
        Saved.save(store, 10, 1, 64);
        Saved.save(store, 10, 2, 64);
        assertThat(loaded()).isEqualTo(new Saved(10, 2));
        assertThat(Saved.names(run)).containsExactly("000000010");
    }

    /** CKP-07, the version before: no seal. */
    @Test
    void theFormatBeforeThisOneIsRead() throws IOException {
        CheckpointStore store = CheckpointStore.open(run, 3);
        Saved.save(store, 10);
        Path state = run.resolve("checkpoints/000000010/state.json");
        String unsealed = Files.readString(state)
                .replaceFirst(",\"seal\":\"[0-9a-f]*\"", "")
                .replace("\"format\":2", "\"format\":1");
        Files.writeString(state, unsealed);
        assertThat(loaded()).isEqualTo(new Saved(10, 0));
        Files.writeString(state, unsealed.replace("\"format\":1", "\"format\":2"));
        assertThatThrownBy(store::load).hasMessageContaining("seal");
    }

    /** CKP-07, the version after: not passed over, since an older one would be taken for the newest. */
    @Test
    void newerFormatsAreRefusedByVersion() throws IOException {
        CheckpointStore store = CheckpointStore.open(run, 3);
        Saved.save(store, 10);
        Saved.save(store, 20);
        Path state = run.resolve("checkpoints/000000020/state.json");
        Map<String, ?> object = Json.parseObject(Files.readString(state));
        object.remove("seal");
        Files.write(state, StateFile.seal(Json.write(object).replace("\"format\":2", "\"format\":3")));
        assertThatThrownBy(store::load)
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("000000020", "format is 3", "knows 2");
    }

    /** CKP-08 in this process. */
    @Test
    void oneWriterAtATime() throws IOException {
        try (RunLock _ = RunLock.acquire(run)) {
            assertThatThrownBy(() -> RunLock.acquire(run).close())
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("another");
        }
        RunLock.acquire(run).close();
    }

    /** The other process: holds the lock until it is killed. */
    public static void main(String[] args) throws IOException, InterruptedException {
        try (RunLock _ = RunLock.acquire(Path.of(args[0]))) {
            System.out.println("locked");
            Thread.sleep(60_000);
        }
    }

    /** CKP-08 between two processes; the death of the one frees the lock. */
    @Test
    void oneProcessAtATime() throws IOException, InterruptedException {
        Path output = run.resolve("output");
        Process child = ChildJava.quick(CheckpointStoreTest.class).start(output, run.toString());
        try {
            for (int i = 0;
                    i < 3_000 && child.isAlive() && !Files.readString(output).contains("locked");
                    i++) {
                Thread.sleep(10);
            }
            assertThat(output).content().contains("locked");
            assertThatThrownBy(() -> RunLock.acquire(run).close())
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("another process is writing");
        } finally {
            child.destroyForcibly();
        }
        assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
        RunLock.acquire(run).close();
    }

    /** CKP-03 and CKP-04: leftovers go at the next start; a folder that went away is named, and is no end. */
    @Test
    void failedSavesLeaveTheLastGoodOne() throws IOException {
        CheckpointStore store = CheckpointStore.open(run, 3);
        Saved.save(store, 10);
        Files.writeString(run.resolve("checkpoints/000000020.tmp"), "in the way, as a file");
        Path blocked = run.resolve("checkpoints/000000030.tmp");
        Files.createDirectory(blocked);
        Files.writeString(blocked.resolve("model.safetensors"), "half");
        CheckpointStore next = CheckpointStore.open(run, 3);
        assertThat(Saved.names(run)).containsExactly("000000010");
        Files.move(run.resolve("checkpoints"), run.resolve("away"));
        assertThatThrownBy(() -> Saved.save(next, 40))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("could not be written", "is gone");
        Files.move(run.resolve("away"), run.resolve("checkpoints"));
        assertThat(loaded()).isEqualTo(new Saved(10, 0));
        Saved.save(next, 40);
        assertThat(loaded()).isEqualTo(new Saved(40, 0));
    }

    @Test
    void aFolderThatMayNotBeWrittenIsSaidToBeOne() throws IOException {
        Saved.save(CheckpointStore.open(run, 1), 10);
        CheckpointStore store = CheckpointStore.open(
                new UnforcedDisk() {
                    @Override
                    void before(String operation, Path path) throws IOException {
                        if (operation.startsWith("create")) {
                            throw new AccessDeniedException(path.toString());
                        }
                    }
                },
                run,
                1);
        assertThatThrownBy(() -> Saved.save(store, 20))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("000000020", "allow writing there");
        assertThat(loaded()).isEqualTo(new Saved(10, 0));
    }

    /** The same by the system's own permissions. */
    @Test
    void aReadOnlyFolderIsSaidToBeOne() throws IOException {
        Assumptions.assumeTrue(Files.getFileStore(run).supportsFileAttributeView("posix"), "permissions of POSIX");
        CheckpointStore store = CheckpointStore.open(run, 1);
        Saved.save(store, 10);
        Path folder = run.resolve("checkpoints");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
        try {
            Assumptions.assumeFalse(Files.isWritable(folder), "root may write everywhere");
            assertThatThrownBy(() -> Saved.save(store, 20)).hasMessageContaining("allow writing there");
            assertThat(Saved.load(store)).isEqualTo(new Saved(10, 0));
        } finally {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }
}
