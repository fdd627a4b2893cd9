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
import dev.evergate.testkit.time.SimWorld;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Says "on " at once, and "text." when the test lets it. */
final class PatientModel implements ModelProvider, ModelProviderFactory {
    private static final long LIMIT_MS = 60_000;

    private final SimWorld world;
    private final Set<String> released = new HashSet<>();

    /** What it was asked, in order. */
    final List<String> asked = new ArrayList<>();

    PatientModel(SimWorld world) {
        this.world = world;
    }

    /** Lets the answer to this text end. */
    void release(String text) {
        released.add(text);
    }

    @Override
    public String api() {
        return "patient";
    }

    @Override
    public ModelProvider open(ModelProviderSettings settings) {
        return this;
    }

    @Override
    public ModelAnswer answer(ModelRequest request, ModelListener listener, CancelSignal cancel)
            throws ModelException {
        String text = request.messages().getLast().text();
        asked.add(text);
        listener.text("on ");
        boolean _ = world.await(() -> released.contains(text) || cancel.isCancelled(), LIMIT_MS);
        if (cancel.isCancelled()) {
            throw new ModelException(Kind.CANCELLED, "cancelled");
        }
        listener.text(text + ".");
        return new ModelAnswer(ModelAnswer.Stop.COMPLETE, ModelAnswer.Usage.NONE);
    }
}
