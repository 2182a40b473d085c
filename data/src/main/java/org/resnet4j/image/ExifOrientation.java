package org.resnet4j.image;

/** What is done with the orientation that a camera notes in a picture's EXIF data. */
public enum ExifOrientation {
    /** The picture is turned as a person would see it. */
    OBEY,
    /** The pixels stay as they are stored, as torchvision leaves them. */
    IGNORE
}
