package org.resnet4j.paper.measure;

import java.util.ArrayList;
import java.util.List;
import org.resnet4j.paper.Arm;
import org.resnet4j.paper.Protocol;
import org.resnet4j.paper.Target;

/** Which networks of section 4.2 are looked at. Stateless. */
final class Depths {
    /** The paper does not draw plain-110, whose error is above 60 %. */
    private static final List<Integer> PLAIN = List.of(20, 32, 44, 56);

    private static final List<Integer> RESIDUAL = List.of(20, 32, 44, 56, 110);

    private Depths() {}

    /**
     * Plain networks, then ResNets, as {@code --only} says.
     *
     * @param plain depths where it says nothing
     * @param residual depths where it says nothing
     * @throws IllegalArgumentException if it asks for none that there is
     */
    static List<Arm> arms(Target target, Protocol protocol, List<Integer> plain, List<Integer> residual) {
        List<Arm> arms = new ArrayList<>();
        PLAIN.stream().filter(n -> protocol.wants(n, plain.contains(n))).forEach(n -> arms.add(Arm.cifar(false, n)));
        RESIDUAL.stream()
                .filter(n -> protocol.wants(n, residual.contains(n)))
                .forEach(n -> arms.add(Arm.cifar(true, n)));
        if (arms.isEmpty()) {
            throw new IllegalArgumentException(
                    target + " has networks of 20, 32, 44, 56, 110 layers, --only asks for " + protocol.only());
        }
        return arms;
    }
}
