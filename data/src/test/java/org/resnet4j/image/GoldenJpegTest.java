package org.resnet4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.resnet4j.augment.CropMode;
import org.resnet4j.augment.Transform;
import org.resnet4j.image.turbojpeg.TurboJpeg;
import org.resnet4j.random.Rng;

/** JPEGs and evaluation crops against Pillow, torchvision and timm. */
class GoldenJpegTest {
    private static final String NO_LIBRARY = "libjpeg-turbo is absent: install libturbojpeg0";
    private static final Pattern DECODED =
            Pattern.compile("\"([^\"]+)\": \\{\\s*\"mode\": \"[^\"]+\",[^}]*\"sha256\": \"([0-9a-f]{64})\"");
    private static final Pattern CROP = Pattern.compile(
            "\"file\": \"([^\"]+)\",\\s*\"transform\": \"([^\"]+)\",\\s*\"sha256\": \"([0-9a-f]{64})\"");

    private static Map<String, String> decoded() throws IOException {
        Map<String, String> hashes = new TreeMap<>();
        Matcher m = DECODED.matcher(Files.readString(Golden.require("golden/pillow/decode.json")));
        while (m.find()) {
            hashes.put(m.group(1), m.group(2));
        }
        assertThat(hashes).hasSize(100);
        return hashes;
    }

    @Test
    void everyPixelIsPillowsByLibjpegTurbo() throws IOException {
        Path folder = Golden.require("imagenet-sample");
        assumeTrue(TurboJpeg.ofSystem().isPresent(), NO_LIBRARY);
        List<String> wrong = new ArrayList<>();
        for (Map.Entry<String, String> e : decoded().entrySet()) {
            if (!Golden.sha256(ImageFile.read(folder.resolve(e.getKey()))).equals(e.getValue())) {
                wrong.add(e.getKey());
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void everyPixelIsPillowsByTheJdk() throws IOException {
        Path folder = Golden.require("imagenet-sample");
        List<String> wrong = new ArrayList<>();
        for (Map.Entry<String, String> e : decoded().entrySet()) {
            byte[] bytes = Files.readAllBytes(folder.resolve(e.getKey()));
            Source source = new Source(bytes, e.getKey(), ReadOptions.DEFAULT);
            if (!Golden.sha256(JdkJpeg.decode(source, JpegHeader.read(source))).equals(e.getValue())) {
                wrong.add(e.getKey());
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void evaluationIsTorchvisionsAndTimms() throws IOException {
        Path folder = Golden.require("imagenet-sample");
        assumeTrue(TurboJpeg.ofSystem().isPresent(), NO_LIBRARY);
        Map<String, Transform> transforms = Map.of(
                "torchvision_v1 resize 256 bilinear, crop 224",
                Transform.Evaluate.torchvision(256, Filter.BILINEAR, 224),
                "torchvision_v2 resize 232 bilinear, crop 224",
                Transform.Evaluate.torchvision(232, Filter.BILINEAR, 224),
                "timm resize 235 bicubic (crop_pct 0.95), crop 224",
                Transform.Evaluate.timm(224, 0.95, Filter.BICUBIC, new CropMode.Centre()),
                "timm resize 288 bicubic (crop_pct 1.0), crop 288",
                Transform.Evaluate.timm(288, 1.0, Filter.BICUBIC, new CropMode.Centre()));
        Matcher m = CROP.matcher(Files.readString(Golden.require("golden/pillow/eval.json")));
        List<String> wrong = new ArrayList<>();
        int count = 0;
        while (m.find()) {
            Transform transform = Objects.requireNonNull(transforms.get(m.group(2)), m.group(2));
            Image crop = transform.apply(ImageFile.read(folder.resolve(m.group(1))), Rng.of(0));
            if (!Golden.sha256(crop).equals(m.group(3))) {
                wrong.add(m.group(1) + ", " + m.group(2));
            }
            count++;
        }
        assertThat(count).isEqualTo(80);
        assertThat(wrong).isEmpty();
    }
}
