// Prints what `cargo run -p playground` prints, out of a WebAssembly module: node same.mjs MODULE.wasm
import { readFile } from "node:fs/promises";

const { instance } = await WebAssembly.instantiate(await readFile(process.argv[2]));
const wasm = instance.exports;
const read = (length) => {
    if (length < 0) {
        const words = new Uint8Array(wasm.memory.buffer, wasm.words(), wasm.words_len());
        throw new Error(new TextDecoder().decode(words));
    }
    return new Float64Array(wasm.memory.buffer, wasm.list(), length).slice();
};
const hex = (number) => BigInt.asUintN(64, number).toString(16).padStart(16, "0");
const bits = (number) => hex(new BigUint64Array(new Float64Array([number]).buffer)[0]);

read(wasm.herd_new(500, 1));
read(wasm.herd_ticks(1000));
console.log(`1000 ticks of 500 foragers: ${hex(wasm.herd_mark())}`);

let view = read(wasm.maze_new(1)), unsure = 0;
for (let step = 0; step < 200; step++) {
    view = read(wasm.maze_step());
    unsure += view[7];
}
console.log(`200 steps in the maze: at ${view[0]}, ${view[3]} meals, unsure ${bits(unsure)}`);

read(wasm.game_let_play(0.4, 5, 1));
const fit = read(wasm.game_fit());
const grid = fit[6];
const [rate, precision] = [fit[7], fit[7 + 6 + 4 * grid]];
const nine = (number) => number.toFixed(9);
console.log(`60 choices: rate ${nine(rate)}, precision ${nine(precision)}, evidence ${nine(fit[2])}, exactly ${nine(fit[3])}`);

const drawn = read(wasm.game_sample());
console.log(`by NUTS: rate ${nine(drawn[2])}, precision ${nine(drawn[7])}, R-hat ${nine(drawn[5])}, ${drawn[0]} divergences, ${drawn[1]} gradients`);
