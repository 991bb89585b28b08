// Two machines, a visitor, and the posterior of how fast they learn.

const visitor = (() => {
    const CHOICES = 60;
    let played = [], fit = null, truth = null, method = "laplace", seed = (Date.now() % 100000) + 1;
    const learner = [0.4, 5];

    function take(list) {
        played = [];
        for (let i = 0; i < list.length; i += 2) played.push({ machine: list[i], win: list[i + 1] === 1 });
        byId("game-progress").value = played.length;
        byId("game-count").textContent = `${played.length} of ${CHOICES}`;
        byId("game-fit").disabled = played.length === 0;
        const last = played[played.length - 1];
        for (const machine of [0, 1]) {
            const button = byId(`machine-${machine}`);
            const own = last && last.machine === machine;
            button.className = `machine ${own ? (last.win ? "won" : "lost") : ""}`;
            button.querySelector("b").textContent = own ? (last.win ? "+1" : "0") : "?";
            button.disabled = played.length >= CHOICES;
        }
        strip();
    }

    function begin() {
        (fit = null), (truth = null), (seed += 1);
        take(call("game_new", seed));
        show();
    }

    function choose(machine) {
        if (played.length >= CHOICES) return;
        if (fit) (fit = null), show();
        take(call("game_choose", machine));
        if (played.length === CHOICES) refit();
    }

    function letPlay() {
        seed += 1;
        truth = [...learner];
        take(call("game_let_play", truth[0], truth[1], seed));
        refit();
    }

    function refit() {
        const list = call("game_fit");
        const grid = list[6];
        let at = 7;
        const next = (length) => list.subarray(at, (at += length));
        const known = () => {
            const [mean, low, high, aLow, aHigh, narrowed] = next(6);
            return { mean, low, high, aLow, aHigh, narrowed, z: next(grid), exact: next(grid), approximate: next(grid), prior: next(grid) };
        };
        const [k, apart, evidence, exactly, coin, predicted] = list;
        fit = { k, apart, evidence, exactly, coin, predicted, rate: known(), precision: known(), joint: next(grid * grid), trials: [] };
        while (at < list.length) {
            const [pays, left, right, chosen] = next(4);
            fit.trials.push({ pays, left, right, chosen });
        }
        if (method === "nuts") sample();
        strip();
        show();
    }

    // Draws by NUTS: once for each fit, when they are asked for.
    function sample() {
        const begun = performance.now();
        const list = call("game_sample");
        const told = (at) => ({ mean: list[at], low: list[at + 1], high: list[at + 2], rhat: list[at + 3], ess: list[at + 4] });
        const draws = [[], []];
        for (let at = 12; at < list.length; at += 2) draws[0].push(list[at]), draws[1].push(list[at + 1]);
        const drawn = { divergences: list[0], gradients: list[1], rate: told(2), precision: told(7), draws };
        drawn.curves = [fit.rate, fit.precision].map(({ z }, i) => smoothed(draws[i], z));
        drawn.ms = performance.now() - begun;
        fit.nuts = drawn;
    }

    // The density of draws at points: a normal kernel by Silverman's rule.
    function smoothed(draws, points) {
        const n = draws.length, mean = draws.reduce((sum, z) => sum + z, 0) / n;
        const width = 1.06 * Math.sqrt(draws.reduce((sum, z) => sum + (z - mean) ** 2, 0) / n) * n ** -0.2;
        return Array.from(points, (at) => draws.reduce((sum, z) => sum + bell((at - z) / width), 0) / (n * width));
    }

    function hold(name) {
        method = name;
        for (const button of byId("game-method").children) button.setAttribute("aria-pressed", String(button.dataset.method === name));
        byId("method-key").textContent = name === "nuts" ? "draws by NUTS, smoothed" : "Laplace's method";
        if (fit && name === "nuts" && !fit.nuts) sample();
        show();
    }

    function strip() {
        const [context, width, height] = prepared(byId("game-strip"));
        const [x, y] = [(i) => 34 + ((width - 42) * (i + 0.5)) / CHOICES, (p) => 16 + (height - 32) * (1 - p)];
        context.fillStyle = palette.soft;
        context.fillText("left", 2, 12);
        context.fillText("right", 2, height - 4);
        for (const p of [0, 0.5, 1]) line(context, [[34, y(p)], [width - 8, y(p)]], palette.line, 0.6);
        if (fit) {
            const steps = fit.trials.flatMap((t, i) => [[x(i - 0.5), y(t.pays)], [x(i + 0.5), y(t.pays)]]);
            line(context, steps, palette.soft, 1.4);
            line(context, fit.trials.map((t, i) => [x(i), y(t.chosen)]), palette.blue, 1.8);
        }
        const r = Math.min(4, (width - 42) / CHOICES / 2.2);
        played.forEach(({ machine, win }, i) => {
            const [cx, cy] = [x(i), machine === 0 ? 8 : height - 8];
            if (win) disc(context, cx, cy, r, palette.green);
            else {
                context.strokeStyle = palette.soft;
                context.lineWidth = 1.2;
                context.beginPath();
                context.arc(cx, cy, r - 0.5, 0, 2 * Math.PI);
                context.stroke();
            }
        });
    }

    // Curves by points of [x, density]; `marks` are labels of the axis.
    function density(id, curves, [from, to], marks, interval, value) {
        const [context, width, height] = prepared(byId(id));
        const [left, floor] = [8, height - 18];
        const x = (v) => left + ((width - 2 * left) * (v - from)) / (to - from);
        context.textAlign = "center";
        for (const [v, label] of marks) {
            line(context, [[x(v), floor], [x(v), floor + 4]], palette.soft, 1);
            context.fillStyle = palette.soft;
            context.fillText(label, x(v), height - 3);
        }
        line(context, [[left, floor], [width - left, floor]], palette.line, 1);
        if (!curves) return;
        const most = Math.max(...curves.exact.map((p) => p[1]), ...curves.approximate.map((p) => p[1]));
        const inside = ([v]) => v >= from && v <= to;
        const on = (points) => points.filter(inside).map(([v, d]) => [x(v), floor - ((floor - 8) * Math.min(d, most * 1.02)) / most]);
        const exact = on(curves.exact);
        context.beginPath();
        context.moveTo(exact[0][0], floor);
        exact.forEach(([u, v]) => context.lineTo(u, v));
        context.lineTo(exact[exact.length - 1][0], floor);
        context.fillStyle = palette.blue;
        context.globalAlpha = 0.25;
        context.fill();
        context.globalAlpha = 1;
        line(context, on(curves.prior), palette.soft, 1.2);
        line(context, exact, palette.blue, 2);
        line(context, on(curves.approximate), palette.ink, 1.4, [5, 4]);
        line(context, interval.map((v) => [x(v), floor]), palette.blue, 5);
        if (value !== null) line(context, [[x(value), 4], [x(value), floor]], palette.red, 2);
    }

    const bell = (z) => Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
    // The standard normal distribution function (Abramowitz & Stegun 7.1.26), for the places of points on the axis.
    function phi(z) {
        const t = 1 / (1 + 0.3275911 * Math.abs(z) * Math.SQRT1_2);
        const tail = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t * Math.exp(-z * z / 2);
        return z < 0 ? tail / 2 : 1 - tail / 2;
    }
    const two = (number) => (number >= 10 ? number.toFixed(0) : number >= 1 ? number.toFixed(1) : number.toFixed(2));

    function show() {
        byId("strip-key").hidden = byId("joint").hidden = byId("joint-title").hidden = !fit;
        byId("rate-title").firstChild.textContent = truth ? "Its learning rate " : "Your learning rate ";
        byId("precision-title").firstChild.textContent = truth ? "How strictly it chooses " : "How strictly you choose ";
        byId("truth-key").hidden = !(fit && truth);
        byId("draws-key").hidden = !(fit && method === "nuts");
        const rates = [0, 0.25, 0.5, 0.75, 1].map((r) => [r, r.toFixed(2).replace(/0$/, "")]);
        const steps = [0.3, 1, 3, 10, 30].map((p) => [Math.log(p), String(p)]);
        if (!fit) {
            byId("rate-words").textContent = `after ${CHOICES} choices, or “Fit now”`;
            byId("precision-words").textContent = "\u00a0";
            byId("trust").innerHTML = "<li>Each statement here will be checked on your own choices.</li>";
            density("rate", null, [0, 1], rates);
            density("precision", null, [-1.9, 4], steps);
            return;
        }
        const { rate, precision } = fit;
        const words = ({ mean, low, high }, true_) => `${two(mean)}, between ${two(low)} and ${two(high)} with 90 %${true_ === null ? "" : `; in truth ${true_}`}`;
        byId("rate-words").textContent = words(rate, truth && truth[0]);
        byId("precision-words").textContent = words(precision, truth && truth[1]);
        joint(rate, precision, rates, steps);
        const [byRate, byPrecision] = method === "nuts" ? fit.nuts.curves : [rate.approximate, precision.approximate];
        // Densities of the rate itself: those of z by the slope.
        const own = (column) => Array.from(column, (d, i) => [phi(rate.z[i]), d / bell(rate.z[i])]);
        density("rate", { exact: own(rate.exact), approximate: own(byRate).filter(([r]) => r > 0.003 && r < 0.997), prior: own(rate.prior) }, [0, 1], rates, [rate.low, rate.high], truth && truth[0]);
        const logs = (column) => Array.from(column, (d, i) => [precision.z[i], d]);
        const curves = { exact: logs(precision.exact), approximate: logs(byPrecision), prior: logs(precision.prior) };
        density("precision", curves, [-1.9, 4], steps, [Math.log(precision.low), Math.log(precision.high)], truth && Math.log(truth[1]));
        trust();
    }

    // Both numbers, each on the scale on which its prior is normal: the probit of the rate, the logarithm of the precision.
    function joint(rate, precision, rates, steps) {
        const [context, width, height] = prepared(byId("joint"));
        const [left, floor, grid] = [34, height - 30, rate.z.length];
        const [wide, high] = [(width - left - 8) / grid, (floor - 6) / grid];
        const x = (z) => left + ((width - left - 8) * (z - rate.z[0])) / (rate.z[grid - 1] - rate.z[0]);
        const y = (z) => floor - ((floor - 6) * (z - precision.z[0])) / (precision.z[grid - 1] - precision.z[0]);
        context.fillStyle = palette.floor;
        context.fillRect(left, 6, width - left - 8, floor - 6);
        context.fillStyle = palette.blue;
        fit.joint.forEach((p, i) => {
            if (p < 0.004) return;
            context.globalAlpha = Math.min(1, 0.06 + 0.94 * p);
            const [column, row] = [i % grid, Math.floor(i / grid)];
            const [from, to] = [Math.round(left + column * wide), Math.round(left + (column + 1) * wide)];
            const [above, below] = [Math.round(floor - (row + 1) * high), Math.round(floor - row * high)];
            context.fillRect(from, above, to - from, below - above);
        });
        context.globalAlpha = 1;
        if (method === "nuts") {
            const [rates, precisions] = fit.nuts.draws;
            rates.forEach((z, i) => disc(context, x(z), y(precisions[i]), 1, palette.ink, 0.35));
        }
        context.fillStyle = palette.soft;
        context.textAlign = "center";
        for (const r of [0.01, 0.05, 0.2, 0.5, 0.8, 0.95, 0.99]) {
            let k = 0;
            while (k < grid - 1 && phi(rate.z[k]) < r) k++;
            context.fillText(String(r), x(rate.z[k]), floor + 13);
        }
        context.fillText("learning rate", left + (width - left) / 2, floor + 27);
        context.textAlign = "right";
        for (const [v, label] of steps) context.fillText(label, left - 6, y(v) + 4);
        if (truth) {
            let k = 0;
            while (k < grid - 1 && phi(rate.z[k]) < truth[0]) k++;
            const [u, v] = [x(rate.z[k]), y(Math.log(Math.max(truth[1], 0.1)))];
            line(context, [[u - 6, v], [u + 6, v]], palette.red, 2);
            line(context, [[u, v - 6], [u, v + 6]], palette.red, 2);
        }
    }

    function trust() {
        const { k, apart, exactly, coin, predicted, rate, evidence } = fit;
        const better = exactly - coin;
        const odds = better > 13.8 ? "more than a million" : better > 3 ? Math.round(Math.exp(better)).toLocaleString("en") : Math.exp(better).toFixed(1);
        const says = [];
        says.push(better > 3
            ? [true, `A learner makes these choices ${odds} times as probable as tossing a coin does.`]
            : [false, `A learner makes these choices only ${odds} times as probable as tossing a coin does: they hardly say how anybody learns.`]);
        says.push([rate.narrowed < 0.75, `${played.length} choices narrowed the learning rate to ${(100 * rate.narrowed).toFixed(0)} % of the spread that the prior has${rate.narrowed < 0.75 ? "." : ": mostly the prior speaks."}`]);
        says.push([predicted > 0.55, `The fitted learner gave the choices that were made ${(100 * predicted).toFixed(0)} % each (geometric mean; 50 % is chance).`]);
        says.push([k < 0.7 && apart < 0.15,
            `Laplace's method: Pareto k ${k.toFixed(2)} (reliable below 0.7); ${(100 * apart).toFixed(0)} % of its probability lies elsewhere than the exact posterior's; log evidence ${evidence.toFixed(1)}, exactly ${exactly.toFixed(1)}. Means and intervals here are exact.`]);
        if (method === "nuts") {
            const { divergences, gradients, ms, rate: own, precision: strict, draws } = fit.nuts;
            const [rhat, ess] = [Math.max(own.rhat, strict.rhat), Math.min(own.ess, strict.ess)];
            says.push([rhat < 1.01 && ess >= 400 && divergences === 0,
                `NUTS: ${draws[0].length} draws of 4 chains, worth ${ess.toFixed(0)} independent ones; R-hat ${rhat.toFixed(3)} (good below 1.01), ${divergences || "no"} divergences, ${gradients.toLocaleString("en")} gradients in ${ms.toFixed(0)} ms. Its learning rate: ${two(own.mean)}, between ${two(own.low)} and ${two(own.high)}.`]);
        }
        if (truth) {
            const found = truth[0] >= rate.low && truth[0] <= rate.high;
            says.push([found, `The true learning rate lies ${found ? "within" : "outside of"} its 90 % interval; one in ten does not.`]);
        }
        byId("trust").replaceChildren(...says.map(([good, words]) => Object.assign(document.createElement("li"), { className: good ? "good" : "bad", textContent: words })));
    }

    function prepare() {
        for (const machine of [0, 1]) byId(`machine-${machine}`).addEventListener("click", () => choose(machine));
        byId("game-new").addEventListener("click", begin);
        byId("game-fit").addEventListener("click", () => played.length && refit());
        for (const button of byId("game-method").children) button.addEventListener("click", () => hold(button.dataset.method));
        byId("game-learner").addEventListener("click", letPlay);
        const knobs = [
            { name: "its learning rate", what: "how far a value moves to each outcome", least: 0.05, most: 1, step: 0.05, value: learner[0] },
            { name: "its precision", what: "how strictly choices follow values", least: 0, most: 15, step: 0.5, value: learner[1] },
        ];
        sliders(byId("learner-knobs"), knobs, (knob, value) => (learner[knob] = value));
        begin();
    }

    function key(event) {
        if (event.key === "ArrowLeft") choose(0);
        else if (event.key === "ArrowRight") choose(1);
        else if (event.key === "n") begin();
        else if (event.key === "l") letPlay();
        else if (event.key === "s") hold(method === "nuts" ? "laplace" : "nuts");
        else return false;
        return true;
    }

    function redraw() {
        strip();
        show();
    }

    return { prepare, key, frame: () => {}, redraw, choose, letPlay, begin, hold, state: () => ({ played, fit, truth, method }) };
})();
