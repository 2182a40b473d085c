package org.resnet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What stands in the list can be believed: hashes have their digits, names belong to networks. */
class ZooTest {
    @Test
    void everyEntryIsWhole() {
        Set<String> names = new HashSet<>();
        for (ZooEntry e : Zoo.entries()) {
            assertThat(names.add(e.name())).as(e.name()).isTrue();
            assertThat(Models.names()).contains(e.name().substring(0, e.name().indexOf('.')));
            assertThat(e.source().npm()).matches("[a-z0-9._-]+@\\d+\\.\\d+\\.\\d+");
            assertThat(e.source().archive()).endsWith(".tgz").doesNotContain("@");
            assertThat(e.source().sha1()).matches("[0-9a-f]{40}");
            assertThat(e.source().sha256()).matches("[0-9a-f]{64}");
            assertThat(e.source().folder()).endsWith("/");
            assertThat(e.preprocessing().mean()).hasSize(3).allMatch(m -> m > 0 && m < 1);
            assertThat(e.preprocessing().deviation()).hasSize(3).allMatch(d -> d > 0);
            assertThat(e.published().top5()).isBetween(e.published().top1(), 100.0);
            assertThat(e.licence()).isNotBlank();
        }
        assertThat(Zoo.find(Zoo.KERAS_RESNET50)).isPresent();
        assertThat(Zoo.find("resnet50")).isEmpty();
    }
}
