package org.resnet4j.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.resnet4j.engine.Backend;
import org.resnet4j.image.ExifOrientation;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImageException;
import org.resnet4j.image.ImageFile;
import org.resnet4j.image.ReadOptions;
import org.resnet4j.infer.Classifier;
import org.resnet4j.infer.PictureSource;
import org.resnet4j.infer.Pretrained;
import org.resnet4j.pass.Precision;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A model and the pictures that it is to look at. */
final class PictureOptions {
    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // set by the parser
    private CommandSpec command;

    @Parameters(
            index = "0",
            paramLabel = "MODEL",
            description =
                    "A run, a model folder (timm's and transformers' too), a file of weights, a model that was fetched, or a network with --weights.")
    @SuppressWarnings("NullAway.Init") // required
    private String model;

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "PICTURE",
            description =
                    "Files, folders (with all below), quoted globs, @FILE for a list of names, @- for one on standard input,"
                            + " or - for one picture on standard input.")
    private @Nullable List<String> pictures;

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by the parser
    private WeightOptions weights;

    @Option(
            names = "--exif",
            defaultValue = "obey",
            paramLabel = "obey|ignore",
            description = "What is done with the orientation in EXIF data; default ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // has a default
    private ExifOrientation exif;

    @Mixin
    final ThreadOption threads = new ThreadOption();

    /** All pictures that are named, at least one; none is read yet. */
    List<PictureSource> sources(InputStream input) throws IOException {
        List<String> names = new ArrayList<>();
        if (weights.leavesOut(model)) {
            names.add(model);
        }
        names.addAll(pictures == null ? List.of() : pictures);
        if (names.isEmpty()) {
            throw new ParameterException(command.commandLine(), "Missing required parameter: 'PICTURE'");
        }
        ReadOptions options = ReadOptions.DEFAULT.withOrientation(exif);
        return Pictures.named(names, input).stream()
                .map(f -> f.toString().equals(Pictures.INPUT)
                        ? new StandardInput(input, options)
                        : PictureSource.of(f, options))
                .toList();
    }

    /** The model; the caller closes it. */
    Pretrained model(Surroundings surroundings) throws IOException {
        return weights.open(weights.leavesOut(model) ? null : model, ModelCache.of(surroundings));
    }

    /** A classifier with the model; the caller closes it. */
    Classifier classifier(Surroundings surroundings, PrecisionOption precision) throws IOException {
        Backend backend = threads.backend(surroundings);
        Optional<Precision> asked = precision.asked();
        Pretrained model = model(surroundings);
        return Classifier.of(model, asked.orElse(model.usualPrecision()), backend);
    }

    /** The one picture on standard input. */
    private record StandardInput(InputStream input, ReadOptions options) implements PictureSource {
        @Override
        public String name() {
            return Pictures.INPUT;
        }

        @Override
        public Image read() throws ImageException {
            return ImageFile.read(input, "standard input", options);
        }
    }
}
