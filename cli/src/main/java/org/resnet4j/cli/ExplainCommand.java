package org.resnet4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.checkpoint.AtomicFile;
import org.resnet4j.explain.Explanation;
import org.resnet4j.explain.GradCam;
import org.resnet4j.image.Filter;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImageFile;
import org.resnet4j.image.Resize;
import org.resnet4j.infer.PictureSource;
import org.resnet4j.infer.Prediction;
import org.resnet4j.infer.Pretrained;
import org.resnet4j.report.Page;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where in a picture a network sees a class: Grad-CAM. */
@Command(
        name = "explain",
        description = {
            "Colours the places of a picture that speak for a class (Grad-CAM, Selvaraju et al. 2017): red most, blue nothing.",
            "The picture is shown as the network sees it, resized and cut."
        },
        footer = {
            "",
            "Examples:",
            "  resnet explain resnet50.keras_in1k photo.jpg --out explain.png",
            "  resnet explain RUN photo.jpg --class cat --out explain.html"
        })
final class ExplainCommand extends Surrounded {
    private static final int SIDE = 224;
    private static final int ANSWERS = 5;

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by the parser
    private PictureOptions pictures;

    @Option(names = "--class", paramLabel = "NAME|INDEX", description = "The class to explain; default: the likeliest.")
    private @Nullable String target;

    @Option(
            names = "--layer",
            paramLabel = "NAME",
            description = "Module whose maps are weighed, such as layer3; default: the last before pooling.")
    private @Nullable String layer;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = ".png, or .html for a page.")
    @SuppressWarnings("NullAway.Init") // required
    private Path file;

    ExplainCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        String name = file.toString().toLowerCase(Locale.ROOT);
        if (!name.endsWith(".png") && !name.endsWith(".html")) {
            throw new IllegalArgumentException("--out must end in .png or .html, found " + file);
        }
        List<PictureSource> sources = pictures.sources(surroundings.input());
        if (sources.size() != 1) {
            throw new IllegalArgumentException("one picture is explained at a time, found " + sources.size());
        }
        Image picture = sources.getFirst().read();
        try (Pretrained model = pictures.model(surroundings)) {
            model.notes().forEach(err()::println);
            OptionalInt wanted = target == null ? OptionalInt.empty() : OptionalInt.of(index(target, model));
            try (GradCam cam = GradCam.open(model, layer, pictures.threads.backend(surroundings))) {
                Explanation found = cam.explain(picture, wanted);
                write(found, model, sources.getFirst().name());
            }
        }
        return 0;
    }

    private void write(Explanation found, Pretrained model, String name) throws IOException {
        String explained = model.classNames().get(found.target());
        List<Prediction> all = found.answer().predictions(model.spec().classes());
        Prediction answer = all.stream()
                .filter(p -> p.index() == found.target())
                .findFirst()
                .orElseThrow();
        Image seen = enlarged(found.picture());
        Image overlay = found.map().over(seen);
        if (file.toString().toLowerCase(Locale.ROOT).endsWith(".html")) {
            List<List<String>> rows = new ArrayList<>(List.of(List.of("class", "probability")));
            all.stream().limit(ANSWERS).forEach(p -> rows.add(List.of(p.name(), Main.percent(p.probability()) + " %")));
            Page.titled(name + ": " + explained)
                    .paragraph("What speaks for " + explained + " (" + Main.percent(answer.probability()) + " %) in "
                            + model.spec().name()
                            + ": red most, blue nothing. The picture as the network sees it; Grad-CAM, "
                            + found.map().width() + "x" + found.map().height() + " places.")
                    .picture(seen, "the picture")
                    .picture(overlay, "the picture under its map")
                    .table(rows)
                    .write(file);
        } else {
            AtomicFile.write(file, ImageFile.png(overlay));
        }
        out().printf(
                        Locale.ROOT,
                        "%s: %.2f %%  %s%s -> %s%n",
                        name,
                        100 * answer.probability(),
                        explained,
                        found.map().max() == 0 ? "  (nothing speaks for it)" : "",
                        file);
    }

    /** A small picture a whole number of times larger, so that a person sees something. */
    private static Image enlarged(Image seen) {
        int times = Math.ceilDiv(SIDE, Math.max(seen.width(), seen.height()));
        return times <= 1 ? seen : Resize.resize(seen, times * seen.width(), times * seen.height(), Filter.BICUBIC);
    }

    /** A class by its index, its name, or one of the words of its name. */
    static int index(String wanted, Pretrained model) {
        List<String> names = model.classNames();
        if (wanted.matches("\\d{1,6}")) {
            int index = Integer.parseInt(wanted);
            if (index < names.size()) {
                return index;
            }
            throw new IllegalArgumentException(
                    "--class must be 0 to " + (names.size() - 1) + " or a name, found " + wanted);
        }
        List<Integer> same = matching(names, n -> n.equalsIgnoreCase(wanted));
        if (same.isEmpty()) {
            same = matching(
                    names,
                    n -> List.of(n.toLowerCase(Locale.ROOT).split("\\s*,\\s*"))
                            .contains(wanted.toLowerCase(Locale.ROOT)));
        }
        if (same.size() == 1) {
            return same.getFirst();
        }
        List<Integer> near = same.isEmpty()
                ? matching(names, n -> n.toLowerCase(Locale.ROOT).contains(wanted.toLowerCase(Locale.ROOT)))
                : same;
        throw new IllegalArgumentException("--class " + wanted + ": one class is needed, found "
                + (near.isEmpty() ? "none of that name" : "these: " + described(near, names)));
    }

    private static List<Integer> matching(List<String> names, Predicate<String> same) {
        return IntStream.range(0, names.size())
                .filter(i -> same.test(names.get(i)))
                .boxed()
                .toList();
    }

    private static String described(List<Integer> indices, List<String> names) {
        return String.join(
                "; ",
                indices.stream().limit(ANSWERS).map(i -> i + " " + names.get(i)).toList());
    }
}
