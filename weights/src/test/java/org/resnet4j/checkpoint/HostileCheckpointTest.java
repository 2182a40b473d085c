package org.resnet4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.safetensors.Safetensors;
import org.resnet4j.testkit.RawSafetensors;

/** CKP-12: checkpoints whose hashes hold and which are hostile all the same. */
@Timeout(60)
final class HostileCheckpointTest {
    @TempDir
    Path folder;

    private Path run() {
        return folder.resolve("run");
    }

    private Path inIt(String name) {
        return run().resolve("checkpoints/000000010").resolve(name);
    }

    @BeforeEach
    void oneSoundCheckpoint() throws IOException {
        Saved.save(CheckpointStore.open(run(), 2), 10);
    }

    private void seal(String object) throws IOException {
        Files.write(inIt("state.json"), StateFile.seal(object));
    }

    private void sealWithItsHashes() throws IOException {
        Map<String, String> hashes = new HashMap<>();
        for (String name : List.of("model.safetensors", "optimizer.safetensors")) {
            hashes.put(name, Sha256.of(inIt(name)));
        }
        Files.write(inIt("state.json"), StateFile.write(10, hashes, Map.of()));
    }

    private void refused(String what, String inMessage) {
        assertThatThrownBy(() -> CheckpointStore.open(run(), 2).load().close())
                .as(what)
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("no checkpoint can be loaded")
                .hasMessageContaining(inMessage);
    }

    @Test
    void everyHostileFileOfWeightsIsRefused() throws IOException {
        for (String name : List.of("model.safetensors", "optimizer.safetensors")) {
            byte[] sound = Files.readAllBytes(inIt(name));
            for (Map.Entry<String, byte[]> hostile : RawSafetensors.hostile().entrySet()) {
                Files.write(inIt(name), hostile.getValue());
                sealWithItsHashes();
                refused(hostile.getKey(), name);
            }
            Files.write(inIt(name), sound);
        }
    }

    /** SAF-16 in its strict form. */
    @Test
    void numbersThatAreNotFiniteAreRefused() throws IOException {
        byte[] file = RawSafetensors.of("{" + RawSafetensors.entry("w", "F32", "[1]", 0, 4) + "}", 4);
        file[file.length - 1] = 0x7f;
        file[file.length - 2] = (byte) 0xc0;
        Files.write(inIt("model.safetensors"), file);
        sealWithItsHashes();
        refused("NaN", "NaN or infinity in [w]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"format\":2}",
                "{\"format\":2,\"step\":10}",
                "{\"format\":2,\"step\":-10,\"sha256\":{}}",
                "{\"format\":-1,\"step\":10,\"sha256\":{}}",
                "{\"format\":2,\"step\":10,\"sha256\":[]}",
                "{\"format\":2,\"step\":10,\"sha256\":{}}",
                "{\"format\":2,\"step\":10,\"sha256\":{\"model.safetensors\":1}}",
                "{\"format\":2,\"step\":20,\"sha256\":{}}",
                "{\"format\":\"2\",\"step\":10,\"sha256\":{}}",
                "{\"format\":2,\"format\":2,\"step\":10,\"sha256\":{}}",
                "[]"
            })
    void statesThatMakeNoSenseAreRefused(String state) throws IOException {
        seal(state);
        refused(state, "tried [000000010: ");
    }

    @Test
    void statesThatAreTooLongOrTooDeepAreRefused() throws IOException {
        seal("{\"format\":2,\"step\":10,\"x\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}");
        refused("deep", "depth");
        seal("{\"format\":2,\"step\":10,\"x\":[" + "1,".repeat(2_000_000) + "1]}");
        refused("many", "at most 1000000 values");
        seal("{\"format\":2,\"step\":10,\"x\":\"" + "a".repeat(17 << 20) + "\"}");
        refused("long", "at most 16777216 bytes");
    }

    /** Nothing outside the run is read by way of a link, waited for, or deleted. */
    @Test
    void linksAndPipesAreNotFollowed() throws IOException, InterruptedException {
        Path away = folder.resolve("away");
        Files.move(inIt("model.safetensors"), away);
        Files.createSymbolicLink(inIt("model.safetensors"), away);
        refused("a link", "model.safetensors is missing");
        Files.delete(inIt("model.safetensors"));
        Process mkfifo;
        try {
            mkfifo = new ProcessBuilder("mkfifo", inIt("model.safetensors").toString()).start();
        } catch (IOException e) {
            Assumptions.abort("no mkfifo here: " + e);
            return;
        }
        assertThat(mkfifo.waitFor(10, TimeUnit.SECONDS)).isTrue();
        refused("a pipe", "model.safetensors is missing");
        assertThatThrownBy(() -> Safetensors.read(inIt("model.safetensors"))).hasMessageContaining("a pipe");
    }

    @Test
    void deletingStopsAtLinks() throws IOException {
        Path precious = Files.createDirectory(folder.resolve("precious"));
        Files.writeString(precious.resolve("file"), "kept");
        Files.createSymbolicLink(run().resolve("checkpoints/000000005"), precious);
        Files.createSymbolicLink(run().resolve("x.tmp"), precious);
        Files.createSymbolicLink(run().resolve("checkpoints/000000007.tmp"), precious);
        CheckpointStore again = CheckpointStore.open(run(), 1);
        Saved.save(again, 20);
        assertThat(Saved.names(run())).containsExactly("000000020");
        assertThat(run().resolve("x.tmp")).doesNotExist();
        assertThat(precious.resolve("file")).hasContent("kept");
        Path target = folder.resolve("target");
        Files.writeString(target, "kept", StandardCharsets.UTF_8);
        Files.createSymbolicLink(run().resolve("CURRENT.tmp"), target);
        Saved.save(again, 30);
        assertThat(target).hasContent("kept");
        assertThat(run().resolve("CURRENT")).hasContent("000000030\n");
    }
}
