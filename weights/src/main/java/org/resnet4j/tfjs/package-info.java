/**
 * Layers models of TensorFlow.js: {@code model.json} with the layers' configuration and a manifest, and shards of numbers beside
 * it.
 *
 * <p>Entry type: {@link org.resnet4j.tfjs.TfjsModel}. The layers are read as plain JSON and never instantiated. Shards are files
 * in the folder of {@code model.json}; a path that leads elsewhere is refused.
 */
@NullMarked
package org.resnet4j.tfjs;

import org.jspecify.annotations.NullMarked;
