package dev.evergate.app.sim;

import dev.evergate.api.CancelSignal;
import dev.evergate.api.ModelAnswer;
import dev.evergate.api.ModelException;
import dev.evergate.api.ModelException.Kind;
import dev.evergate.api.ModelListener;
import dev.evergate.api.ModelProvider;
import dev.evergate.api.ModelProviderFactory;
import dev.evergate.api.ModelProviderSettings;
import dev.evergate.api.ModelRequest;

import java.util.ArrayList;
import java.util.List;

/** Sums up in one sentence, and answers everything else in two words. */
final class SummingModel implements ModelProvider, ModelProviderFactory {
    /** What it was asked to sum up. */
    final List<ModelRequest> summed = new ArrayList<>();

    /** What else it was asked. */
    final List<ModelRequest> answered = new ArrayList<>();

    /** Is run each time before it sums up. */
    Runnable onSum = () -> {};

    boolean refusesToSum;

    @Override
    public String api() {
        return "summing";
    }

    @Override
    public ModelProvider open(ModelProviderSettings settings) {
        return this;
    }

    @Override
    public ModelAnswer answer(ModelRequest request, ModelListener listener, CancelSignal cancel)
            throws ModelException {
        if (!request.messages().getFirst().text().startsWith("You sum up")) {
            answered.add(request);
            listener.text("very well");
        } else if (refusesToSum) {
            throw new ModelException(Kind.REFUSED, "it is tired");
        } else {
            summed.add(request);
            onSum.run();
            listener.text("the summary no. " + summed.size());
        }
        return new ModelAnswer(ModelAnswer.Stop.COMPLETE, new ModelAnswer.Usage(5, 3));
    }
}
