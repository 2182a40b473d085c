/**
 * Using a trained network: a folder that holds all of it, and a classifier that answers from any thread.
 *
 * <p>Entry types: {@link org.resnet4j.infer.ModelFolder} and {@link org.resnet4j.infer.Classifier}. Invariant: what happens to a
 * picture before the network sees it is stored with the weights, so that it is the same everywhere.
 */
@NullMarked
package org.resnet4j.infer;

import org.jspecify.annotations.NullMarked;
