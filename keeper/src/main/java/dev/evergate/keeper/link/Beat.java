package dev.evergate.keeper.link;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A sign of progress, sent every 250 ms.
 *
 * @param phase the generation's phase in lower case
 * @param gcMs time spent collecting garbage since the JVM started
 * @param loopAgesMs for each critical loop the time since it last went round
 */
public record Beat(String phase, long gcMs, Map<String, Long> loopAgesMs) {
    private static final String LOOP_PREFIX = "loop.";

    public Beat {
        loopAgesMs = Map.copyOf(loopAgesMs);
    }

    /** As a message of the link. */
    public LinkMessage toMessage() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("phase", phase);
        fields.put("gcMs", Long.toString(gcMs));
        for (Map.Entry<String, Long> loop : loopAgesMs.entrySet()) {
            fields.put(LOOP_PREFIX + loop.getKey(), Long.toString(loop.getValue()));
        }
        return new LinkMessage(Word.BEAT, LinkMessage.VERSION, fields);
    }

    /** From a message whose word is {@link Word#BEAT}. */
    public static Beat from(LinkMessage message) throws LinkFormatException {
        Map<String, Long> ages = new LinkedHashMap<>();
        for (String key : message.fields().keySet()) {
            if (key.startsWith(LOOP_PREFIX)) {
                ages.put(key.substring(LOOP_PREFIX.length()), message.number(key));
            }
        }
        return new Beat(message.text("phase"), message.number("gcMs"), ages);
    }
}
