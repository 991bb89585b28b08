// Five hundred foragers: one tick a frame, at most sixty a second.

const foragers = (() => {
    const [PERIOD, TICK] = [8, 1000 / 60];
    let list, land, count = 500, seed = 1, playing = true, owed = 0, last = 0, turned = null;
    let frames = [], times = [], meals = [], eaten = null;

    function begin() {
        list = call("herd_new", count, seed);
        if (turned !== null) call("herd_precision", turned);
        (meals = []), (eaten = null), (times = []), (owed = 0);
    }

    const body = (i) => 10 + 4 * i;
    const bodies = () => (list.length - 10) / 4;

    function tick() {
        const before = performance.now();
        list = call("herd_ticks", 1);
        times.push(performance.now() - before);
        if (times.length > 240) times.shift();
        if (list[0] % 100 === 0) {
            const sums = [0, 0];
            const half = bodies() / 2;
            for (let i = 0; i < bodies(); i++) sums[i < half ? 0 : 1] += list[body(i) + 3] / half;
            if (eaten) meals.push(sums.map((sum, k) => sum - eaten[k]));
            eaten = sums;
            if (meals.length > 60) meals.shift();
        }
    }

    function draw() {
        const [context, width] = prepared(byId("land"), 1);
        const [columns] = land;
        const side = width / columns;
        const centre = (cell) => [((cell % columns) + 0.5) * side, (Math.floor(cell / columns) + 0.5) * side];
        context.fillStyle = palette.floor;
        context.fillRect(0, 0, width, width);
        for (let cell = 0; cell < columns * columns; cell++) {
            const what = land[2 + cell];
            const [x, y] = centre(cell);
            if (what === 1) {
                context.fillStyle = palette.wall;
                context.beginPath();
                for (const [dx, dy] of [[0, -0.34], [0.34, 0.28], [-0.34, 0.28]]) context.lineTo(x + dx * side, y + dy * side);
                context.fill();
            } else if (what === 2) {
                context.strokeStyle = palette.teal;
                context.lineWidth = 2;
                context.strokeRect(x - side * 0.3, y - side * 0.3, side * 0.6, side * 0.6);
            } else if (what >= 10) {
                const believed = list[2 + (what - 10)];
                disc(context, x, y, side * (0.35 + 1.5 * Math.sqrt(believed)), palette.blue, 0.22);
                context.strokeStyle = list[1] === what - 10 ? palette.green : palette.soft;
                context.lineWidth = list[1] === what - 10 ? 3.5 : 1.2;
                context.beginPath();
                context.arc(x, y, side * 0.42, 0, 2 * Math.PI);
                context.stroke();
            }
        }
        context.textAlign = "center";
        context.fillStyle = palette.soft;
        for (let cell = 0; cell < columns * columns; cell++) {
            if (land[2 + cell] < 10) continue;
            const [x, y] = centre(cell);
            context.fillText(String(land[2 + cell] - 9), x, y + 4);
        }
        const half = bodies() / 2;
        for (let i = 0; i < bodies(); i++) {
            const at = body(i);
            // Where it is on the way of its last step, and to which side of its cell it keeps.
            const since = (((i + list[0] - 1) % PERIOD) + 1) / PERIOD;
            const [ax, ay] = centre(list[at + 1]);
            const [bx, by] = centre(list[at]);
            const [ox, oy] = [((i * 0.618) % 1) - 0.5, ((i * 0.7548) % 1) - 0.5];
            const [x, y] = [ax + (bx - ax) * since + ox * side * 0.8, ay + (by - ay) * since + oy * side * 0.8];
            disc(context, x, y, side * 0.09, i < half ? palette.orange : palette.violet, list[at + 2] === 0 ? 0.3 : 0.9);
        }
    }

    function panels() {
        const ms = [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
        byId("herd-ms").textContent = ms.toFixed(1);
        byId("herd-us").textContent = ((1000 * ms * PERIOD) / bodies()).toFixed(0);
        byId("herd-fps").textContent = frames.length > 5 ? rate().toFixed(0) : "–";
        {
            const [context, width, height] = prepared(byId("herd-belief"));
            const wide = width / 8;
            for (let site = 0; site < 8; site++) {
                const p = list[2 + site];
                const here = list[1] === site;
                context.fillStyle = here ? palette.green : palette.blue;
                context.globalAlpha = here ? 1 : 0.55;
                context.fillRect(site * wide + 4, height - 16 - (height - 30) * p, wide - 8, (height - 30) * p + 1);
                context.globalAlpha = 1;
                context.fillStyle = palette.soft;
                context.textAlign = "center";
                context.fillText(here ? `${site + 1}: food` : String(site + 1), site * wide + wide / 2, height - 3);
                context.fillText(p.toFixed(2).replace(/^0/, ""), site * wide + wide / 2, height - 20 - (height - 30) * p);
            }
        }
        const [context, width, height] = prepared(byId("herd-meals"));
        const most = Math.max(1, ...meals.flat());
        const [x, y] = [(i) => 26 + ((width - 32) * i) / 59, (v) => height - 8 - ((height - 18) * v) / most];
        context.fillStyle = palette.soft;
        for (const v of [0, most]) {
            line(context, [[26, y(v)], [width - 6, y(v)]], palette.line, 0.7);
            context.fillText(v.toFixed(v ? 1 : 0), 4, y(v) + 4);
        }
        for (const [k, name] of ["orange", "violet"].entries()) line(context, meals.map((m, i) => [x(i), y(m[k])]), palette[name], 2);
        if (!meals.length) context.fillText("after 200 ticks", 34, height / 2);
    }

    const rate = () => (1000 * (frames.length - 1)) / (frames[frames.length - 1] - frames[0]);

    function frame(now) {
        frames.push(now);
        while (frames.length > 2 && now - frames[0] > 2000) frames.shift();
        if (now - last > 250) (frames = [now]), (owed = 0);
        owed = Math.min(owed + (now - last), 2 * TICK);
        last = now;
        if (playing && owed > TICK * 0.9) {
            owed = Math.max(0, owed - TICK);
            tick();
        }
        draw();
        if (frames.length % 6 === 0) panels();
    }

    function play(on) {
        playing = on;
        byId("herd-play").innerHTML = `${on ? "Pause" : "Play"} <kbd>Space</kbd>`;
    }

    function moveFood(site) {
        call("herd_food", site);
        list[1] = site;
    }

    function prepare() {
        land = call("herd_land");
        begin();
        byId("herd-play").addEventListener("click", () => play(!playing));
        byId("herd-food").addEventListener("click", () => moveFood((list[1] + 3) % 8));
        byId("herd-new").addEventListener("click", () => ((seed += 1), begin()));
        byId("herd-count").addEventListener("change", (event) => ((count = Number(event.target.value)), begin()));
        byId("land").addEventListener("pointerdown", (event) => {
            const box = byId("land").getBoundingClientRect();
            const [u, v] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height].map((share) => share * land[0]);
            let [best, near] = [null, 1.5];
            for (let cell = 0; cell < land[0] * land[1]; cell++) {
                if (land[2 + cell] < 10) continue;
                const away = Math.hypot((cell % land[0]) + 0.5 - u, Math.floor(cell / land[0]) + 0.5 - v);
                if (away < near) [best, near] = [land[2 + cell] - 10, away];
            }
            if (best !== null) moveFood(best);
        });
        const knob = { name: "precision γ", what: "how strictly they follow their plans (policy precision)", least: 0, most: 20, step: 0.5, value: 8 };
        sliders(byId("herd-knobs"), [knob], (_, value) => call("herd_precision", (turned = value)));
    }

    function key(event) {
        if (event.key === " ") play(!playing);
        else if (event.key === "f") byId("herd-food").click();
        else return false;
        return true;
    }

    return { prepare, frame, key, play, tick, state: () => ({ list, times, fps: frames.length > 5 ? rate() : 0, meals }) };
})();
