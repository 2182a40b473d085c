package org.resnet4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder is whole or not there, and nothing else is touched. */
class AtomicFolderTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void wholeUnderItsNameOnlyAtTheEnd() throws IOException {
        Path out = folder.resolve("a").resolve("out");
        AtomicFolder.write(out, made -> {
            assertThat(made).isEmptyDirectory().hasParent(out.getParent());
            assertThat(out).doesNotExist();
            Files.writeString(made.resolve("file"), "content");
        });
        assertThat(out.resolve("file")).hasContent("content");
        assertThat(folder.resolve("a")).isDirectoryNotContaining(p -> !p.equals(out));
    }

    @Test
    void whatFailsLeavesNothing() {
        assertThatThrownBy(() -> AtomicFolder.write(folder.resolve("out"), made -> {
                    Files.createDirectories(made.resolve("some").resolve("more"));
                    throw new IOException("no room");
                }))
                .hasMessage("no room");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void whatIsThereStays() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("nowhere"));
        for (Path there : new Path[] {empty, link, folder.getRoot()}) {
            assertThatThrownBy(() -> AtomicFolder.write(there, _ -> {}))
                    .isInstanceOf(FileAlreadyExistsException.class)
                    .hasMessageContaining(there.toString());
        }
        assertThat(empty).isEmptyDirectory();
    }

    @Test
    void linksAreDeletedAndNotWhatTheyLeadTo() throws IOException {
        Path kept = Files.createDirectory(folder.resolve("kept"));
        Files.writeString(kept.resolve("file"), "precious");
        Path gone = Files.createDirectories(folder.resolve("gone").resolve("deep"));
        Files.createSymbolicLink(gone.resolve("link"), kept);
        AtomicFolder.delete(folder.resolve("gone"));
        AtomicFolder.delete(folder.resolve("gone"));
        assertThat(folder.resolve("gone")).doesNotExist();
        assertThat(kept.resolve("file")).hasContent("precious");
    }
}
