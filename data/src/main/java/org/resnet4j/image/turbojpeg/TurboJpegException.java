package org.resnet4j.image.turbojpeg;

import java.io.IOException;

/** What libjpeg-turbo says against a file. */
public final class TurboJpegException extends IOException {
    private static final long serialVersionUID = 1L;

    TurboJpegException(String message) {
        super(message);
    }
}
