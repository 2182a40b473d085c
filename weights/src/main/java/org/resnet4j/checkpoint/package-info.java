/**
 * Files that survive a crash at any instant, and checkpoints made of them.
 *
 * <p>Entry types: {@link org.resnet4j.checkpoint.AtomicFile} and {@link org.resnet4j.checkpoint.CheckpointStore}. A checkpoint is a
 * folder of safetensors files and a {@code state.json} with the SHA-256 of each, written last; {@code CURRENT} names the newest
 * complete one. Invariants: write to a temporary name, force, rename, force the folder; never fewer than one loadable
 * checkpoint; one writer at a time. Pillai et al., OSDI 2014.
 */
@NullMarked
package org.resnet4j.checkpoint;

import org.jspecify.annotations.NullMarked;
