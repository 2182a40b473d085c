package org.resnet4j.engine.onednn;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.resnet4j.onednn.Arg;
import org.resnet4j.onednn.Execution;
import org.resnet4j.onednn.MemoryDesc;
import org.resnet4j.onednn.PrimitiveDesc.Query;

/** One thread's share of a {@link Step.WinogradStep}: block by block, transform, multiply, transform back. */
record WinogradMember(Winograd winograd, WinogradLoops loops, Execution product, WinogradLoops.Epilogue epilogue) {

    static WinogradMember of(
            Step.WinogradStep step,
            Primitives primitives,
            WinogradLoops loops,
            MemorySegment own,
            MemorySegment weights,
            WinogradLoops.Epilogue epilogue) {
        Winograd w = step.winograd();
        MemoryDesc src = primitives.of(step.product(), Query.SRC);
        MemoryDesc dst = primitives.of(step.product(), Query.DST);
        List<Execution.Argument> arguments = List.of(
                new Execution.Argument(Arg.SRC, src, own.asSlice(0, src.bytes())),
                new Execution.Argument(Arg.WEIGHTS, step.operands().weights().layout(), weights),
                new Execution.Argument(Arg.DST, dst, own.asSlice(w.productOffset() * Float.BYTES, dst.bytes())));
        MemorySegment scratchpad = own.asSlice(Step.WinogradStep.aligned(w.memberBytes()));
        return new WinogradMember(w, loops, primitives.execution(step.product(), arguments, scratchpad), epilogue);
    }

    /** Does blocks {@code from} to {@code to}. */
    void run(long from, long to) {
        for (long block = from; block < to; block++) {
            long first = block * winograd.blockRows();
            long end = Math.min(first + winograd.blockRows(), winograd.tileRows());
            loops.gather(first, end);
            product.run();
            loops.scatter(first, end, epilogue);
        }
    }
}
