package org.resnet4j.dataset;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.resnet4j.image.ReadOptions;

/**
 * How folders of pictures are read.
 *
 * @param order of classes
 * @param reading limits, and what is done with EXIF orientation
 * @param labels a CSV file with the classes of the folder's pictures, or null where folders or names say them
 */
public record FolderOptions(
        ClassOrder order, ReadOptions reading, @Nullable Path labels) {
    /** As torchvision: code-point order, pixels as they are stored. */
    public static final FolderOptions DEFAULT = new FolderOptions(ClassOrder.CODE_POINT, ReadOptions.DEFAULT, null);
}
