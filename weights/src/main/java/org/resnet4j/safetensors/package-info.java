/**
 * The safetensors format, version 0.x: an 8-byte little-endian header length, a JSON header, dense tensors.
 *
 * <p>Entry type: {@link org.resnet4j.safetensors.Safetensors}. Invariants on reading: offsets are contiguous, start at 0 and
 * cover the whole buffer; keys are unique; types and shapes account for every byte. Files are copied into memory, never
 * mapped, so that one that is truncated meanwhile is an exception and not a crash.
 */
@NullMarked
package org.resnet4j.safetensors;

import org.jspecify.annotations.NullMarked;
