package org.resnet4j.engine.reference;

import org.resnet4j.graph.Op;

/** The table: which loop does each operation. */
final class Kernels {
    private Kernels() {}

    /** Computes every result of a node from its operands. */
    static void run(Operands a) {
        switch (a.node().op()) {
            case Op.Conv2d o -> Convolution.forward(o, a);
            case Op.Conv2dBackwardData o -> Convolution.backwardData(o.forward(), a);
            case Op.Conv2dBackwardWeights o -> Convolution.backwardWeights(o.forward(), a);
            case Op.FusedConv2d o -> Convolution.fused(o, a);
            case Op.QuantizedConv2d o -> Bytes.convolution(o, a);
            case Op.Quantize o -> Bytes.quantize(o, a);
            case Op.Dequantize o -> Bytes.dequantize(o, a);
            case Op.BatchNorm o -> Normalization.forward(o, a);
            case Op.BatchNormBackward o -> Normalization.backward(o.forward(), a);
            case Op.BatchNormInference o -> Normalization.inference(o, a);
            case Op.BatchNormInferenceBackward o -> Normalization.inferenceBackward(o.forward(), a);
            case Op.FoldBatchNorm o -> Normalization.fold(o, a);
            case Op.MaxPool o -> Pooling.max(o, a);
            case Op.MaxPoolBackward _ -> Pooling.maxBackward(a);
            case Op.AvgPool o -> Pooling.average(o, a);
            case Op.AvgPoolBackward o -> Pooling.averageBackward(o.forward(), a);
            case Op.GlobalAvgPool _ -> Pooling.global(a);
            case Op.GlobalAvgPoolBackward _ -> Pooling.globalBackward(a);
            case Op.Relu _ -> Elementwise.relu(a);
            case Op.ReluBackward _ -> Elementwise.reluBackward(a);
            case Op.Add _ -> Elementwise.add(a);
            case Op.AddRelu _ -> Elementwise.addRelu(a);
            case Op.Gate _ -> Elementwise.gate(a);
            case Op.GateBackward _ -> Elementwise.gateBackward(a);
            case Op.Dropout o -> Elementwise.dropout(o, a);
            case Op.DropoutBackward o -> Elementwise.dropoutBackward(o.forward(), a);
            case Op.DropPath o -> Elementwise.dropPath(o, a);
            case Op.ChannelGate _ -> Elementwise.channelGate(a);
            case Op.ChannelGateBackward _ -> Elementwise.channelGateBackward(a);
            case Op.Flatten _, Op.FlattenBackward _, Op.Cast _ -> Elementwise.copy(a);
            case Op.PadShortcut o -> Shortcut.forward(o, a);
            case Op.PadShortcutBackward o -> Shortcut.backward(o.forward(), a);
            case Op.Linear o -> Linear.forward(o, a);
            case Op.LinearBackwardData _ -> Linear.backwardData(a);
            case Op.LinearBackwardWeights o -> Linear.backwardWeights(o.forward(), a);
            case Op.Softmax _ -> Loss.softmax(a);
            case Op.SoftmaxBackward _ -> Loss.softmaxBackward(a);
            case Op.SoftmaxCrossEntropy o -> Loss.crossEntropy(o, a);
            case Op.SoftmaxCrossEntropyBackward o -> Loss.crossEntropyBackward(o.forward(), a);
            case Op.SigmoidCrossEntropy o -> Loss.binary(o, a);
            case Op.SigmoidCrossEntropyBackward o -> Loss.binaryBackward(o.forward(), a);
        }
    }
}
