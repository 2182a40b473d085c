/**
 * Fetching data on an explicit command: verified by hash, resumable, atomic.
 *
 * <p>Entry types: {@link org.resnet4j.download.Cifar10Download}, {@link org.resnet4j.download.HubFolder} and
 * {@link org.resnet4j.download.PackedFolder}. Invariant: a file under its own name is whole and has the
 * published hash.
 */
@NullMarked
package org.resnet4j.download;

import org.jspecify.annotations.NullMarked;
