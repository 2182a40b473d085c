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
            assertThat(all.get(i).name()).isNotBlank();
        }
        assertThat(all.stream().map(ImageNetClasses.Entry::wnid)).isSorted();
        assertThat(all.getFirst()).isEqualTo(new ImageNetClasses.Entry(0, "n01440764", "tench, Tinca tinca"));
        assertThat(all.getFirst().name()).isEqualTo("tench");
    }

    @Test
    void noTwoAreCalledTheSame() {
        List<ImageNetClasses.Entry> all = ImageNetClasses.all();
        assertThat(all.stream().map(ImageNetClasses.Entry::title)).doesNotHaveDuplicates();
        assertThat(all.stream().map(ImageNetClasses.Entry::name)).doesNotHaveDuplicates();
        assertThat(all.get(134).title()).isEqualTo("crane (bird)");
        assertThat(all.get(517).name()).isEqualTo("crane (machine)");
        assertThat(all.get(638).name()).isEqualTo("maillot");
        assertThat(all.get(639).name()).isEqualTo("maillot, tank suit");
        assertThat(ImageNetClasses.are(
                        all.stream().map(ImageNetClasses.Entry::lemmas).toList()))
                .isTrue();
        assertThat(ImageNetClasses.are(
                        all.stream().map(e -> e.lemmas().split(",")[0]).toList()))
                .isTrue();
        assertThat(ImageNetClasses.are(
                        all.reversed().stream().map(ImageNetClasses.Entry::wnid).toList()))
                .isFalse();
    }

    @Test
    void anotherIdIsNoneOfThem() {
        assertThat(ImageNetClasses.indexOf("n00000001")).isEmpty();
        assertThat(ImageNetClasses.isWnid("n0144076")).isFalse();
        assertThat(ImageNetClasses.isWnid("cat")).isFalse();
    }
}
