package org.resnet4j.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.resnet4j.zoo.ImageNetClasses;

class ClassMatchTest {
    private static final List<String> ABC = List.of("a", "b", "c");

    @Test
    void theSameNamesInTheSameOrder() throws IOException {
        ClassMatch match = ClassMatch.of("net", 3, Optional.of(ABC), ABC);
        assertThat(match.logits()).containsExactly(0, 1, 2);
        assertThat(match.notes()).isEmpty();
    }

    @Test
    void anotherOrderOrAnotherNameIsRefusedWithTheFirstDifference() {
        assertThatThrownBy(() -> ClassMatch.of("net", 3, Optional.of(ABC), List.of("a", "c", "b")))
                .isInstanceOf(ClassMatch.MismatchException.class)
                .hasMessageContaining("from class 1 on")
                .hasMessageContaining("[b, c]")
                .hasMessageContaining("[c, b]")
                .hasMessageContaining("--class-order");
        assertThatThrownBy(() -> ClassMatch.of("net", 3, Optional.of(ABC), List.of("a", "b")))
                .hasMessageContaining("the model's 3 classes and the data's 2 differ from class 2");
        assertThatThrownBy(() -> ClassMatch.of("net", 4, Optional.empty(), ABC))
                .hasMessageContaining("4 outputs")
                .hasMessageContaining("3 classes");
    }

    @Test
    void withoutNamesOnlyTheNumberCountsAndThatIsSaid() throws IOException {
        assertThat(ClassMatch.of("net", 3, Optional.empty(), ABC).notes()).hasSize(1);
    }

    @Test
    void wordNetIdsAreMatchedByThemselves() throws IOException {
        List<String> data = List.of("n02102040", "n01440764");
        ClassMatch match = ClassMatch.of("net", 1000, Optional.empty(), data);
        assertThat(match.logits()).containsExactly(217, 0);
        assertThat(match.names().get(0)).isEqualTo("tench");
        assertThat(match.notes()).hasSize(2);
        List<String> words = ImageNetClasses.all().stream()
                .map(ImageNetClasses.Entry::lemmas)
                .toList();
        assertThat(ClassMatch.of("net", 1000, Optional.of(words), data).logits())
                .containsExactly(217, 0);
        assertThat(ClassMatch.of("net", 2, Optional.of(List.of("n01440764", "n02102040")), data)
                        .logits())
                .containsExactly(1, 0);
        assertThatThrownBy(() -> ClassMatch.of("net", 1000, Optional.empty(), List.of("n00000001")))
                .hasMessageContaining("n00000001");
        assertThatThrownBy(() -> ClassMatch.of("net", 10, Optional.empty(), data))
                .hasMessageContaining("10 outputs");
    }
}
