package dev.evergate.keeper.link;

import java.util.Map;
import java.util.Optional;

/** What a keeper tells somebody who {@linkplain KeeperClient#follow follows} a wish. */
public sealed interface News {
    /** Where the gateway stands: first as it was when the keeper had heard the wish. */
    record Now(Owner owner) implements News {}

    /** What became of the wish. */
    record Settled(Outcome outcome) implements News {}

    /** A restart is over: its report. */
    record Reported(Map<String, String> fields) implements News {
        public Reported {
            fields = Map.copyOf(fields);
        }
    }

    /** Reads what the keeper sent; empty for what is no news. */
    static Optional<News> from(LinkMessage message) throws LinkFormatException {
        return switch (message.word()) {
            case Word.RESULT -> Optional.of(new Settled(Outcome.from(message)));
            case Word.EVENT ->
                    switch (message.text("name", "")) {
                        case "phase" -> Optional.of(new Now(Owner.from(message)));
                        case "restart" -> Optional.of(new Reported(message.fields()));
                        default -> Optional.empty();
                    };
            default -> Optional.empty();
        };
    }
}
