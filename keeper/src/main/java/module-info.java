/**
 * The process that owns the door, the link between keeper and generation, and the operating system
 * calls both need.
 */
module dev.evergate.keeper {
    requires static org.jspecify;
    requires jdk.unsupported;

    exports dev.evergate.keeper;
    exports dev.evergate.keeper.link;
    exports dev.evergate.keeper.log;
    exports dev.evergate.keeper.os;
    exports dev.evergate.keeper.owner;
    exports dev.evergate.keeper.ring;
}
