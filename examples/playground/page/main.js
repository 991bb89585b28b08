// Tabs, keys, light and dark, and the loop of frames.

const parts = { maze, foragers, visitor };
let shown = "maze";

function open(name) {
    shown = name;
    for (const other of Object.keys(parts)) {
        byId(other).hidden = other !== name;
        byId(`tab-${other}`).setAttribute("aria-selected", String(other === name));
        byId(`tab-${other}`).tabIndex = other === name ? 0 : -1;
    }
    parts[name].redraw?.();
}

function fail(error) {
    console.error(error);
    byId("failed").textContent = `Something went wrong: ${error.message}. It needs a browser with WebAssembly (SIMD) and DecompressionStream, of 2023 or later.`;
    byId("failed").hidden = false;
}

function turnTheme() {
    const dark = getComputedStyle(document.documentElement).colorScheme === "dark";
    document.documentElement.dataset.theme = dark ? "light" : "dark";
    readPalette();
    parts[shown].redraw?.();
}

document.addEventListener("keydown", (event) => {
    if (!wasm || event.ctrlKey || event.metaKey || event.altKey) return;
    const name = Object.keys(parts)[Number(event.key) - 1];
    const tab = event.target.closest?.("[role=tab]");
    if (name) open(name);
    else if (event.key === "t") turnTheme();
    else if (tab && (event.key === "ArrowRight" || event.key === "ArrowLeft")) {
        const names = Object.keys(parts);
        open(names[(names.indexOf(shown) + (event.key === "ArrowRight" ? 1 : names.length - 1)) % names.length]);
        byId(`tab-${shown}`).focus();
    } else if (event.target.matches?.("input, select") || (event.target.matches?.("button") && event.key === " ")) return;
    else if (!parts[shown].key(event)) return;
    event.preventDefault();
});

for (const name of Object.keys(parts)) {
    byId(`tab-${name}`).addEventListener("click", (event) => {
        open(name);
        // Whoever comes by mouse has the keys of the part; arrows would lead from tab to tab.
        if (event.detail > 0) event.currentTarget.blur();
    });
}
byId("theme").addEventListener("click", turnTheme);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => (readPalette(), parts[shown].redraw?.()));
addEventListener("resize", () => parts[shown].redraw?.());

function loop(now) {
    try {
        parts[shown].frame(now);
    } catch (error) {
        return fail(error);
    }
    requestAnimationFrame(loop);
}

(async () => {
    try {
        await loadModule();
        readPalette();
        for (const part of Object.values(parts)) part.prepare();
        if (matchMedia("(prefers-reduced-motion: reduce)").matches) maze.play(false), foragers.play(false);
        open(Object.keys(parts).includes(location.hash.slice(1)) ? location.hash.slice(1) : "maze");
        window.playground = { ...parts, open, wasm, ready: performance.now() };
        requestAnimationFrame(loop);
    } catch (error) {
        fail(error);
    }
})();
