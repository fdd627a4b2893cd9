// A device: its key, what it signs, and the tokens it was given.

import { createHash, generateKeyPairSync, sign } from "node:crypto";

/** One device. */
export class Device {
  #pair = generateKeyPairSync("ed25519");
  /** `{token, scopes}` by role. */
  tokens = new Map();

  get publicKey() {
    return this.#pair.publicKey.export({ format: "jwk" }).x;
  }

  get id() {
    return createHash("sha256").update(Buffer.from(this.publicKey, "base64url")).digest("hex");
  }

  /** As OpenClaw's library wants it. */
  get identity() {
    return {
      deviceId: this.id,
      publicKeyPem: this.#pair.publicKey.export({ type: "spki", format: "pem" }),
      privateKeyPem: this.#pair.privateKey.export({ type: "pkcs8", format: "pem" }),
    };
  }

  sign(payload) {
    return sign(undefined, Buffer.from(payload), this.#pair.privateKey).toString("base64url");
  }

  /** Parameters of a `connect` with this device's proof, signed as version `v2` or `v3`. */
  proven({ nonce, ts }, params, version = "v3") {
    const { client, role, scopes, auth } = params;
    const secret = auth.token ?? auth.bootstrapToken;
    const words = [version, this.id, client.id, client.mode, role, scopes.join(","), ts, secret, nonce];
    if (version === "v3") {
      words.push(client.platform, client.deviceFamily ?? "");
    }
    const signature = this.sign(words.join("|"));
    const device = { id: this.id, publicKey: this.publicKey, signature, signedAt: ts, nonce };
    return { ...params, device };
  }
}
