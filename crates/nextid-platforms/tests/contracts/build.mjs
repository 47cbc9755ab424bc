// Compiles the contracts of the tests and the question to wallets with the npm package `solc`, and writes what comes out
// beside the sources; with --check it compares instead, and fails on a difference.
//
//   npm install --prefix DIR solc@0.8.37
//   NODE_PATH=DIR/node_modules node build.mjs [--check]
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const question = join(here, "../../src/contract_wallet/question.yul");
// `require` heeds NODE_PATH, `import` does not.
const solc = createRequire(import.meta.url)("solc");

const settings = {
  optimizer: { enabled: true, runs: 200 },
  evmVersion: "paris",
  metadata: { appendCBOR: false, bytecodeHash: "none" },
  outputSelection: { "*": { "*": ["evm.bytecode.object"] } },
};

function compile(language, files, how) {
  const sources = Object.fromEntries(files.map((file) => [file.split("/").pop(), { content: readFileSync(file, "utf8") }]));
  const output = JSON.parse(solc.compile(JSON.stringify({ language, sources, settings: how })));
  const errors = (output.errors ?? []).filter((error) => error.severity === "error");
  if (errors.length > 0) throw new Error(errors.map((error) => error.formattedMessage).join("\n"));
  return Object.values(output.contracts).flatMap(Object.entries).map(([name, contract]) => [name, contract.evm.bytecode.object]);
}

const built = [
  ...compile("Solidity", ["Ens.sol", "Wallets.sol"].map((name) => join(here, name)), settings)
    .map(([name, hex]) => [join(here, `${name}.hex`), hex]),
  ...compile("Yul", [question], { ...settings, metadata: undefined })
    .map(([, hex]) => [question.replace(/yul$/, "hex"), hex]),
];
let differs = false;
for (const [path, hex] of built) {
  const text = `${hex}\n`;
  if (!process.argv.includes("--check")) writeFileSync(path, text);
  else if (readFileSync(path, "utf8") !== text) {
    console.error(`${path} is not what its source compiles to`);
    differs = true;
  }
}
process.exit(differs ? 1 : 0);
