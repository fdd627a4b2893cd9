package dev.evergate.app.rehearsal;

import dev.evergate.api.CancelSignal;
import dev.evergate.api.ModelAnswer;
import dev.evergate.api.ModelListener;
import dev.evergate.api.ModelProvider;
import dev.evergate.api.ModelProviderFactory;
import dev.evergate.api.ModelProviderSettings;
import dev.evergate.api.ModelRequest;

/** A model that says what it was told last, in two pieces; it asks nobody. Thread-safe. */
final class EchoModel implements ModelProviderFactory, ModelProvider {
    @Override
    public String api() {
        return ScratchGateway.API;
    }

    @Override
    public ModelProvider open(ModelProviderSettings settings) {
        return this;
    }

    @Override
    public ModelAnswer answer(ModelRequest request, ModelListener listener, CancelSignal cancel) {
        String text = request.messages().getLast().text();
        int middle = text.length() / 2;
        listener.text(text.substring(0, middle));
        listener.text(text.substring(middle));
        return new ModelAnswer(
                ModelAnswer.Stop.COMPLETE, new ModelAnswer.Usage(text.length(), text.length()));
    }
}
