package org.resnet4j.naming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.WeightsException;

/** Foreign names, each to torchvision's; the comparison with what a network wants. */
final class NamingTest {
    @ParameterizedTest
    @CsvSource({
        "resnet.embedder.embedder.convolution.weight, conv1.weight",
        "resnet.embedder.embedder.normalization.running_var, bn1.running_var",
        "resnet.encoder.stages.0.layers.0.layer.0.convolution.weight, layer1.0.conv1.weight",
        "resnet.encoder.stages.3.layers.12.layer.2.normalization.bias, layer4.12.bn3.bias",
        "encoder.stages.1.layers.0.shortcut.convolution.weight, layer2.0.downsample.0.weight",
        "resnet.encoder.stages.1.layers.0.shortcut.normalization.num_batches_tracked, layer2.0.downsample.1.num_batches_tracked",
        "classifier.1.weight, fc.weight",
        "classifier.0.weight, classifier.0.weight"
    })
    void transformers(String theirs, String ours) {
        assertThat(Naming.TRANSFORMERS.toTorchvision(theirs)).isEqualTo(ours);
    }

    @ParameterizedTest
    @CsvSource({
        "conv1_conv/kernel, conv1.weight",
        "conv1_bn/gamma, bn1.weight",
        "conv2_block1_0_conv/kernel, layer1.0.downsample.0.weight",
        "conv2_block1_0_bn/beta, layer1.0.downsample.1.bias",
        "conv5_block3_2_bn/moving_variance, layer4.2.bn2.running_var",
        "resnet50/conv4_block23_3_conv/bias:0, layer3.22.conv3.bias",
        "predictions/kernel, fc.weight",
        "conv1/kernel, conv1.weight",
        "bn_conv1/moving_mean, bn1.running_mean",
        "res2a_branch1/kernel, layer1.0.downsample.0.weight",
        "bn2a_branch1/gamma, layer1.0.downsample.1.weight",
        "res2a_branch2a/kernel, layer1.0.conv1.weight",
        "bn5c_branch2c/beta, layer4.2.bn3.bias",
        "res4b22_branch2b/kernel, layer3.22.conv2.weight",
        "fc1000/bias, fc.bias",
        "block1_conv1/kernel, block1_conv1/kernel"
    })
    void keras(String theirs, String ours) {
        assertThat(Naming.KERAS.toTorchvision(theirs)).isEqualTo(ours);
    }

    @ParameterizedTest
    @CsvSource({
        "linear.weight, fc.weight",
        "layer2.0.shortcut.0.weight, layer2.0.downsample.0.weight",
        "layer2.0.shortcut.1.running_mean, layer2.0.downsample.1.running_mean",
        "layer1.2.conv1.weight, layer1.2.conv1.weight"
    })
    void akamaster(String theirs, String ours) {
        assertThat(Naming.AKAMASTER.toTorchvision(theirs)).isEqualTo(ours);
    }

    @Test
    void recognisedByTheirNames() {
        assertThat(Naming.of(List.of("conv1.weight", "fc.weight"))).isEqualTo(Naming.TORCHVISION);
        assertThat(Naming.of(List.of("stem.conv.weight", "head.fc.weight"))).isEqualTo(Naming.TORCHVISION);
        assertThat(Naming.of(List.of("conv1.weight", "linear.weight"))).isEqualTo(Naming.AKAMASTER);
        assertThat(Naming.of(List.of("fc1000/bias", "res2a_branch2a/kernel"))).isEqualTo(Naming.KERAS);
        assertThat(Naming.of(List.of("encoder.stages.0.layers.0.layer.0.convolution.weight")))
                .isEqualTo(Naming.TRANSFORMERS);
    }

    private static NamedTensor tensor(String name, long... dims) {
        TensorType type = TensorType.f32(dims);
        float[] values = new float[(int) type.shape().elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = i + 1;
        }
        return NamedTensor.of(name, type, values, Arena.ofAuto());
    }

    @Test
    void biasesBeforeNormsGoIntoTheMeans() throws WeightsException {
        Naming.Translated t = Naming.translate(
                List.of(
                        tensor("res2a_branch2a/kernel", 2, 1, 1, 1),
                        tensor("res2a_branch2a/bias", 2),
                        tensor("bn2a_branch2a/moving_mean", 2),
                        tensor("res2a_branch1/bias", 2),
                        tensor("bn2a_branch1/moving_mean", 2),
                        tensor("fc1000/bias", 2)),
                Arena.ofAuto());
        assertThat(t.naming()).isEqualTo(Naming.KERAS);
        assertThat(t.tensors().stream().map(NamedTensor::name))
                .containsExactly(
                        "layer1.0.conv1.weight",
                        "layer1.0.bn1.running_mean",
                        "layer1.0.downsample.1.running_mean",
                        "fc.bias");
        assertThat(t.tensors().get(1).toFloats()).containsExactly(0, 0);
        assertThat(t.tensors().get(3).toFloats()).containsExactly(1, 2);
        assertThat(t.notes()).anyMatch(n -> n.contains("2 convolutions")).anyMatch(n -> n.contains("stride v1"));
    }

    @Test
    void twoNamesThatBecomeOne() {
        assertThatThrownBy(() -> Naming.translate(
                        List.of(tensor("res2a_branch2a/kernel", 1), tensor("conv2_block1_1_conv/kernel", 1)),
                        Arena.ofAuto()))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("layer1.0.conv1.weight");
    }

    private static Map<String, TensorType> resnet18(long classes) {
        Map<String, TensorType> wanted = new LinkedHashMap<>();
        wanted.put("conv1.weight", TensorType.f32(4, 3, 7, 7));
        for (int stage = 1; stage <= 4; stage++) {
            for (int block = 0; block < 2; block++) {
                wanted.put("layer" + stage + "." + block + ".conv2.weight", TensorType.f32(4, 4, 3, 3));
            }
        }
        wanted.put("fc.weight", TensorType.f32(classes, 4));
        wanted.put("fc.bias", TensorType.f32(classes));
        return wanted;
    }

    private static List<NamedTensor> tensors(Map<String, TensorType> types) {
        List<NamedTensor> out = new ArrayList<>();
        types.forEach((name, type) -> out.add(tensor(name, type.shape().dims())));
        return out;
    }

    @Test
    void everythingMatches() throws WeightsException {
        List<NamedTensor> found = tensors(resnet18(10));
        found.add(tensor("bn1.num_batches_tracked"));
        NameReport report = NameReport.of(resnet18(10), found);
        assertThat(report.complete()).isTrue();
        report.requireComplete("x.pth", Optional::empty);
        assertThat(report.matched().keySet())
                .containsExactlyElementsOf(resnet18(10).keySet());
        assertThat(report.text()).isEqualTo("11 names match");
    }

    /** SAF-17: all names in one message. */
    @Test
    void everythingThatDiffersInOneMessage() {
        Map<String, TensorType> file = resnet18(10);
        file.remove("layer1.0.conv2.weight");
        file.put("layer1.0.conv2.weight", TensorType.f32(4, 8, 3, 3));
        file.remove("layer4.1.conv2.weight");
        file.put("auxiliary.weight", TensorType.f32(1));
        NameReport report = NameReport.of(resnet18(1000), tensors(file));
        assertThat(report.missing()).containsExactly("layer4.1.conv2.weight");
        assertThat(report.extra()).containsExactly("auxiliary.weight");
        assertThat(report.reshaped().stream().map(NameReport.Reshaped::name))
                .containsExactly("layer1.0.conv2.weight", "fc.weight", "fc.bias");
        assertThatThrownBy(() -> report.requireComplete("x.pth", () -> Optional.of("another")))
                .isInstanceOf(WeightsException.class)
                .hasMessageContainingAll(
                        "x.pth",
                        "layer4.1.conv2.weight",
                        "auxiliary.weight",
                        "fc.bias: the network has [1000], the file [10]",
                        "layer1.0.conv2.weight: the network has [4, 4, 3, 3], the file [4, 8, 3, 3]",
                        "the weights look like another");
    }

    @Test
    void aNewHeadTakesOnlyTheHead() {
        NameReport report = NameReport.of(resnet18(1000), tensors(resnet18(10))).withNewHead("fc");
        assertThat(report.complete()).isTrue();
        assertThat(report.fresh()).containsExactly("fc.weight", "fc.bias");
        Map<String, TensorType> narrow = resnet18(10);
        narrow.put("fc.weight", TensorType.f32(10, 5));
        NameReport other = NameReport.of(resnet18(1000), tensors(narrow)).withNewHead("fc");
        assertThat(other.reshaped())
                .singleElement()
                .extracting(NameReport.Reshaped::name)
                .isEqualTo("fc.weight");
        Map<String, TensorType> headless = resnet18(10);
        headless.remove("fc.weight");
        headless.remove("fc.bias");
        assertThat(NameReport.of(resnet18(1000), tensors(headless))
                        .withNewHead("fc")
                        .complete())
                .isTrue();
    }
}
