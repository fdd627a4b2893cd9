package dev.evergate.core.agent;

import dev.evergate.api.ChatMessage;
import dev.evergate.api.ModelException;
import dev.evergate.api.ModelException.Kind;
import dev.evergate.api.ModelRequest;
import dev.evergate.api.ModelRequest.ToolChoice;
import dev.evergate.api.Part;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What is left out of a request that a model has refused, so that it can answer at all. */
final class Concession {
    private static final String UNSEEN = "[A picture that this model cannot be shown.]";

    private Concession() {}

    /** The request without what the model may not be able to take; empty if that is nothing. */
    static Optional<ModelRequest> to(ModelRequest refused, ModelException cause) {
        if (cause.kind() != Kind.REFUSED) {
            return Optional.empty();
        }
        boolean isAboutTools =
                cause.getMessage().toLowerCase(Locale.ROOT).contains("support tools");
        if (isAboutTools && refused.toolChoice() instanceof ToolChoice.Auto) {
            return refused.tools().isEmpty()
                    ? Optional.empty()
                    : Optional.of(with(refused, refused.messages(), List.of()));
        }
        return hasImages(refused)
                ? Optional.of(with(refused, unseen(refused.messages()), refused.tools()))
                : Optional.empty();
    }

    private static boolean hasImages(ModelRequest request) {
        return request.messages().stream()
                .flatMap(message -> message.parts().stream())
                .anyMatch(Part.Image.class::isInstance);
    }

    private static List<ChatMessage> unseen(List<ChatMessage> messages) {
        return messages.stream()
                .map(
                        message ->
                                new ChatMessage(
                                        message.role(),
                                        message.parts().stream().map(Concession::unseen).toList()))
                .toList();
    }

    private static Part unseen(Part part) {
        return part instanceof Part.Image ? new Part.Text(UNSEEN) : part;
    }

    private static ModelRequest with(
            ModelRequest refused, List<ChatMessage> messages, List<ModelRequest.Tool> tools) {
        return new ModelRequest(
                refused.model(),
                messages,
                refused.maxTokens(),
                tools,
                refused.toolChoice(),
                refused.sampling());
    }
}
