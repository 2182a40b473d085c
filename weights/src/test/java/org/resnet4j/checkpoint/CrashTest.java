package org.resnet4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** CKP-02, CKP-03, CKP-09: the power goes, or an operation fails, at every point of every save. */
final class CrashTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"1, 10 20", "2, 10 20 30", "1, 10 10", "2, 10 20 15 17", "1, 30 10"})
    void theNewestDurableOneLoadsAfterALossOfPower(int keep, String steps) throws IOException {
        losePower(keep, steps, 1);
    }

    @ParameterizedTest
    @CsvSource({"1, 10 20 30", "2, 10 20 30 40", "1, 10 10 10", "2, 10 20 20", "2, 10 20 15 17", "1, 30 10 20"})
    @Tag("slow")
    void theSameWithManyLots(int keep, String steps) throws IOException {
        losePower(keep, steps, 6);
    }

    /**
     * Saves these steps in a row, fails before every operation in turn, and looks at what is there with all, none and some of
     * what was not forced: the last that was saved loads, or the one that was being saved.
     */
    private void losePower(int keep, String steps, int lots) throws IOException {
        List<PowerDisk.Unforced> after = new ArrayList<>(Collections.nCopies(lots, PowerDisk.Unforced.BY_LOT));
        after.add(PowerDisk.Unforced.KEPT);
        after.add(PowerDisk.Unforced.DROPPED);
        int points = 0;
        for (boolean lost = true; lost; points++) {
            Path before = folder.resolve("before" + points);
            PowerDisk disk = new PowerDisk(Files.createDirectory(before), points);
            List<Saved> done = new ArrayList<>();
            List<Saved> possible = new ArrayList<>();
            lost = saveAll(disk, before.resolve("runs/run"), keep, steps, done, possible);
            SplittableRandom random = new SplittableRandom(points);
            for (PowerDisk.Unforced unforced : after) {
                Path found = folder.resolve("after");
                disk.layOut(found, unforced, random);
                String what = "operation " + points + ", unforced " + unforced + ", saved " + done;
                goOn(found.resolve("runs/run"), keep, done, possible, what);
                AtomicFile.deleteAll(Disk.SYSTEM, found);
            }
        }
        assertThat(points).as("operations").isGreaterThan(40);
    }

    /** True if the power went. {@code done} is what was saved, {@code possible} that and what was being saved. */
    private static boolean saveAll(Disk disk, Path run, int keep, String steps, List<Saved> done, List<Saved> possible)
            throws IOException {
        try {
            CheckpointStore store = CheckpointStore.open(disk, run, keep);
            for (String step : steps.split(" ")) {
                Saved next = new Saved(Long.parseLong(step), done.size());
                possible.add(next);
                Saved.save(store, next.step(), next.version(), 4);
                done.add(next);
            }
            return false;
        } catch (PowerDisk.PowerLoss e) {
            return true;
        }
    }

    private static void goOn(Path run, int keep, List<Saved> done, List<Saved> possible, String what)
            throws IOException {
        CheckpointStore store = CheckpointStore.open(new UnforcedDisk(), run, keep);
        assertThat(Saved.names(run)).as(what).noneMatch(n -> n.endsWith(".tmp"));
        if (done.isEmpty() && store.isEmpty()) {
            assertThatThrownBy(store::load).hasMessageContaining("none was written");
        } else {
            try (Checkpoint c = store.load()) {
                assertThat(Saved.of(c)).as(what).isIn(possible.subList(Math.max(0, done.size() - 1), possible.size()));
                assertThat(c.skipped()).as(what).isEmpty();
            }
        }
        Saved.save(store, 50);
        assertThat(Saved.names(run)).as(what).hasSizeBetween(1, keep).last().isEqualTo("000000050");
    }

    /** CKP-03: whatever the disk has room for, the save fails as a whole, leaves nothing, and works once there is room. */
    @Test
    void aFullDiskLeavesTheLastGoodOne() throws IOException {
        FullDisk enough = new FullDisk(10_000);
        Saved.save(CheckpointStore.open(enough, folder.resolve("enough"), 1), 20);
        int needed = 10_000 - enough.left;
        int checkpoint = needed - "000000020\n".length(); // CURRENT comes after it
        for (int quota = 0; quota < needed; quota += quota < checkpoint - 40 ? 40 : 1) {
            Path run = folder.resolve("run" + quota);
            Saved.save(CheckpointStore.open(new UnforcedDisk(), run, 1), 10);
            FullDisk disk = new FullDisk(quota);
            CheckpointStore store = CheckpointStore.open(disk, run, 1);
            assertThatThrownBy(() -> Saved.save(store, 20))
                    .as("room for " + quota)
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContainingAll("No space left", "000000020", "is there room");
            assertThat(Saved.names(run)).noneMatch(n -> n.endsWith(".tmp")).contains("000000010");
            assertThat(Saved.load(store)).isEqualTo(new Saved(quota < checkpoint ? 10 : 20, 0));
            disk.left = 10_000;
            Saved.save(store, 20);
            assertThat(Saved.load(store)).isEqualTo(new Saved(20, 0));
        }
    }

    private static final class FullDisk extends UnforcedDisk {
        private int left;

        FullDisk(int left) {
            this.left = left;
        }

        @Override
        int room(Path file, int bytes) throws IOException {
            if (left == 0) {
                throw new FileSystemException(file.toString(), null, "No space left on device");
            }
            int room = Math.min(left, bytes);
            left -= room;
            return room;
        }
    }

    /** CKP-04: an operation that fails once, any of them, loses nothing; the next try is as if it had not. */
    @ParameterizedTest
    @ValueSource(longs = {10, 20})
    void anyOperationMayFailOnce(long second) throws IOException {
        boolean failed = true;
        int point = 0;
        for (; failed; point++) {
            Path run = folder.resolve("run" + point);
            Saved.save(CheckpointStore.open(new UnforcedDisk(), run, 1), 10);
            int fatal = point;
            UnforcedDisk disk = new UnforcedDisk() {
                @Override
                void before(String operation, Path path) throws IOException {
                    if (operations++ == fatal) {
                        throw new IOException("cannot " + operation);
                    }
                }
            };
            CheckpointStore store = CheckpointStore.open(new UnforcedDisk(), run, 1);
            CheckpointStore failing = CheckpointStore.open(disk, run, 1);
            failed = false;
            try {
                Saved.save(failing, second, 1, 64);
            } catch (CheckpointException e) {
                failed = true;
                assertThat(e).hasMessageContainingAll("could not be written", "cannot ");
            }
            assertThat(Saved.load(store)).isIn(new Saved(10, 0), new Saved(second, 1));
            if (!failed) {
                continue;
            }
            Saved.save(failing, second, 2, 64);
            assertThat(Saved.load(store)).isEqualTo(new Saved(second, 2));
            assertThat(Saved.names(run)).as("operation " + point).containsExactly("0000000" + second);
        }
        assertThat(point).isGreaterThan(20);
    }
}
