package org.resnet4j.infer;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.resnet4j.augment.Transform;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImageException;

/**
 * The views of a set's pictures as a set of their own, all views of a picture in a row. A picture that cannot be read is black
 * here, and {@link #unreadable}: one bad file must not end a measurement of 50,000.
 */
final class ViewedPictures implements Dataset {
    private final Dataset pictures;
    private final Views views;
    private final Transform.Evaluate transform;
    private final Map<Integer, String> unreadable = new ConcurrentHashMap<>();

    /** What each thread decoded last: a worker makes all views of most pictures itself. */
    private final Map<Thread, Decoded> last = new ConcurrentHashMap<>();

    private record Decoded(int picture, List<Image> views) {}

    ViewedPictures(Dataset pictures, Views views, Transform.Evaluate transform) {
        this.pictures = pictures;
        this.views = views;
        this.transform = transform;
    }

    int picture(int sample) {
        return sample / views.count();
    }

    /** Why pictures could not be read, by index; complete for a batch once the loader has given it. */
    Map<Integer, String> unreadable() {
        return unreadable;
    }

    @Override
    public String description() {
        return pictures.description();
    }

    @Override
    public int size() {
        return Math.multiplyExact(pictures.size(), views.count());
    }

    @Override
    public List<String> classNames() {
        return pictures.classNames();
    }

    @Override
    public int label(int i) {
        return pictures.label(picture(i));
    }

    @Override
    public Image image(int i) throws IOException {
        Decoded decoded = last.get(Thread.currentThread());
        if (decoded == null || decoded.picture() != picture(i)) {
            decoded = new Decoded(picture(i), views(picture(i)));
            last.put(Thread.currentThread(), decoded);
        }
        return decoded.views().get(i % views.count());
    }

    private List<Image> views(int picture) throws IOException {
        try {
            return views.of(pictures.image(picture), transform);
        } catch (ImageException e) {
            unreadable.put(picture, String.valueOf(e.getMessage()));
            int side = transform.crop();
            return views.of(new Image(side, side, new byte[3 * side * side]), transform);
        }
    }
}
