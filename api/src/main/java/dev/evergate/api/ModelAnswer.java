package dev.evergate.api;

import java.util.List;

/**
 * How a streamed answer ended. Its text went to the {@link ModelListener} while it came.
 *
 * @param stop why the model stopped
 * @param usage what it cost; zeros when the provider did not say
 * @param toolCalls the tools it wants to be used, in order; each is whole
 */
public record ModelAnswer(Stop stop, Usage usage, List<Part.ToolCall> toolCalls) {
    public ModelAnswer {
        toolCalls = List.copyOf(toolCalls);
    }

    /** An answer that is text alone. */
    public ModelAnswer(Stop stop, Usage usage) {
        this(stop, usage, List.of());
    }

    /** Why a model stopped. */
    public enum Stop {
        /** It had said everything. */
        COMPLETE("stop"),
        /** It reached the token limit: the text is cut. */
        LENGTH("length"),
        /** The provider withheld the rest. */
        FILTERED("content_filter"),
        /** It waits for the results of its tool calls. */
        TOOL_CALLS("tool_calls");

        private final String wireName;

        Stop(String wireName) {
            this.wireName = wireName;
        }

        /** The name used on the wire ({@code stopReason}). */
        public String wireName() {
            return wireName;
        }
    }

    /**
     * Tokens counted by the provider.
     *
     * @param inputTokens tokens read, at least 0
     * @param outputTokens tokens written, at least 0
     */
    public record Usage(long inputTokens, long outputTokens) {
        /** Nothing counted. */
        public static final Usage NONE = new Usage(0, 0);

        /** Input and output together. */
        public long totalTokens() {
            return inputTokens + outputTokens;
        }
    }
}
