package org.resnet4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exactly the bit that is asked for. */
final class DamageTest {
    @TempDir
    Path folder;

    @Test
    void oneBitAndBack() throws IOException {
        Path file = Files.write(folder.resolve("x"), new byte[] {1, 2, 3});
        Damage.flipBit(file, 15);
        assertThat(file).hasBinaryContent(new byte[] {1, (byte) 0x82, 3});
        Damage.flipBit(file, 15);
        assertThat(file).hasBinaryContent(new byte[] {1, 2, 3});
        assertThatThrownBy(() -> Damage.flipBit(file, 24)).hasMessageContaining("no bit 24");
        Damage.truncate(file, 2);
        assertThat(file).hasBinaryContent(new byte[] {1, 2});
    }
}
