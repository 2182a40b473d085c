package org.resnet4j.engine.onednn;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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

    /** A convolution by {@link Winograd}, its {@code product} run by each member of the team on its own part of {@code memory}. */
    record WinogradStep(String node, String op, Winograd winograd, PrimitiveDesc product, WinogradOperands operands)
            implements Step {
        @Override
        public List<Tensor> results() {
            return List.of(operands.dst());
        }

        /** Bytes of one member's part: its own and the product's scratchpad. */
        long memberBytes() {
            return memberBytes(winograd, product);
        }

        static long memberBytes(Winograd winograd, PrimitiveDesc product) {
            return aligned(winograd.memberBytes()) + aligned(product.scratchpadBytes());
        }

        static long aligned(long bytes) {
            return Math.ceilDiv(bytes, 64) * 64;
        }
    }

    /**
     * @param src pictures channels-last
     * @param weights transformed, [36, I, O] or, seen from the product, its transpose
     * @param bias [O], or null
     * @param dst pictures channels-last; holds the addend if {@code sum}
     * @param memory of all members
     * @param sum whether to add to what dst holds
     * @param relu whether to end with max(x, 0)
     */
    record WinogradOperands(
            Tensor src, Operand weights, @Nullable Tensor bias, Tensor dst, Tensor memory, boolean sum, boolean relu) {
        List<Tensor> all() {
            return Stream.concat(Stream.of(src, weights.tensor(), dst, memory), Stream.ofNullable(bias))
                    .toList();
        }
    }

    /** A loop that is bound once to its operands' memory, in the order of {@link HostStep#operands}, and then run many times. */
    interface HostKernel {
        ComputeThread.Task bind(List<MemorySegment> operands);
    }
}
