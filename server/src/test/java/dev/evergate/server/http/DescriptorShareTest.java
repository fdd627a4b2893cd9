package dev.evergate.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("S6")
class DescriptorShareTest {
    @Test
    void leavesMostOfWhatThereIsToTheGatewayItself() {
        assertThat(DescriptorShare.of(1_048_576)).isEqualTo(4096);
        assertThat(DescriptorShare.of(4096)).isEqualTo(1024);
        assertThat(DescriptorShare.of(1024)).isEqualTo(256);
        assertThat(DescriptorShare.of(100)).isEqualTo(64);
    }
}
