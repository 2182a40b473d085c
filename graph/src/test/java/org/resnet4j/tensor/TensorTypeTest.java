package org.resnet4j.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** NAT-01, NAT-02 and NAT-04: sizes past 2^31, 2^32 and 2^63 are exact or refused. */
final class TensorTypeTest {
    @ParameterizedTest
    @ValueSource(longs = {(1L << 31) - 1, 1L << 31, (1L << 32) + 1})
    void countsPastIntExactly(long n) {
        assertThat(TensorType.f32(n).bytes()).isEqualTo(4 * n);
        assertThat(TensorType.f32(n, 3).shape().elements()).isEqualTo(3 * n);
    }

    @Test
    void refusesSizesPastLong() {
        assertThatThrownBy(() -> TensorType.f32(1L << 32, 1L << 32))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("4294967296");
        assertThatThrownBy(() -> TensorType.f32(1L << 62))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("f32");
        assertThatThrownBy(() -> TensorType.f32(Shape.BATCH, 1L << 40).withBatch(1L << 30))
                .isInstanceOf(ShapeException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -2, Long.MIN_VALUE})
    void refusesDimensionsBelowOne(long d) {
        assertThatThrownBy(() -> Shape.of(2, d))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("dimension 1");
        assertThatThrownBy(() -> Shape.of(d)).isInstanceOf(ShapeException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Shape.BATCH, Long.MIN_VALUE})
    void refusesBatchesBelowOne(long n) {
        assertThatThrownBy(() -> Shape.of(Shape.BATCH, 3).withBatch(n))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("[N, 3] must be at least 1, found " + n);
    }

    @Test
    void shapesOfFilesMayBeEmpty() {
        assertThat(Shape.stored(0, 1L << 40, 1L << 40).elements()).isZero();
        assertThat(new TensorType(DType.F32, Shape.stored(2, 0)).bytes()).isZero();
        assertThat(Shape.stored(2, 3)).isEqualTo(Shape.of(2, 3));
        assertThatThrownBy(() -> Shape.stored(Shape.BATCH, 2)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> Shape.stored(1L << 40, 1L << 40, 0).elements()).isInstanceOf(ShapeException.class);
    }

    @Test
    void batchStandsOnlyFirst() {
        assertThatThrownBy(() -> Shape.of(3, Shape.BATCH)).isInstanceOf(ShapeException.class);
        Shape s = Shape.of(Shape.BATCH, 3, 32, 32);
        assertThat(s).hasToString("[N, 3, 32, 32]");
        assertThat(s.withBatch(128)).isEqualTo(Shape.of(128, 3, 32, 32));
        assertThat(s.elementsPerEntry()).isEqualTo(3072);
        assertThatThrownBy(s::elements).isInstanceOf(ShapeException.class);
    }
}
