package org.resnet4j.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.image.Image;

class FingerprintTest {
    private record Grey(String description, int size, int shade, int label) implements Dataset {
        @Override
        public List<String> classNames() {
            return List.of("a", "b");
        }

        @Override
        public int label(int i) {
            return label;
        }

        @Override
        public Image image(int i) {
            return new Image(1, 1, new byte[] {(byte) shade, 0, 0});
        }
    }

    @Test
    void dependsOnContentOnly() throws IOException {
        String one = Fingerprint.of(new Grey("here", 3, 1, 0));
        assertThat(Fingerprint.of(new Grey("there", 3, 1, 0))).isEqualTo(one).hasSize(64);
        assertThat(Fingerprint.of(new Grey("here", 4, 1, 0))).isNotEqualTo(one);
        assertThat(Fingerprint.of(new Grey("here", 3, 2, 0))).isNotEqualTo(one);
        assertThat(Fingerprint.of(new Grey("here", 3, 1, 1))).isNotEqualTo(one);
    }

    @Test
    void labelsThatAreNoClassAreFoundBeforeTraining() {
        assertThatThrownBy(() -> Fingerprint.of(new Grey("here", 3, 1, 2)))
                .hasMessage("here, sample 0: a label must be in [0, 2), found 2");
    }

    @Test
    void provenanceHoldsNoPathAndNoHost() {
        assertThat(Provenance.collect("1.0", "reference", "abc").toJson())
                .containsEntry("backend", "reference")
                .containsEntry("commit", "abc")
                .containsOnlyKeys("program", "java", "os", "cpu", "processors", "backend", "commit");
    }
}
