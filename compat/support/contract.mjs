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
  "gateway.suspension": [{ at: "", definition: "GatewaySuspension" }],
  health: [health],
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
  "device.token.rotate": [{ at: "", definition: "DeviceTokenRotateResult" }],
  "device.token.revoke": [],
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
  "tools.catalog": [{ at: "", definition: "ToolsCatalogResult" }],
  "tools.effective": [{ at: "", definition: "ToolsEffectiveResult" }],
  "tools.invoke": [{ at: "", definition: "ToolsInvokeResult" }],
  "gateway.restart.preflight": [],
  "gateway.restart.request": [],
  "gateway.suspend.prepare": [{ at: "", definition: "GatewaySuspendPrepareReadyResult" }],
  "gateway.suspend.status": [{ at: "", definition: "GatewaySuspendStatusReadyResult" }],
  "gateway.suspend.resume": [{ at: "", definition: "GatewaySuspendResumeResult" }],
  "models.authStatus": [],
  "gateway.identity.get": [],
  "agent.identity.get": [{ at: "", definition: "AgentIdentityResult" }],
  "system.info": [{ at: "", definition: "SystemInfoResult" }],
  "users.self": [],
  "update.status": [{ at: "", definition: "UpdateStatusResult" }],
  "usage.status": [],
  "usage.cost": [],
  "skills.status": [],
  wake: [],
  "channels.status": [{ at: "", definition: "ChannelsStatusResult" }],
  "cron.list": [],
  "cron.status": [],
  "cron.get": [],
  "cron.runs": [],
  "question.list": [{ at: "", definition: "QuestionListResult" }],
  "exec.approval.list": [],
  "plugin.approval.list": [],
  "openclaw.approval.list": [],
  "tasks.list": [{ at: "", definition: "TasksListResult" }],
  "taskSuggestions.list": [{ at: "", definition: "TaskSuggestionsListResult" }],
  "projects.list": [{ at: "", definition: "ProjectsListResult" }],
  "progressCard.get": [{ at: "", definition: "ProgressCardGetResult" }],
  "plugins.controlUi.list": [],
  "users.prefs.get": [],
  "board.get": [{ at: "", definition: "BoardSnapshot" }],
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
