package org.resnet4j.zoo;

import java.util.List;

/**
 * Trained weights that can be had by a name: where they come from, how they are known to be the right ones, and what is known of
 * them. Nothing here fetches anything.
 *
 * @param name such as {@code resnet50.keras_in1k}: a network, a dot, who trained it on what
 * @param title a line for people
 * @param source where the weights lie
 * @param licence of the weights, and where it stands
 * @param preprocessing of pictures
 * @param published accuracy
 * @param recipe how the weights were trained, as far as that is known
 */
public record ZooEntry(
        String name,
        String title,
        Source source,
        String licence,
        Pictures preprocessing,
        Accuracy published,
        String recipe) {

    /**
     * A folder in a gzipped tar archive that a package of npm is.
     *
     * @param npm name and version, for the npm program
     * @param bytes of the archive
     * @param sha1 of the archive, which the registry publishes
     * @param sha256 of the archive
     * @param folder in the archive, ending with a slash
     */
    public record Source(String npm, long bytes, String sha1, String sha256, String folder) {
        /** Name of the archive, as npm gives it. */
        public String archive() {
            return npm.replace('@', '-') + ".tgz";
        }
    }

    /**
     * What happens to pictures: resized, the middle cut out, (x / 255 - mean) / deviation.
     *
     * @param resize pixels of the shorter side
     * @param interpolation Pillow's name of the filter
     * @param crop pixels a side
     * @param mean of red, green and blue, of 1
     * @param deviation of red, green and blue, of 1
     */
    public record Pictures(int resize, String interpolation, int crop, List<Float> mean, List<Float> deviation) {
        /** Copies the lists. */
        public Pictures {
            mean = List.copyOf(mean);
            deviation = List.copyOf(deviation);
        }
    }

    /**
     * What was published.
     *
     * @param top1 per cent of the pictures
     * @param top5 per cent of the pictures
     * @param on which pictures, and who says so
     */
    public record Accuracy(double top1, double top5, String on) {}
}
