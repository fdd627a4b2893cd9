// OpenClaw's programs, unmodified, against one gateway: what takes minutes.

import "./support/world.mjs";
import "./tests/full/openclaw-cli.mjs";
import "./tests/full/openclaw-tui.mjs";
import "./tests/full/control-ui.mjs";
