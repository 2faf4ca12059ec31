// Checks receipts and checkpoints of a public log with the modules of @sigstore/verify.
//     check.mjs LOG_VKEY RECEIPT ENTRY
//     check.mjs LOG_VKEY CHECKPOINT...      each ends with .note
import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { verifyCheckpoint } = require("@sigstore/verify/dist/tlog/checkpoint.js");
const { verifyMerkleInclusion } = require("@sigstore/verify/dist/tlog/merkle.js");

const [vkey, ...files] = process.argv.slice(2);
const [name, id] = vkey.split("+");
const key = Buffer.from(vkey.split("+").slice(2).join("+"), "base64").subarray(1);
const publicKey = createPublicKey({
  key: Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), key]),
  format: "der",
  type: "spki",
});
const logs = [{ logID: Buffer.from(id, "hex"), baseURL: name, publicKey }];

function proofOf(receipt) {
  const at = receipt.indexOf("\n\n");
  const lines = receipt.slice(0, at).split("\n");
  if (lines[0] !== "c2sp.org/tlog-proof@v1") {
    throw new Error("not a receipt");
  }
  return {
    logIndex: lines[1].replace("index ", ""),
    hashes: lines.slice(2).map((line) => Buffer.from(line, "base64")),
    checkpoint: { envelope: receipt.slice(at + 2) },
  };
}

let count = 0;
try {
  if (files[0].endsWith(".note")) {
    for (const file of files) {
      const envelope = readFileSync(file, "utf8");
      verifyCheckpoint({ inclusionProof: { checkpoint: { envelope } } }, logs);
      count += 1;
    }
  } else {
    const entry = {
      inclusionProof: proofOf(readFileSync(files[0], "utf8")),
      canonicalizedBody: readFileSync(files[1]),
    };
    verifyMerkleInclusion(entry, verifyCheckpoint(entry, logs));
    count = 1;
  }
} catch (error) {
  console.error("refused:", error.message);
  process.exit(1);
}
console.log(`accepted: ${count}`);
