// Which definition of the published schema describes which part of a frame. A method or event that is
// not named here is refused, so a new one cannot slip past the checks.

const health = { at: "", definition: "Snapshot/properties/health" };
const session = { at: "/session", definition: "SessionRow" };

/** What an event's payload must match; none: the published schema does not describe it. */
export const events = {
  "connect.challenge": [],
  agent: [{ at: "", definition: "AgentEvent" }],
  chat: [{ at: "", definition: "ChatEvent" }],
  "config.changed": [],
  "device.pair.requested": [{ at: "", definition: "DevicePairRequestedEvent" }],
  "device.pair.resolved": [{ at: "", definition: "DevicePairResolvedEvent" }],
  health: [health],
  "node.invoke.cancel": [],
  "node.invoke.request": [{ at: "", definition: "NodeInvokeRequestEvent" }],
  "node.pair.requested": [],
  "node.pair.resolved": [],
  presence: [{ at: "/presence/*", definition: "PresenceEntry" }],
  "session.message": [session],
  "sessions.changed": [session],
  shutdown: [{ at: "", definition: "ShutdownEvent" }],
  tick: [{ at: "", definition: "TickEvent" }],
};

const history = [
  { at: "/sessionInfo", definition: "SessionRow" },
  { at: "/agentsList", definition: "AgentsListResult" },
];

/** What a method's result must match; none: the published schema does not describe it. */
export const results = {
  connect: [{ at: "", definition: "HelloOk" }],
  health: [health],
  status: [],
  "system-presence": [{ at: "/*", definition: "PresenceEntry" }],
  "system-event": [],
  "last-heartbeat": [],
  "agents.list": [{ at: "", definition: "AgentsListResult" }],
  "models.list": [{ at: "", definition: "ModelsListResult" }],
  "commands.list": [{ at: "", definition: "CommandsListResult" }],
  "config.get": [],
  "config.set": [],
  "config.patch": [],
  "config.apply": [],
  "config.schema": [{ at: "", definition: "ConfigSchemaResponse" }],
  "config.schema.lookup": [{ at: "", definition: "ConfigSchemaLookupResult" }],
  "device.pair.list": [{ at: "/pending/*", definition: "DevicePairRequestedEvent" }],
  "device.pair.approve": [],
  "device.pair.reject": [],
  "device.pair.remove": [],
  "device.pair.rename": [],
  "device.token.rotate": [{ at: "", definition: "DeviceTokenRotateResult" }],
  "device.token.revoke": [],
  "node.list": [],
  "node.describe": [],
  "node.rename": [],
  "node.pair.list": [],
  "node.pair.approve": [],
  "node.pair.reject": [],
  "node.pair.remove": [],
  "node.invoke": [],
  "node.invoke.result": [],
  "node.event": [{ at: "", definition: "NodeEventResult" }],
  "diagnostics.stability": [],
  "logs.tail": [{ at: "", definition: "LogsTailResult" }],
  "sessions.list": [{ at: "/sessions/*", definition: "SessionRow" }],
  "sessions.describe": [session],
  "sessions.create": [{ at: "", definition: "SessionsCreateResult" }],
  "sessions.reset": [],
  "sessions.delete": [{ at: "", definition: "SessionsDeleteResult" }],
  "sessions.subscribe": [],
  "sessions.unsubscribe": [],
  "sessions.messages.subscribe": [],
  "sessions.messages.unsubscribe": [],
  "chat.send": [],
  "chat.abort": [],
  "chat.history": history,
  "chat.startup": history,
  agent: [],
  "agent.wait": [],
  "gateway.restart.preflight": [],
  "gateway.restart.request": [],
  // Methods of our own, which OpenClaw has not.
  "config.undo": [],
  "config.history": [],
  "config.diff": [],
  "restarts.list": [],
  "restarts.get": [],
};

/** A history that answers a cursor is described as a whole. */
export const cursorHistory = [
  { at: "", definition: "ChatHistoryCursorResult" },
  { at: "/sessionInfo", definition: "SessionRow" },
  { at: "/agentsList", definition: "AgentsListResult" },
];

/** Codes in an error's details that the published schema describes. */
export const errorDetails = "GatewayErrorDetails";
