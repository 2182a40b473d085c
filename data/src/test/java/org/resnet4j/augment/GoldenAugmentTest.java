package org.resnet4j.augment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.resnet4j.image.Image;
import org.resnet4j.testkit.GoldenNumbers;

/** Every operation at several strengths against torchvision's bytes: {@code tools/make_augment_golden.py}. */
class GoldenAugmentTest {
    private static final int WIDTH = 37;
    private static final int HEIGHT = 29;
    private static final Pattern CASE = Pattern.compile("\"(\\w+) (\\w+) (\\d+) (-?1) (\\w+)\": \"(\\w{8})\"");

    private static Image picture(String kind) {
        byte[] rgb = new byte[3 * WIDTH * HEIGHT];
        float[] u = GoldenNumbers.u("augment", rgb.length);
        for (int i = 0; i < rgb.length; i++) {
            int p = i / 3;
            rgb[i] = (byte)
                    (kind.equals("noise")
                            ? (int) ((u[i] + 1) * 64) + 40
                            : (p % WIDTH * 3 + p / WIDTH * 5 + i % 3 * 40) % 180 + 20);
        }
        return new Image(WIDTH, HEIGHT, rgb);
    }

    @Test
    void everyOperationHasTheBytesOfTorchvision() throws IOException {
        String golden = Files.readString(Path.of("src/test/resources/augment/golden.json"));
        List<String> wrong = new ArrayList<>();
        int cases = 0;
        for (Matcher m = CASE.matcher(golden); m.find(); cases++) {
            AugmentOp op = AugmentOp.valueOf(m.group(2));
            int bin = Integer.parseInt(m.group(3));
            double magnitude = op.magnitude(AugmentOp.Space.valueOf(m.group(1)), bin, WIDTH, HEIGHT);
            CRC32 crc = new CRC32();
            crc.update(op.apply(picture(m.group(5)), Integer.parseInt(m.group(4)) * magnitude)
                    .rgb());
            if (!HexFormat.of().toHexDigits((int) crc.getValue()).equals(m.group(6))) {
                wrong.add(m.group());
            }
        }
        assertThat(cases).isEqualTo(460);
        assertThat(wrong).isEmpty();
    }
}
