// Holds frames against the JSON schema that OpenClaw publishes.

import { readFileSync } from "node:fs";
import Ajv from "ajv";
import { cursorHistory, errorDetails, events, results } from "./contract.mjs";

const published = JSON.parse(
  readFileSync(
    new URL("../node_modules/@openclaw/gateway-protocol/protocol.schema.json", import.meta.url),
  ),
);
const detailCodes = new Set(
  published.definitions[errorDetails].anyOf.map((shape) => shape.properties.code.const),
);

/** Reads the keys that the real gateway sends although the published schema closes the door on them. */
export function readAdditions() {
  const file = new URL("../schema-additions.json", import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")).additions;
}

/**
 * Checks frames and remembers which additions it met.
 *
 * An addition is `{definition, path, key, reason}`: below `path` of a value that `definition`
 * describes, `key` is allowed although the schema does not know it.
 */
export class SchemaCheck {
  #ajv = new Ajv({ allErrors: true, strict: false, validateSchema: false, logger: false });
  #additions;
  #met = new Set();

  constructor(additions = readAdditions()) {
    this.#additions = additions;
    this.#ajv.addSchema(published);
  }

  /** What is wrong with a frame; empty if nothing. `method` is what a response answers. */
  problems(frame, method) {
    const envelope = frame.type === "event" ? "EventFrame" : "ResponseFrame";
    return [
      ...this.#mismatches(envelope, frame),
      ...this.#parts(frame, method).flatMap(({ at, definition }) =>
        select(frame.payload, steps(at)).flatMap((value) => this.#mismatches(definition, value)),
      ),
      ...this.#detailProblems(frame.error?.details),
    ].map((problem) => `${nameOf(frame, method)}: ${problem}`);
  }

  /** What is wrong with a request; empty if nothing. */
  requestProblems(request) {
    const definition = paramsOf(request.method);
    const problems = [
      ...this.#mismatches("RequestFrame", request),
      ...(definition in published.definitions ? this.#mismatches(definition, request.params) : []),
    ];
    return problems.map((problem) => `request ${request.method}: ${problem}`);
  }

  /** Listed additions that no frame so far needed. */
  deadAdditions() {
    return this.#additions.filter((addition) => !this.#met.has(addition)).map(describe);
  }

  #parts(frame, method) {
    if (frame.type !== "event" && !frame.ok) {
      return [];
    }
    const named = frame.type === "event" ? events[frame.event] : results[method];
    if (named === undefined) {
      throw new Error(`${nameOf(frame, method)}: not named in support/contract.mjs`);
    }
    const answersCursor = method?.startsWith("chat.") && frame.payload?.kind !== undefined;
    return answersCursor ? cursorHistory : named;
  }

  #detailProblems(details) {
    return detailCodes.has(details?.code) ? this.#mismatches(errorDetails, details) : [];
  }

  #mismatches(definition, value) {
    const validate = this.#ajv.getSchema(`${published.$id}#/definitions/${definition}`);
    const listed = this.#additions.filter((addition) => addition.definition === definition);
    const copy = structuredClone(value);
    while (!validate(copy)) {
      const met = validate.errors.flatMap((error) => listed.filter((each) => isAbout(error, each)));
      if (met.length === 0) {
        return validate.errors.map((error) => `${definition}${sentence(error)}`);
      }
      met.forEach((addition) => this.#met.add(addition));
      remove(copy, met);
    }
    return [];
  }
}

/** Names a frame by its event or by the method it answers. */
export function nameOf(frame, method) {
  return frame.type === "event" ? `event ${frame.event}` : `answer to ${method}`;
}

/** `sessions.list` takes what `SessionsListParams` describes. */
function paramsOf(method) {
  const words = method.split(/[.-]/).map((word) => word[0].toUpperCase() + word.slice(1));
  return `${words.join("")}Params`;
}

function describe({ definition, path, key }) {
  return `${definition}${path}/${key}`;
}

function sentence({ instancePath, message, params }) {
  const detail = params.additionalProperty ?? params.allowedValue ?? "";
  return `${instancePath} ${message} ${detail}`.trimEnd();
}

function steps(path) {
  return path.split("/").slice(1);
}

/** The values at a path; `*` stands for every element. Values that are absent or null are none. */
function select(value, [step, ...rest]) {
  if (value === undefined || value === null) {
    return [];
  }
  if (step === undefined) {
    return [value];
  }
  const next = step === "*" ? Object.values(value) : [value[step]];
  return next.flatMap((each) => select(each, rest));
}

/** Whether what an error complains about is this addition. */
function isAbout({ keyword, instancePath, params }, { path, key }) {
  const found = steps(instancePath);
  const listed = steps(path);
  return (
    keyword === "additionalProperties" &&
    params.additionalProperty === key &&
    found.length === listed.length &&
    listed.every((step, at) => step === "*" || step === found[at])
  );
}

function remove(value, additions) {
  for (const { path, key } of additions) {
    for (const holder of select(value, steps(path))) {
      delete holder[key];
    }
  }
}
