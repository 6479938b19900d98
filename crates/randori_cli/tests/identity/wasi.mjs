// Runs a WebAssembly program that was built for wasm32-wasip1.
//
//   node wasi.mjs PROGRAM.wasm FOLDER ARGUMENT...
//
// The program sees FOLDER as its current directory, and nothing else.
import { readFile } from "node:fs/promises";
import { argv, exit } from "node:process";
import { WASI } from "node:wasi";

const [program, folder, ...rest] = argv.slice(2);
const wasi = new WASI({
  version: "preview1",
  args: [program, ...rest],
  preopens: { ".": folder },
  returnOnExit: true,
});
const module = await WebAssembly.compile(await readFile(program));
const instance = await WebAssembly.instantiate(module, {
  wasi_snapshot_preview1: wasi.wasiImport,
});
exit(wasi.start(instance));
