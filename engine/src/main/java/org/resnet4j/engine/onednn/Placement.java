package org.resnet4j.engine.onednn;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.resnet4j.engine.Parameters;
import org.resnet4j.engine.onednn.Tensor.Home;
import org.resnet4j.graph.Parameter;
import org.resnet4j.graph.Value;
import org.resnet4j.memory.Buffer;
import org.resnet4j.memory.MemoryPlan;

/**
 * Where every tensor of a lowering lies in the step's one block: first what is kept, then what shares memory, then one
 * scratchpad as large as the largest that a primitive asks for, since steps run one after another.
 *
 * @param offsets by tensor id, in bytes, for tensors that lie in the block
 * @param scratchpad offset of the scratchpad
 * @param bytes size of the block
 * @param requests the parameters, in the layouts that the lowering gave them
 */
record Placement(Map<Integer, Long> offsets, long scratchpad, long bytes, List<Parameters.Request> requests) {

    /** With room for {@code blocks} of what is given in and out. */
    static Placement of(Lowering lowering, int blocks) {
        Map<Integer, Tensor> all = new LinkedHashMap<>();
        int index = 0;
        long scratchpad = 0;
        for (List<Step> steps : List.of(lowering.prologue(), lowering.body())) {
            for (Step step : steps) {
                for (Tensor t : touched(step)) {
                    t.touch(index);
                    all.put(t.id, t);
                }
                if (step instanceof Step.PrimitiveStep p) {
                    scratchpad = Math.max(scratchpad, p.desc().scratchpadBytes());
                }
                index++;
            }
        }
        for (Value v : lowering.graph().inputs()) {
            all.put(lowering.tensor(v).id, lowering.tensor(v));
        }
        return place(lowering, all.values().stream().toList(), scratchpad, blocks);
    }

    private static Placement place(Lowering lowering, List<Tensor> tensors, long scratchpadBytes, int blocks) {
        Map<Integer, Long> offsets = new HashMap<>();
        List<Buffer> shared = new ArrayList<>();
        long kept = 0;
        for (Tensor t : tensors) {
            if (t.home == Home.KEPT || t.home == Home.CONSTANT) {
                long copies = t.home == Home.KEPT ? blocks : 1;
                offsets.put(t.id, kept);
                kept = aligned(Math.addExact(kept, Math.multiplyExact(copies, t.layout.bytes())));
            } else if (t.home == Home.BLOCK) {
                shared.add(new Buffer(t.id, t.layout.bytes(), t.firstStep, t.lastStep));
            }
        }
        MemoryPlan plan = MemoryPlan.of(shared);
        for (Buffer b : shared) {
            offsets.put(b.id(), Math.addExact(kept, plan.offset(b.id())));
        }
        long scratchpad = aligned(Math.addExact(kept, plan.totalBytes()));
        long bytes = aligned(Math.addExact(scratchpad, scratchpadBytes));
        return new Placement(Map.copyOf(offsets), scratchpad, bytes, requests(lowering));
    }

    private static long aligned(long bytes) {
        return Math.multiplyExact(Math.ceilDiv(bytes, (long) MemoryPlan.ALIGNMENT), (long) MemoryPlan.ALIGNMENT);
    }

    /** What a step reads or writes. */
    static List<Tensor> touched(Step step) {
        List<Tensor> tensors = new ArrayList<>(step.results());
        switch (step) {
            case Step.PrimitiveStep p -> p.operands().forEach(o -> tensors.add(o.tensor()));
            case Step.HostStep h -> tensors.addAll(h.operands());
            case Step.WinogradStep w -> tensors.addAll(w.operands().all());
        }
        return tensors;
    }

    private static List<Parameters.Request> requests(Lowering lowering) {
        List<Parameters.Request> requests = new ArrayList<>();
        for (Parameter p : lowering.graph().parameters()) {
            Tensor t = lowering.tensor(p.value());
            requests.add(new Parameters.Request(
                    p.name(),
                    p.value().type(),
                    p.trainable(),
                    t.layout.bytes(),
                    StoredLayout.of(lowering.primitives(), t.layout)));
        }
        return requests;
    }
}
