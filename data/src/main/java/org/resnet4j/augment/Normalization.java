package org.resnet4j.augment;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.image.Image;

/** How bytes become numbers. Writes channels first, [3, H, W] f32. Immutable; safe for use by many threads. */
public sealed interface Normalization {
    /** CIFAR-10's training set: mean and deviation of each channel. */
    ChannelStats CIFAR10 = new ChannelStats(List.of(0.4914f, 0.4822f, 0.4465f), List.of(0.2470f, 0.2435f, 0.2616f));

    /** ImageNet's, as every torchvision model expects. */
    ChannelStats IMAGENET = new ChannelStats(List.of(0.485f, 0.456f, 0.406f), List.of(0.229f, 0.224f, 0.225f));

    /** ImageNet's mean colour and no scaling: pixels 0 to 255 minus (123.68, 116.779, 103.939), as Caffe's and Keras's ResNets. */
    ChannelStats CAFFE = new ChannelStats(
            List.of(123.68f / 255, 116.779f / 255, 103.939f / 255), List.of(1f / 255, 1f / 255, 1f / 255));

    /** Writes a picture's numbers at {@code offset} bytes of {@code dst}. */
    void write(Image image, MemorySegment dst, long offset);

    /** (x / 255 - mean) / std by channel, in float. */
    record ChannelStats(List<Float> mean, List<Float> std) implements Normalization {
        /** Checks that there are three of each and no deviation of zero. */
        public ChannelStats {
            mean = List.copyOf(mean);
            std = List.copyOf(std);
            if (mean.size() != 3 || std.size() != 3 || std.stream().anyMatch(s -> !(s > 0))) {
                throw new IllegalArgumentException(
                        "three means and three positive deviations are needed, found " + mean + " and " + std);
            }
        }

        @Override
        public void write(Image image, MemorySegment dst, long offset) {
            int pixels = image.width() * image.height();
            byte[] rgb = image.rgb();
            float[] table = new float[256];
            float[] plane = new float[pixels];
            for (int c = 0; c < 3; c++) {
                float m = mean.get(c);
                float s = std.get(c);
                for (int v = 0; v < 256; v++) {
                    table[v] = (v / 255f - m) / s;
                }
                for (int p = 0; p < pixels; p++) {
                    plane[p] = table[rgb[3 * p + c] & 0xff];
                }
                MemorySegment.copy(
                        plane, 0, dst, ValueLayout.JAVA_FLOAT, offset + (long) c * pixels * Float.BYTES, pixels);
            }
        }
    }

    /** x / 255 minus the mean picture of the training set: the paper's (section 4.2). For one picture size. */
    final class PerPixelMean implements Normalization {
        private final float[] mean;

        private PerPixelMean(float[] mean) {
            this.mean = mean;
        }

        /** With this mean picture, channels first. */
        public static PerPixelMean of(float[] mean) {
            return new PerPixelMean(mean.clone());
        }

        /** The mean picture, channels first. */
        public float[] mean() {
            return mean.clone();
        }

        /** The mean picture of a data set whose pictures all have one size. */
        public static PerPixelMean of(Dataset data) throws IOException {
            double[] sum = new double[data.image(0).rgb().length];
            for (int i = 0; i < data.size(); i++) {
                byte[] rgb = data.image(i).rgb();
                if (rgb.length != sum.length) {
                    throw new IOException(data.description() + ": a mean picture needs pictures of one size, sample "
                            + i + " has another");
                }
                int pixels = rgb.length / 3;
                for (int p = 0; p < pixels; p++) {
                    for (int c = 0; c < 3; c++) {
                        sum[c * pixels + p] += rgb[3 * p + c] & 0xff;
                    }
                }
            }
            float[] mean = new float[sum.length];
            for (int i = 0; i < mean.length; i++) {
                mean[i] = (float) (sum[i] / data.size() / 255);
            }
            return new PerPixelMean(mean);
        }

        @Override
        public void write(Image image, MemorySegment dst, long offset) {
            int pixels = image.width() * image.height();
            if (3 * pixels != mean.length) {
                throw new IllegalArgumentException(
                        "the mean picture has " + mean.length / 3 + " pixels, the picture " + pixels);
            }
            float[] plane = new float[3 * pixels];
            for (int p = 0; p < pixels; p++) {
                for (int c = 0; c < 3; c++) {
                    plane[c * pixels + p] = (image.rgb()[3 * p + c] & 0xff) / 255f - mean[c * pixels + p];
                }
            }
            MemorySegment.copy(plane, 0, dst, ValueLayout.JAVA_FLOAT, offset, plane.length);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof PerPixelMean p && Arrays.equals(p.mean, mean);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(mean);
        }

        @Override
        public String toString() {
            return "per-pixel mean of " + mean.length / 3 + " pixels";
        }
    }
}
