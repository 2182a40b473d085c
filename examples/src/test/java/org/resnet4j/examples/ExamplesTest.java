package org.resnet4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.checkpoint.CheckpointStore;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.dataset.Part;
import org.resnet4j.dataset.Shapes;
import org.resnet4j.image.ImageFile;
import org.resnet4j.trainer.TrainEvent;
import org.resnet4j.trainer.Trainer;

/** The examples do what they say; an interrupted run that goes on ends with the bytes of one that was not. */
final class ExamplesTest {
    private static final String NATIVES = Path.of("target", "natives").toString();

    @TempDir
    Path folder;

    @Test
    void trainResumeClassify() throws IOException {
        Path whole = folder.resolve("whole");
        Train.main(new String[] {whole.toString(), NATIVES});
        Path cut = folder.resolve("cut");
        AtomicReference<Trainer> self = new AtomicReference<>();
        try (Trainer trainer = Trainer.start(cut, Train.OPTIONS, Train.job(NATIVES), e -> {
            if (e instanceof TrainEvent.Step s && s.step() == 5) {
                Objects.requireNonNull(self.get()).requestStop();
            }
        })) {
            self.set(trainer);
            trainer.train();
        }
        Resume.main(new String[] {cut.toString(), NATIVES});
        assertThat(CheckpointStore.sha256(cut.resolve("last.safetensors")))
                .isEqualTo(CheckpointStore.sha256(whole.resolve("last.safetensors")));
        Path picture = Files.write(
                folder.resolve("p.png"), ImageFile.png(Shapes.of(Part.TEST).image(0)));
        assertThat(printed(() ->
                        Classify.main(new String[] {whole.resolve("model").toString(), NATIVES, picture.toString()})))
                .contains("Prediction[index=");
        // A file of weights alone says as much as another program's does.
        String[] other = {whole.resolve("last.safetensors").toString(), NATIVES, picture.toString(), picture.toString()
        };
        assertThat(printed(() -> ClassifyForeign.main(other)).lines())
                .hasSize(2)
                .allMatch(l -> l.contains("index="));
        assertThat(printed(() -> Embed.main(other))).startsWith("cosine 1.0").isNotEqualTo("cosine NaN");
        finetune(whole.resolve("last.safetensors"));
    }

    private void finetune(Path weights) throws IOException {
        Dataset shapes = Shapes.of(Part.TEST);
        for (int i = 0; i < 40; i++) {
            Path file = folder.resolve("pictures")
                    .resolve(i % 2 == 0 ? "even" : "odd")
                    .resolve(i + ".png");
            Files.createDirectories(file.resolveSibling(""));
            Files.write(file, ImageFile.png(shapes.image(i)));
        }
        Path run = folder.resolve("tuned");
        String[] words = {folder.resolve("pictures").toString(), weights.toString(), run.toString(), NATIVES};
        assertThat(printed(() -> Finetune.main(words))).contains("Finished[step=4");
        assertThat(Files.readAllLines(run.resolve("model/labels.txt"))).containsExactly("even", "odd");
    }

    private interface Program {
        void run() throws IOException;
    }

    private static String printed(Program program) throws IOException {
        PrintStream before = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            System.setOut(out);
            program.run();
        } finally {
            System.setOut(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
