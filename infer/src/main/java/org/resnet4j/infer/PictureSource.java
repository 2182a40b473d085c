package org.resnet4j.infer;

import java.nio.file.Path;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImageException;
import org.resnet4j.image.ImageFile;
import org.resnet4j.image.ReadOptions;

/** A picture that is still to be read; read once, by any thread. */
public interface PictureSource {
    /** As people call it: the file. */
    String name();

    /** Reads it. */
    Image read() throws ImageException;

    /** The picture in a file. */
    static PictureSource of(Path file, ReadOptions options) {
        return new PictureSource() {
            @Override
            public String name() {
                return file.toString();
            }

            @Override
            public Image read() throws ImageException {
                return ImageFile.read(file, options);
            }
        };
    }
}
