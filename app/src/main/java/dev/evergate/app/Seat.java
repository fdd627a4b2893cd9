package dev.evergate.app;

import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.fault.EvergateException;

import org.jspecify.annotations.Nullable;

import java.util.Optional;
import java.util.function.Consumer;

/** Who serves in this process, and what another that could would be made from. Thread-safe. */
final class Seat implements Succession.Place {
    private final Consumer<Built> taken;
    private final Consumer<EvergateException> lost;
    private volatile @Nullable Built built;
    private volatile Built.@Nullable Source source;

    /**
     * @param taken hears when another has taken the place; must not wait
     * @param lost hears when nobody can serve any more; must not wait
     */
    Seat(Consumer<Built> taken, Consumer<EvergateException> lost) {
        this.taken = taken;
        this.lost = lost;
    }

    /** The first one is built from this, and the others will be. */
    Built first(Built.Source from) throws Exception {
        source = from;
        return from.build(from.door().life());
    }

    void sit(Built by) {
        built = by;
    }

    Optional<Built> find() {
        return Optional.ofNullable(built);
    }

    @Override
    public Built serving() {
        return find().orElseThrow(() -> new IllegalStateException("nothing was built yet"));
    }

    @Override
    public Built build(Door.Life life) throws Exception {
        return source().build(life);
    }

    @Override
    public void taken(Built by) {
        find().ifPresent(before -> before.desk().close());
        sit(by);
        taken.accept(by);
    }

    @Override
    public void stayed() {
        ConfigSnapshot.Gateway gateway = serving().assembly().gateway().config().gateway();
        var _ = source().door().open(gateway.bindHost(), gateway.port());
    }

    @Override
    public void lost(EvergateException why) {
        lost.accept(why);
    }

    private Built.Source source() {
        Built.Source from = source;
        if (from == null) {
            throw new IllegalStateException("nothing was built yet");
        }
        return from;
    }
}
