// Opens the playground in a headless Chromium, uses it as a visitor would, and says what it found: node browser.mjs INDEX.html FOLDER [CHROMIUM]
//
// Chromium is spoken to through a pipe (its DevTools protocol), so that nothing but node is needed. Screenshots go into the folder.
import { spawn } from "node:child_process";
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [page, folder, chromium = "chromium"] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
const profile = await mkdtemp(join(tmpdir(), "playground-"));
const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--remote-debugging-pipe", `--user-data-dir=${profile}`];
const browser = spawn(chromium, [...flags, "about:blank"], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
const giveUp = setTimeout(() => end(new Error("Chromium took longer than three minutes")), 180_000);

let number = 0, session, rest = "";
const waiting = new Map(), problems = [];
browser.on("error", (error) => end(error));
browser.stdio[4].setEncoding("utf8").on("data", (data) => {
    const parts = (rest + data).split("\0");
    rest = parts.pop();
    for (const part of parts) {
        const { id, method, params, result, error } = JSON.parse(part);
        if (id) {
            const { done, failed } = waiting.get(id);
            waiting.delete(id);
            error ? failed(new Error(error.message)) : done(result);
        } else if (method === "Runtime.exceptionThrown") problems.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
        else if (method === "Runtime.consoleAPICalled" && params.type === "error") problems.push(params.args.map((a) => a.value ?? a.description).join(" "));
        else if (method === "Log.entryAdded" && params.entry.level === "error") problems.push(params.entry.text);
    }
});

function send(method, params = {}) {
    return new Promise((done, failed) => {
        waiting.set(++number, { done, failed });
        browser.stdio[3].write(`${JSON.stringify({ id: number, method, params, sessionId: session })}\0`);
    });
}

async function value(expression) {
    const { result, exceptionDetails } = await send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(`${expression}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
    return result.value;
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
async function until(expression, words) {
    for (let tries = 0; tries < 600; tries++) {
        if (await value(expression)) return;
        await pause(100);
    }
    throw new Error(`${words}: did not come`);
}
async function press(key) {
    await send("Input.dispatchKeyEvent", { type: "keyDown", key, text: key.length === 1 ? key : undefined });
    await send("Input.dispatchKeyEvent", { type: "keyUp", key });
}
async function shot(name) {
    const { data } = await send("Page.captureScreenshot", { format: "png" });
    await writeFile(join(folder, `${name}.png`), Buffer.from(data, "base64"));
}
function must(holds, words) {
    if (!holds) throw new Error(words);
}
async function size(width, height, scheme, mobile = false) {
    await send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile });
    await send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
    await pause(400);
}

async function end(error) {
    clearTimeout(giveUp);
    if (error) console.error(`error: ${error.message}`);
    browser.kill();
    await Promise.race([new Promise((done) => browser.once("exit", done)), pause(3000)]);
    await rm(profile, { recursive: true, force: true, maxRetries: 5 }).catch(() => {});
    process.exit(error ? 1 : 0);
}

try {
    const { targetId } = await send("Target.createTarget", { url: "about:blank" });
    session = (await send("Target.attachToTarget", { targetId, flatten: true })).sessionId;
    for (const domain of ["Page", "Runtime", "Log"]) await send(`${domain}.enable`);
    await size(1240, 900, "light");
    await send("Page.navigate", { url: pathToFileURL(resolve(page)).href });
    await until("window.playground !== undefined || document.getElementById('failed')?.hidden === false", "the page");
    must(await value("document.getElementById('failed').hidden"), await value("document.getElementById('failed').textContent"));
    await until("performance.getEntriesByName('first-contentful-paint').length > 0", "the first paint");
    const ready = await value("playground.ready");
    const painted = await value("performance.getEntriesByName('first-contentful-paint')[0].startTime");

    // The maze: it walks, knows more than at first, and its reasons add up to probabilities.
    await until("playground.maze.state().steps >= 8", "the agent's eighth step");
    await shot("maze");
    const chosen = await value("playground.maze.state().reasons.reduce((sum, reason) => sum + reason[0], 0)");
    must(Math.abs(chosen - 1) < 1e-9, `the probabilities of its moves sum to ${chosen}`);
    await press(" ");
    const held = await value("playground.maze.state().steps");
    await press(".");
    must((await value("playground.maze.state().steps")) === held + 1, "a key takes a step");
    // A wall by a click into the upper left corner, and away again.
    const open = () => value("playground.maze.state().open[1]");
    const board = await value("(({ x, y, width }) => ({ x, y, width }))(document.getElementById('maze-board').getBoundingClientRect())");
    const click = async (x, y) => {
        for (const type of ["mousePressed", "mouseReleased"]) await send("Input.dispatchMouseEvent", { type, x, y, button: "left", clickCount: 1 });
    };
    const [x, y] = [board.x + (1.5 * board.width) / 11, board.y + (0.5 * board.width) / 11];
    const before = await open();
    await click(x, y);
    const between = await open();
    await click(x, y);
    must(between !== before && (await open()) === before, "a click builds a wall, another one takes it away");
    await press("f");
    await click(x, y);
    must((await value("playground.maze.state().food")) === 1, "a click hides the food");
    // Who hopes to learn nothing finds nothing to choose by, far away from food and without a liking for its smell.
    await value("[...Array(150)].forEach(() => playground.maze.step())");
    const meals = await value("playground.maze.state().meals");
    await value("document.getElementById('maze-new').click(); playground.maze.turn(2, 0); playground.maze.turn(3, 0); [...Array(150)].forEach(() => playground.maze.step())");
    const idle = await value("playground.maze.state().meals");
    await value("playground.maze.turn(2, 0.2), playground.maze.turn(3, 1), 0");

    // Foragers.
    await press("2");
    await until("playground.foragers.state().list[0] >= 300", "the three-hundredth tick");
    const { fps, ms, ate } = await value(
        "(({ fps, times, list }) => ({ fps, ms: [...times].sort((a, b) => a - b)[times.length >> 1], ate: list.slice(10).filter((_, i) => i % 4 === 3).reduce((a, b) => a + b) }))(playground.foragers.state())",
    );
    must(ate > 0, "nobody has eaten in 300 ticks");
    await value("[...Array(1500)].forEach(() => playground.foragers.tick())");
    await pause(500);
    await shot("foragers");

    // A visitor, by keys; then a learner.
    await press("3");
    for (let i = 0; i < 60; i++) await press(i % 3 ? "ArrowLeft" : "ArrowRight");
    await until("playground.visitor.state().fit !== null", "the fit");
    must((await value("playground.visitor.state().played.length")) === 60, "sixty choices");
    await press("l");
    await until("playground.visitor.state().truth !== null", "the learner's fit");
    const fit = await value("(({ fit: { rate, k, apart } }) => ({ mean: rate.mean, low: rate.low, high: rate.high, k, apart }))(playground.visitor.state())");
    must(fit.low < fit.mean && fit.mean < fit.high && fit.low > 0 && fit.high < 1, `a posterior of ${JSON.stringify(fit)}`);
    await pause(200);
    await shot("visitor");
    // NUTS, beside what is exact.
    await press("s");
    const nuts = await value("(({ fit: { nuts, rate } }) => ({ ...nuts.rate, divergences: nuts.divergences, gradients: nuts.gradients, ms: nuts.ms, exact: rate.mean, spread: rate.high - rate.low }))(playground.visitor.state())");
    must(nuts.rhat < 1.02 && nuts.ess > 200 && Math.abs(nuts.mean - nuts.exact) < 0.05 * nuts.spread, `draws by NUTS: ${JSON.stringify(nuts)}`);
    await pause(200);
    await shot("visitor-nuts");
    await press("s");

    // Dark, and narrow.
    await size(1240, 900, "dark");
    for (const [key, name] of [["1", "maze"], ["2", "foragers"], ["3", "visitor"]]) {
        await press(key);
        await pause(1200);
        await shot(`${name}-dark`);
    }
    await size(390, 844, "light", true);
    const wide = [];
    for (const [key, name] of [["1", "maze"], ["2", "foragers"], ["3", "visitor"]]) {
        await press(key);
        await pause(600);
        await shot(`${name}-narrow`);
        if ((await value("document.documentElement.scrollWidth")) > 390) wide.push(name);
    }
    must(!wide.length, `wider than a telephone: ${wide.join(", ")}`);
    must(!problems.length, `errors on the page:\n${problems.join("\n")}`);
    console.log(`first paint after ${painted.toFixed(0)} ms, alive after ${ready.toFixed(0)}; the maze's agent ate ${meals} times in 150 steps, ${idle} times where neither information nor scent counts`);
    console.log(`500 foragers: ${fps.toFixed(0)} frames a second, ${ms.toFixed(1)} ms a tick; a learning rate of 0.4 is found at ${fit.mean.toFixed(2)} (${fit.low.toFixed(2)} to ${fit.high.toFixed(2)}), Pareto k ${fit.k.toFixed(2)}`);
    console.log(`NUTS: ${nuts.mean.toFixed(2)} (${nuts.low.toFixed(2)} to ${nuts.high.toFixed(2)}), R-hat ${nuts.rhat.toFixed(3)}, worth ${nuts.ess.toFixed(0)} draws, ${nuts.divergences} divergences, ${nuts.gradients} gradients in ${nuts.ms.toFixed(0)} ms`);
    await end();
} catch (error) {
    if (problems.length) console.error(problems.join("\n"));
    await end(error);
}
