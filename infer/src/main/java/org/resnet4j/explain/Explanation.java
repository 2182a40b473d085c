package org.resnet4j.explain;

import org.resnet4j.image.Image;
import org.resnet4j.infer.Answer;

/**
 * What speaks for a class in a picture.
 *
 * @param picture as the network saw it: resized and cut
 * @param answer of the network
 * @param target index of the class that is explained
 * @param map of the picture's places, as coarse as the network's maps
 */
public record Explanation(Image picture, Answer answer, int target, Heatmap map) {
    /** The picture under its map. */
    public Image overlay() {
        return map.over(picture);
    }
}
