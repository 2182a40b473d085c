package org.resnet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.graph.Phase;
import org.resnet4j.tensor.ShapeException;

/** Which value of the graph each name of torchvision and timm means. */
final class ModulesTest {
    private static Modules modules(String name) {
        NetworkSpec spec = Models.byName(name);
        return Modules.of(spec, Networks.graph(spec, Phase.INFERENCE));
    }

    @ParameterizedTest
    @CsvSource({
        "resnet18, layer4, layer4.1",
        "resnet18, layer1.0.conv2, layer1.0.conv2",
        "resnet18, layer1.0.relu, layer1.0.relu",
        "resnet18, layer1.0.relu_1, layer1.0",
        "resnet18, layer1.0.act1, layer1.0.relu",
        "resnet18, layer1.0.act2, layer1.0",
        "resnet18, layer2.0.downsample, layer2.0.downsample.1",
        "resnet18, act1, relu",
        "resnet18, flatten, avgpool",
        "resnet50, layer1.0.relu, layer1.0.relu1",
        "resnet50, layer1.0.relu_1, layer1.0.relu2",
        "resnet50, layer1.0.relu_2, layer1.0",
        "resnet50, layer1.0.act3, layer1.0",
        "resnet50, global_pool, avgpool",
        "resnet50d, conv1, conv1.6",
        "resnet50d, conv1.1, conv1.1",
        "seresnet50, layer1.0.se, layer1.0.se",
        "resnetv2_50, stages.0.blocks.1.norm1, stages.0.blocks.1.preact",
        "resnetv2_50, stages.0.blocks.1.norm3, stages.0.blocks.1.relu2",
        "resnetv2_50, stages.3, stages.3.blocks.2",
        "resnetv2_50, norm, norm.relu",
        "resnetv2_50, head.fc, head.fc.conv",
        "resnetv2_50, head, head.fc",
        "resnetv2_50, stem, stem.pool",
        "vgg16, features, features.30",
        "vgg16, avgpool, features.30",
        "vgg16, classifier.5, classifier.4",
        "vgg16, classifier, classifier.6",
        "cifar_highway19, layer2, layer2.5",
    })
    void namesMean(String network, String module, String value) {
        assertThat(modules(network).output(module).value().name()).isEqualTo(value);
    }

    /** torchvision's pooling leaves pixels of one by one; what follows flattens them. */
    @Test
    void pooledShapes() {
        assertThat(modules("resnet18").output("avgpool").shape().toString()).isEqualTo("[N, 512, 1, 1]");
        assertThat(modules("resnet18").output("flatten").shape().toString()).isEqualTo("[N, 512]");
    }

    @ParameterizedTest
    @CsvSource({
        "resnet50, avgpool, layer4.2",
        "resnetv2_50, head.global_pool, norm.relu",
        "vgg16, classifier.4, features.30",
        "cifar_highway19, avgpool, reduce.relu",
        "cifar_resnet20, avgpool, layer3.2"
    })
    void embeddingsAndLastMaps(String network, String embedding, String maps) {
        assertThat(modules(network).embedding().name()).isEqualTo(embedding);
        assertThat(modules(network).lastMaps().name()).isEqualTo(maps);
    }

    @Test
    void whatIsNotThereNamesWhatIs() {
        assertThatThrownBy(() -> modules("resnet18").output("layer2.0.conv3"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("layer2.0.conv1, layer2.0.bn1");
        assertThatThrownBy(() -> modules("resnet50").output("layer9"))
                .hasMessageContaining("no module named layer9; there are conv1, bn1, relu, maxpool, layer1");
    }

    @Test
    void anySizeThatTheNetworkAllows() {
        NetworkSpec resnet = Models.byName("resnet18");
        assertThat(Networks.graph(resnet, Phase.INFERENCE, 48, 65)
                        .value("layer4.1")
                        .type()
                        .shape()
                        .toString())
                .isEqualTo("[N, 512, 2, 3]");
        NetworkSpec vgg = Models.byName("vgg16");
        assertThat(Networks.graph(vgg, Phase.INFERENCE, 224, 448)
                        .value("avgpool")
                        .type()
                        .shape()
                        .toString())
                .isEqualTo("[N, 512, 7, 7]");
        assertThatThrownBy(() -> Networks.graph(vgg, Phase.INFERENCE, 224, 256))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("[N, 512, 7, 8]");
        assertThatThrownBy(() -> Networks.graph(resnet, Phase.INFERENCE, 224, 1 << 17))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("height and width");
    }
}
