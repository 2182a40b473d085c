package org.resnet4j.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.image.turbojpeg.TurboJpeg;

/**
 * Every file of the collection of hostile and unusual pictures: the pixels that Pillow shows, or an error where Pillow has one.
 * {@code awkward.tsv} says which, file by file ({@code tools/awkward_reference.py} made it); where we differ on purpose, this class
 * says so and why.
 */
class AwkwardFilesTest {
    /** What refusing a file may take. */
    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long MOST_BYTES = 64L << 20;

    /** Files that are refused here though Pillow shows something. */
    private static final Map<String, String> REFUSED = Map.ofEntries(
            entry("jpeg-decoder/fuzz-afl_in_id_000182,src_000000,op_flip1,pos_503,+cov.jpg", "truncated"),
            entry("jpeg-decoder/fuzz-afl_in_id_000223,src_000000,op_flip2,pos_503,+cov.jpg", "truncated"),
            entry("jpeg-decoder/fuzz-afl_in_id_000227,src_000000,op_flip2,pos_503,+cov.jpg", "truncated"),
            entry("jpeg-decoder/fuzz-afl_in_id_001427,src_000319,op_havoc,rep_1.jpg", "truncated"),
            entry("jpeg-decoder/fuzz-afl_in_id_001655,src_001333,op_flip2,pos_455.jpg", "truncated"),
            entry(
                    "jpeg-decoder/tests_crashtest_images_imagetestsuite_7997b6b229f25315d33f5c7085e37500.jpg",
                    "truncated"),
            entry(
                    "jpeg-decoder/tests_crashtest_images_imagetestsuite_f6b4389c3cf0f5997b2e5a4b905aea8d.jpg",
                    "truncated"),
            entry(
                    "twelvemonkeys/imageio_imageio-jpeg_src_test_resources_jpeg-lossless_8_ls.jpg",
                    "lossless JPEG is not read"),
            entry("pngsuite/png_xcsn0g01.png", "checksum of chunk IDAT"));

    /** Files that Pillow's own look at the segments refuses, though libjpeg reads them: their size. */
    private static final Map<String, String> READ = Map.of(
            "jpeg-decoder/tests_crashtest_images_imagetestsuite_3ef05501315073d9d4e1c6b654d99ac0.jpg",
            "156x5",
            "twelvemonkeys/imageio_imageio-jpeg_src_test_resources_jpeg_0x00-to-0xFF-between-segments.jpg",
            "16x16");

    /** Files whose damage the JDK's decoder meets in another way: it shows other pixels, or an error, or none. */
    private static final Set<String> OTHERWISE_BY_THE_JDK = Set.of(
            "jpeg-decoder/fuzz-afl_in_id_000324,src_000000,op_arith16,pos_227,val_be_-16.jpg",
            "jpeg-decoder/tests_crashtest_images_imagetestsuite_40bb78b1ac031125a6d8466b374962a8.jpg",
            "jpeg-decoder/tests_crashtest_images_imagetestsuite_b55977028a3a574336966b6536640fc9.jpg",
            "twelvemonkeys/imageio_imageio-jpeg_src_test_resources_jpeg_duplicate-component-ids.jpg");

    /** Files whose orientation Pillow finds in text or XMP, where it is not looked for. */
    private static final Set<String> STORED = Set.of(
            "pillow/Tests_images_exif_imagemagick_orientation.png", "pillow/Tests_images_xmp_tags_orientation.png");

    /** A line of the table. */
    record Expected(String file, List<String> columns) {
        boolean error() {
            return columns.get(1).equals("error");
        }

        boolean tiff() {
            return columns.get(1).startsWith("TIFF");
        }

        boolean lossyWebp() {
            return columns.get(1).startsWith("WEBP") && !file.contains("iss634");
        }

        @Override
        public String toString() {
            return file;
        }
    }

    static Stream<Expected> files() throws IOException {
        Golden.require("awkward");
        try (InputStream in = Objects.requireNonNull(AwkwardFilesTest.class.getResourceAsStream("awkward.tsv"))) {
            return new String(in.readAllBytes(), UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> List.of(line.split("\t")))
                    .map(columns -> new Expected(columns.getFirst(), columns));
        }
    }

    @Test
    void everyFileIsInTheTable() throws IOException {
        Path root = Golden.require("awkward");
        try (Stream<Path> found = Files.walk(root)) {
            assertThat(files().map(Expected::file))
                    .containsExactlyInAnyOrderElementsOf(found.filter(Files::isRegularFile)
                            .map(f -> root.relativize(f).toString())
                            .toList());
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void theRightPictureOrOneError(Expected expected) throws IOException {
        Path file = Golden.require("awkward").resolve(expected.file());
        if (TurboJpeg.ofSystem().isEmpty() && OTHERWISE_BY_THE_JDK.contains(expected.file())) {
            return;
        }
        String size = READ.get(expected.file());
        if (size != null) {
            assertThat(ImageFile.read(file)).hasToString(size + " pixels");
            return;
        }
        if (expected.error() || expected.tiff() || expected.lossyWebp() || REFUSED.containsKey(expected.file())) {
            long begin = Golden.cpuNanos();
            long allocated = Golden.allocatedBytes();
            assertThatThrownBy(() -> ImageFile.read(file))
                    .isInstanceOf(ImageException.class)
                    .hasMessageStartingWith(file + ": ")
                    .hasMessageContaining(
                            REFUSED.getOrDefault(expected.file(), expected.lossyWebp() ? "lossless WebP is read" : ""));
            assertThat(Golden.cpuNanos() - begin).isLessThan(MOST_NANOS);
            assertThat(Golden.allocatedBytes() - allocated).isLessThan(MOST_BYTES);
            return;
        }
        Image stored = ImageFile.read(file);
        assertThat(stored.width() + "x" + stored.height())
                .isEqualTo(expected.columns().get(2));
        assertThat(Golden.sha256(stored)).startsWith(expected.columns().get(3));
        Image upright = ImageFile.read(file, ReadOptions.UPRIGHT);
        assertThat(Golden.sha256(upright)).startsWith(expected.columns().get(STORED.contains(expected.file()) ? 3 : 4));
    }

    /** Each was compressed on its own, so a few steps are between them; a wrong turn makes tens. */
    @DisplayName("IMG-07 the same scene in every orientation is one picture once upright")
    @ParameterizedTest
    @CsvSource({
        "exif/Landscape_, .jpg, 5",
        "twelvemonkeys/imageio_imageio-jpeg_src_test_resources_exif_Portrait_, .jpg, 5"
    })
    void upright(String begin, String end, double most) throws IOException {
        Path root = Golden.require("awkward");
        Image first = null;
        for (int i = 1; i <= 8; i++) {
            Path file = root.resolve(begin + i + end);
            if (Files.exists(file)) {
                Image image = ImageFile.read(file, ReadOptions.UPRIGHT);
                first = first == null ? image : first;
                assertThat(image).hasToString(first.toString());
                assertThat(distance(first, image)).as(file.toString()).isLessThan(most);
            }
        }
        assertThat(first).isNotNull();
    }

    private static double distance(Image a, Image b) {
        long sum = 0;
        for (int i = 0; i < a.rgb().length; i++) {
            sum += Math.abs((a.rgb()[i] & 0xff) - (b.rgb()[i] & 0xff));
        }
        return (double) sum / a.rgb().length;
    }
}
