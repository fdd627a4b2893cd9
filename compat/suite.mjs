// All tests, in order, against one gateway; the frames they got are checked last.

import "./support/world.mjs";
import "./tests/connect.mjs";
import "./tests/devices.mjs";
import "./tests/nodes.mjs";
import "./tests/calls.mjs";
import "./tests/reads.mjs";
import "./tests/sessions.mjs";
import "./tests/chat.mjs";
import "./tests/agent.mjs";
import "./tests/openclaw-node.mjs";
import "./tests/openai.mjs";
import "./tests/responses.mjs";
import "./tests/parts.mjs";
import "./tests/http.mjs";
import "./tests/browser.mjs";
import "./tests/cli.mjs";
import "./tests/config.mjs";
import "./tests/crash.mjs";
import "./tests/restart.mjs";
import "./tests/stop.mjs";
import "./tests/frames.mjs";
