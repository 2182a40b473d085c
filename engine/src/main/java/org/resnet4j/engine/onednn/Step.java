package org.resnet4j.engine.onednn;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.resnet4j.onednn.Arg;
import org.resnet4j.onednn.MemoryDesc;
import org.resnet4j.onednn.PrimitiveDesc;

/** One entry of a lowered plan, before it has memory. */
sealed interface Step {
    /** Name in the printed plan: the node's, or the node's and what was added. */
    String node();

    /** The operation in words. */
    String op();

    /** What it writes; the first is what the printed plan shows. */
    List<Tensor> results();

    /**
     * A tensor as an argument of a primitive.
     *
     * @param arg the role
     * @param tensor the memory
     * @param layout how the primitive sees it: the tensor's own layout or a view of the same bytes
     */
    record Operand(Arg arg, Tensor tensor, MemoryDesc layout) {
        Operand(Arg arg, Tensor tensor) {
            this(arg, tensor, tensor.layout);
        }
    }

    /** A oneDNN primitive with its arguments; a scratchpad is added when it is bound. */
    record PrimitiveStep(String node, String op, PrimitiveDesc desc, List<Operand> operands, List<Tensor> results)
            implements Step {}

    /** A loop in Java over small or odd data. */
    record HostStep(String node, String op, HostKernel kernel, List<Tensor> operands, List<Tensor> results)
            implements Step {}

    /** A loop that is bound once to its operands' memory, in the order of {@link HostStep#operands}, and then run many times. */
    interface HostKernel {
        Runnable bind(List<MemorySegment> operands);
    }
}
