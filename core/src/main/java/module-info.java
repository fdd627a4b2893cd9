/**
 * Every decision of the gateway: phases, config, conversations, agents, delivery. Opens no socket
 * and no database.
 */
module dev.evergate.core {
    requires static transitive org.jspecify;
    requires transitive dev.evergate.api;
    requires org.slf4j;
    requires transitive tools.jackson.databind;

    exports dev.evergate.core.agent;
    exports dev.evergate.core.config;
    exports dev.evergate.core.config.history;
    exports dev.evergate.core.config.json5;
    exports dev.evergate.core.config.plan;
    exports dev.evergate.core.config.schema;
    exports dev.evergate.core.config.source;
    exports dev.evergate.core.conversation;
    exports dev.evergate.core.device;
    exports dev.evergate.core.fault;
    exports dev.evergate.core.gateway;
    exports dev.evergate.core.journal;
    exports dev.evergate.core.lifecycle;
    exports dev.evergate.core.metric;
    exports dev.evergate.core.plugin;
    exports dev.evergate.core.telemetry;
    exports dev.evergate.core.time;
}
