// Prints the mark of each life in a WebAssembly module: node run.mjs MODULE.wasm
import { readFile } from "node:fs/promises";

const { instance } = await WebAssembly.instantiate(await readFile(process.argv[2]));
const lives = { tmaze: 500, scout: 100, watcher: 100 };
for (const seed of [1n, 2n, 3n]) {
    for (const [name, steps] of Object.entries(lives)) {
        const mark = BigInt.asUintN(64, instance.exports[name](seed, steps));
        console.log(`${name} ${seed} ${mark.toString(16).padStart(16, "0")}`);
    }
}
