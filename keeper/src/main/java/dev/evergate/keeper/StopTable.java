package dev.evergate.keeper;

import dev.evergate.keeper.GatewayPhase.Cause;
import dev.evergate.keeper.GatewayPhase.Effect;
import dev.evergate.keeper.GatewayPhase.Ending;
import dev.evergate.keeper.GatewayPhase.Event;
import dev.evergate.keeper.GatewayPhase.Limit;
import dev.evergate.keeper.GatewayPhase.Next;
import dev.evergate.keeper.GatewayPhase.Role;
import dev.evergate.keeper.GatewayPhase.Sign;
import dev.evergate.keeper.GatewayPhase.Stopping;
import dev.evergate.keeper.GatewayPhase.Verdict;
import dev.evergate.keeper.link.StopOrder;

import java.util.ArrayList;
import java.util.List;

/** The rows of {@link GatewayPhase} about the end. Thread-safety: stateless. */
final class StopTable {
    private StopTable() {}

    /** The main generation shall end, and the gateway with it. */
    static Next stop() {
        return LifeTable.next(
                new Stopping(Verdict.STOPPED, Ending.ASKED, Ending.GONE),
                new Effect.Settle(false),
                new Effect.Tell(Role.MAIN, StopOrder.STOP),
                new Effect.Within(Limit.STOP));
    }

    /** The same with a predecessor that has come so far with its own end. */
    static Next stopBoth(Ending beside) {
        return LifeTable.next(
                new Stopping(Verdict.STOPPED, Ending.ASKED, beside),
                new Effect.Settle(false),
                new Effect.Tell(Role.MAIN, StopOrder.STOP),
                new Effect.Tell(Role.BESIDE, StopOrder.STOP),
                new Effect.Within(Limit.STOP));
    }

    /** Nobody wants to wait for the main generation. */
    static Next stopNow() {
        return LifeTable.first(
                new Effect.Settle(false),
                LifeTable.kill(
                        new Stopping(Verdict.STOPPED, Ending.KILLED, Ending.GONE), Cause.STOP_NOW));
    }

    /** Nor for a predecessor. */
    static Next stopBothNow() {
        return LifeTable.first(
                new Effect.Settle(false),
                killAll(new Stopping(Verdict.STOPPED, Ending.ASKED, Ending.ASKED), true));
    }

    /** No generation runs. */
    static Next exitAtOnce() {
        return exit(new Stopping(Verdict.STOPPED, Ending.GONE, Ending.GONE));
    }

    static Next stopping(Stopping phase, Event event) {
        Verdict verdict = phase.verdict();
        Ending main = phase.ending();
        Ending beside = phase.beside();
        return switch (event) {
            case Event.Finished _, Event.Lost _ when main == Ending.ASKED ->
                    finished(new Stopping(verdict, Ending.FINISHED, beside));
            case Event.Beside(var sign) when sign == Sign.ENDING && beside == Ending.ASKED ->
                    finished(new Stopping(verdict, main, Ending.FINISHED));
            case Event.Beside(var sign) when sign == Sign.GONE ->
                    gone(new Stopping(verdict, main, Ending.GONE));
            case Event.Ended _ -> gone(new Stopping(verdict, Ending.GONE, beside));
            case Event.Wedged _ when main == Ending.ASKED && beside == Ending.GONE ->
                    LifeTable.kill(new Stopping(verdict, Ending.KILLED, beside), Cause.WEDGED);
            case Event.Wedged _ when main == Ending.ASKED ->
                    LifeTable.first(
                            new Effect.Condemn(Role.MAIN, Cause.WEDGED),
                            gone(new Stopping(verdict, Ending.GONE, beside)));
            case Event.DeadlinePassed _ when isOver(main) && isOver(beside) -> exit(phase);
            case Event.DeadlinePassed _ -> killAll(phase, false);
            case Event.StopNowWanted _ -> killAll(phase, true);
            case Event.Ready _,
                    Event.Refused _,
                    Event.Finished _,
                    Event.Lost _,
                    Event.Wedged _,
                    Event.Broken _,
                    Event.Beside _ ->
                    LifeTable.next(phase);
            case Event.RestartWanted _, Event.ReloadWanted _, Event.StopWanted _ ->
                    LifeTable.next(phase);
        };
    }

    /** Why one is killed whose time is over. */
    static Cause overdue(Ending ending) {
        return ending == Ending.FINISHED ? Cause.ZOMBIE : Cause.STOP_OVERDUE;
    }

    /** One more has finished; who is asked still has the time it was given. */
    private static Next finished(Stopping phase) {
        return phase.ending() == Ending.ASKED || phase.beside() == Ending.ASKED
                ? LifeTable.next(phase)
                : LifeTable.next(phase, new Effect.Within(Limit.EXIT));
    }

    /** One more is gone. */
    private static Next gone(Stopping phase) {
        if (phase.ending() == Ending.GONE && phase.beside() == Ending.GONE) {
            return exit(phase);
        }
        return phase.ending() == Ending.FINISHED || phase.beside() == Ending.FINISHED
                ? LifeTable.next(phase, new Effect.Within(Limit.EXIT))
                : LifeTable.next(phase);
    }

    private static Next killAll(Stopping phase, boolean isNow) {
        List<Effect> effects = new ArrayList<>();
        if (phase.ending() != Ending.GONE) {
            Cause cause = isNow ? Cause.STOP_NOW : overdue(phase.ending());
            effects.add(new Effect.Kill(Role.MAIN, cause));
        }
        if (phase.beside() != Ending.GONE) {
            Cause cause = isNow ? Cause.STOP_NOW : overdue(phase.beside());
            effects.add(new Effect.Kill(Role.BESIDE, cause));
        }
        effects.add(new Effect.Within(Limit.KILL));
        return new Next(
                new Stopping(phase.verdict(), killed(phase.ending()), killed(phase.beside())),
                effects);
    }

    private static boolean isOver(Ending ending) {
        return ending == Ending.KILLED || ending == Ending.GONE;
    }

    private static Ending killed(Ending ending) {
        return ending == Ending.GONE ? ending : Ending.KILLED;
    }

    private static Next exit(Stopping phase) {
        return LifeTable.next(phase, new Effect.Exit(phase.verdict()));
    }
}
