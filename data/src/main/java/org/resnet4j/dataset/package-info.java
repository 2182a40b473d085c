/**
 * Labelled pictures: CIFAR, the MNIST family, folders of files, and a generated set that needs no file at all.
 *
 * <p>Entry types: {@link org.resnet4j.dataset.Dataset} and {@link org.resnet4j.dataset.Datasets}, which finds out what a folder
 * holds. Invariants: sample {@code i} is always the same picture; every label is a class; a damaged file is a
 * {@link org.resnet4j.dataset.DataException} that says where, what was expected and what was found.
 */
@NullMarked
package org.resnet4j.dataset;

import org.jspecify.annotations.NullMarked;
