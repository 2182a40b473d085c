/**
 * NumPy's {@code .npy}, versions 1 to 3: one tensor a file.
 *
 * <p>Entry type: {@link org.resnet4j.npy.Npy}. Object arrays, which are pickles, are refused by name.
 */
@NullMarked
package org.resnet4j.npy;

import org.jspecify.annotations.NullMarked;
