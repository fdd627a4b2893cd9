package dev.evergate.core.journal;

import dev.evergate.api.Secret;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The devices of this gateway. Writes need the gateway lease. */
public interface Devices {
    /**
     * More than this are not kept: those that no person has allowed go first, the longest unseen.
     */
    int KEPT = 500;

    /** More requests than this are not kept: the oldest go first. */
    int REQUESTS_KEPT = 100;

    /** More setup codes than this are not kept: the oldest go first. */
    int SETUP_CODES_KEPT = 32;

    Optional<Device> find(String deviceId);

    /** All of them, those that were allowed or asked first at the front. */
    List<Device> list();

    /**
     * Changes one device in one transaction; nobody changes it in between.
     *
     * @param orElse what {@code change} gets if the device is not known
     * @param change returns what is to be kept; a device that {@link Device#isKnown} denies is
     *     forgotten. Must do nothing else, because it may be asked again.
     */
    Changed change(Epoch epoch, Device orElse, UnaryOperator<Device> change);

    /** Keeps a setup code that has let nobody in. */
    void keep(Epoch epoch, SetupCode code);

    /** The setup codes that are kept, the newest first. */
    List<SetupCode> setupCodes();

    /** Forgets a setup code; false if there is none of that id. */
    boolean forgetSetupCode(Epoch epoch, String id);

    /**
     * Changes a device because of a setup code, in one transaction with the use of the code.
     *
     * @param used the code with who uses it
     * @param orElse what {@code change} gets if the device is not known
     * @param change as in {@link #change}
     * @return empty, and nothing is changed, if the code is not there or has been used
     */
    Optional<Changed> redeem(
            Epoch epoch, SetupCode used, Device orElse, UnaryOperator<Device> change);

    /** The key that tokens are made with, made at its first use; kept apart from the devices. */
    Secret key();

    /** A device as it was and as it is. */
    record Changed(Device before, Device after) {}
}
