/**
 * ONNX files: networks with their weights, in and out, by a protobuf reader and writer of our own.
 *
 * <p>Entry types: {@link org.resnet4j.onnx.OnnxModel}, which reads a file as an inference graph and its tensors, and
 * {@link org.resnet4j.onnx.OnnxExport}, which writes them. Invariants on reading: every length is checked against what is left
 * of its message before anything is allocated; the depth of messages is that of the code, whatever the file nests; no other file
 * is ever opened, so external data is refused; whatever cannot be imported is said of all nodes at once. The same graph and
 * tensors are written as the same bytes.
 */
@NullMarked
package org.resnet4j.onnx;

import org.jspecify.annotations.NullMarked;
