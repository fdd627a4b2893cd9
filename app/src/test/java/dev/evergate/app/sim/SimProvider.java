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
import dev.evergate.core.time.World;

/** A model in a simulated world: it speaks slowly, and fails as often as it is told to. */
record SimProvider(World world, double failureRate) implements ModelProvider, ModelProviderFactory {
    static final String API = "simulated";

    private static final int WORDS = 5;

    @Override
    public String api() {
        return API;
    }

    @Override
    public ModelProvider open(ModelProviderSettings settings) {
        return this;
    }

    @Override
    public ModelAnswer answer(ModelRequest request, ModelListener listener, CancelSignal cancel)
            throws ModelException {
        pause(200);
        if (world.entropy().fraction() < failureRate) {
            throw new ModelException(Kind.OVERLOADED, "the simulated model is overloaded");
        }
        for (int word = 1; word <= WORDS; word++) {
            if (cancel.isCancelled()) {
                throw new ModelException(Kind.CANCELLED, "cancelled");
            }
            listener.text("w" + word + " ");
            pause(50);
        }
        return new ModelAnswer(ModelAnswer.Stop.COMPLETE, ModelAnswer.Usage.NONE);
    }

    private void pause(int upToMs) throws ModelException {
        try {
            world.pause(1 + (long) (world.entropy().fraction() * upToMs));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ModelException(Kind.CANCELLED, "interrupted");
        }
    }
}
