package org.resnet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ImageNetClassesTest {
    @Test
    void aThousandInTheOrderOfTheLogitsWhichIsThatOfTheIds() {
        List<ImageNetClasses.Entry> all = ImageNetClasses.all();
        assertThat(all).hasSize(1000);
        for (int i = 0; i < all.size(); i++) {
            assertThat(all.get(i).index()).isEqualTo(i);
            assertThat(ImageNetClasses.isWnid(all.get(i).wnid())).isTrue();
            assertThat(ImageNetClasses.indexOf(all.get(i).wnid())).hasValue(i);
            assertThat(all.get(i).name()).isNotBlank().doesNotContain(",");
        }
        assertThat(all.stream().map(ImageNetClasses.Entry::wnid)).isSorted();
        assertThat(all.getFirst()).isEqualTo(new ImageNetClasses.Entry(0, "n01440764", "tench, Tinca tinca"));
        assertThat(all.getFirst().name()).isEqualTo("tench");
    }

    @Test
    void anotherIdIsNoneOfThem() {
        assertThat(ImageNetClasses.indexOf("n00000001")).isEmpty();
        assertThat(ImageNetClasses.isWnid("n0144076")).isFalse();
        assertThat(ImageNetClasses.isWnid("cat")).isFalse();
    }
}
