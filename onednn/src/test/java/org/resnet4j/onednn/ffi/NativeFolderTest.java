package org.resnet4j.onednn.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.onednn.NativeLibraryException;

/** Unpacking: private, checked, mended. */
final class NativeFolderTest {
    private static final String GOMP = "libgomp.so.1";
    private static final String HASH = "115302e45583ad3e8df681c0a5af4c8273b7399f764965280d70d8780e5ee454";

    @TempDir
    Path temp;

    private Path unpack(String hash) throws IOException {
        return NativeFolder.unpack(temp.resolve("a folder").resolve("native"), "linux-x86_64", GOMP, hash);
    }

    @Test
    void createsAPrivateFolder() throws IOException {
        Path file = unpack(HASH);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
                .isEqualTo("rwx------");
    }

    @Test
    void mendsADamagedFile() throws IOException {
        Path file = unpack(HASH);
        long size = Files.size(file);
        Files.writeString(file, "damaged");
        assertThat(unpack(HASH)).hasSize(size);
    }

    @Test
    void refusesAnotherHashAndLeavesNoHalfFile() {
        assertThatThrownBy(() -> unpack("0".repeat(64)))
                .isInstanceOf(NativeLibraryException.class)
                .hasMessageContaining("SHA-256");
        assertThat(temp.resolve("a folder/native/" + GOMP)).doesNotExist();
        assertThat(temp.resolve("a folder/native/" + GOMP + ".tmp")).doesNotExist();
    }

    @Test
    void refusesAFolderThatOthersCanWriteTo() throws IOException {
        Path open = Files.createDirectory(temp.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(() -> NativeFolder.unpack(open, "linux-x86_64", GOMP, HASH))
                .isInstanceOf(NativeLibraryException.class)
                .hasMessageContaining("no other user can write to");
        assertThat(open).isEmptyDirectory();
    }

    @Test
    void twoThreadsUnpackingAtOnceBothSucceed() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            CyclicBarrier together = new CyclicBarrier(2);
            Callable<Path> task = () -> {
                together.await();
                return unpack(HASH);
            };
            Future<Path> one = threads.submit(task);
            Future<Path> two = threads.submit(task);
            assertThat(one.get()).isEqualTo(two.get()).isRegularFile();
        }
    }

    @Test
    void saysWhenTheJarLacksTheFile() {
        assertThatThrownBy(() -> NativeFolder.unpack(temp, "plan9-mips", GOMP, HASH))
                .isInstanceOf(NativeLibraryException.class)
                .hasMessageContaining("missing from this program's jar");
    }
}
