// The module: it is in the page itself, so that the page can be opened from a disk, too.

let wasm = null;

async function loadModule() {
    const module = document.getElementById("module");
    const packed = Uint8Array.from(atob(module.textContent), (c) => c.charCodeAt(0));
    module.remove();
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    const { instance } = await WebAssembly.instantiate(await new Response(stream).arrayBuffer());
    wasm = instance.exports;
}

// Calls a function that fills the list of numbers, and gives a copy of it.
function call(name, ...given) {
    const length = wasm[name](...given);
    if (length < 0) {
        const words = new Uint8Array(wasm.memory.buffer, wasm.words(), wasm.words_len());
        throw new Error(new TextDecoder().decode(words));
    }
    return new Float64Array(wasm.memory.buffer, wasm.list(), length).slice();
}
