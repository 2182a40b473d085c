package org.resnet4j.cost;

import org.resnet4j.graph.Node;

/**
 * What one node costs.
 *
 * @param node the node, with its batch fixed
 * @param macs multiply-adds of convolutions and linear layers, forward or backward; 0 for every other operation
 * @param parameters trainable numbers that the node is the first to use
 * @param outputBytes bytes of its results in plain form; masks and workspaces count a byte an element
 */
public record NodeCost(Node node, long macs, long parameters, long outputBytes) {}
