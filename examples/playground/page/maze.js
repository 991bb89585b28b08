// The maze: what its agent believes, plans and has reasons for.

const maze = (() => {
    const [WIDTH, HEIGHT, CELLS] = [11, 7, 77];
    const MOVES = ["stay", "north", "east", "south", "west"];
    const ARROWS = ["·", "↑", "→", "↓", "←"];
    // What speaks for a move, by all that plans which begin with it expect: where it stands in a reason, and its colour. The first modality is where
    // one is, which is known.
    const SPEAKS = [
        { name: "food", of: (r, g) => g * r[4], colour: "green", what: "how much food it expects to taste" },
        { name: "scent", of: (r, g) => g * r[2], colour: "gold", what: "how strong a smell it expects" },
        { name: "learning by nose", of: (r, g) => g * r[6], colour: "violet", what: "what it expects smelling to tell about the food" },
        { name: "by eye", of: (r, g) => g * r[7], colour: "teal", what: "what it expects looking to tell about the food" },
        { name: "by taste", of: (r, g) => g * r[8], colour: "red", what: "what it expects tasting to tell about the food" },
        { name: "ways to go on", of: (r) => r[9], colour: "grey", what: "how many ways of going on there are (their entropy)" },
    ];
    const KNOBS = [
        { name: "precision γ", what: "how strictly it follows its plans (policy precision)", least: 0, most: 16, step: 0.5, value: 4 },
        { name: "hunger", what: "log-preference for food, in nats", least: 0, most: 6, step: 0.25, value: 3 },
        { name: "love of scent", what: "log-preference for each level of smell over the one below", least: 0, most: 2, step: 0.1, value: 0.2 },
        { name: "information", what: "the weight of information gain about the food", least: 0, most: 4, step: 0.1, value: 1 },
        { name: "keen nose", what: "the share of what it smells that is no noise", least: 0.05, most: 0.95, step: 0.05, value: 0.6 },
        { name: "steps ahead", what: "how many steps its plans have", least: 1, most: 6, step: 1, value: 4 },
    ];
    const settings = KNOBS.map((knob) => knob.value);
    const STEP = 260;
    let view, previous, stepped = 0, playing = true, tool = "wall", paint = null, mark = null, seed = 1, past = [];

    const at = (list) => ({
        place: list[0], food: list[1], steps: list[2], meals: list[3], smell: list[4], sight: list[5], taste: list[6],
        unsure: list[7], surprise: list[8],
        open: list.subarray(9, 9 + CELLS), belief: list.subarray(9 + CELLS, 9 + 2 * CELLS),
        reasons: MOVES.map((_, a) => list.subarray(9 + 2 * CELLS + 10 * a, 19 + 2 * CELLS + 10 * a)),
        paths: list.subarray(9 + 2 * CELLS + 50),
    });

    function take(list, moved) {
        previous = view ? view.place : list[0];
        view = at(list);
        if (!moved) previous = view.place;
        else past.push({ unsure: view.unsure, surprise: view.surprise, eats: view.taste });
        if (past.length > 120) past.shift();
        reasons();
    }

    function begin() {
        past = [];
        take(call("maze_new", seed), false);
        settings.forEach((value, knob) => value !== KNOBS[knob].value && take(call("maze_turn", knob, value), false));
    }

    function step() {
        take(call("maze_step"), true);
        stepped = performance.now();
    }

    function reasons() {
        const gamma = settings[0];
        const each = view.reasons.map((r) => SPEAKS.map((s) => s.of(r, gamma)));
        const least = SPEAKS.map((_, k) => Math.min(...each.map((row) => row[k])));
        const over = each.map((row) => row.map((x, k) => x - least[k]));
        const most = Math.max(1, ...over.map((row) => row.reduce((a, b) => a + b)));
        const best = Math.max(...view.reasons.map((r) => r[0]));
        const rows = byId("maze-why").tBodies[0].rows;
        view.reasons.forEach((r, a) => {
            rows[a].className = r[0] === best ? "best" : "";
            const bars = rows[a].cells[1].firstChild.children;
            over[a].forEach((x, k) => {
                bars[k].style.width = `${(100 * x) / most}%`;
                bars[k].title = `${SPEAKS[k].name}: ${x.toFixed(2)} nats over the least; ${SPEAKS[k].what}`;
            });
            rows[a].cells[2].textContent = `${(100 * r[0]).toFixed(r[0] < 0.1 && r[0] > 0.0005 ? 1 : 0)} %`;
        });
        const sight = view.sight ? `sees food to the ${MOVES[view.sight]}` : "sees no food ahead";
        const tastes = view.taste ? "It eats." : "";
        byId("maze-now").textContent =
            `Step ${view.steps}: it smells ${view.smell} of 5, and ${sight}. ${tastes} ` +
            `It has eaten ${view.meals} time${view.meals === 1 ? "" : "s"}. It is as unsure as if the food were in one of ${Math.exp(view.unsure).toFixed(1)} cells (${view.unsure.toFixed(2)} nats).`;
    }

    const centre = (cell, side) => [((cell % WIDTH) + 0.5) * side, (Math.floor(cell / WIDTH) + 0.5) * side];

    function draw(now) {
        const [context, width] = prepared(byId("maze-board"), HEIGHT / WIDTH);
        const side = width / WIDTH;
        context.fillStyle = palette.floor;
        context.fillRect(0, 0, width, width);
        const most = Math.max(...view.belief);
        for (let cell = 0; cell < CELLS; cell++) {
            const [x, y] = [(cell % WIDTH) * side, Math.floor(cell / WIDTH) * side];
            if (!view.open[cell]) {
                context.fillStyle = palette.wall;
                context.fillRect(x, y, side + 0.5, side + 0.5);
                continue;
            }
            // Roots, so that little can be seen, too.
            context.globalAlpha = 0.85 * Math.sqrt(view.belief[cell] / Math.max(most, 0.12));
            context.fillStyle = palette.blue;
            context.fillRect(x, y, side, side);
            context.globalAlpha = 1;
            context.strokeStyle = palette.line;
            context.lineWidth = 0.5;
            context.strokeRect(x, y, side, side);
        }
        // Where its plans lead, step by step.
        for (let t = 0; t * CELLS < view.paths.length; t++) {
            for (let cell = 0; cell < CELLS; cell++) {
                const p = view.paths[t * CELLS + cell];
                if (p < 0.02 || cell === view.place) continue;
                const [x, y] = centre(cell, side);
                disc(context, x, y, side * 0.24 * Math.sqrt(p), palette.orange, 0.75);
            }
        }
        const [fx, fy] = centre(view.food, side);
        context.strokeStyle = palette.green;
        context.lineWidth = 2;
        context.setLineDash(view.taste ? [] : [3, 3]);
        context.beginPath();
        context.arc(fx, fy, side * 0.36, 0, 2 * Math.PI);
        context.stroke();
        context.setLineDash([]);
        disc(context, fx + side * 0.2, fy - side * 0.22, side * 0.1, palette.green);
        // The agent, on its way.
        const share = Math.min(1, (now - stepped) / (STEP * 0.6));
        const [[ax, ay], [bx, by]] = [centre(previous, side), centre(view.place, side)];
        const [x, y] = [ax + (bx - ax) * share, ay + (by - ay) * share];
        disc(context, x, y, side * 0.25, palette.orange);
        disc(context, x, y, side * 0.1, palette.paper);
        if (view.sight) {
            context.fillStyle = palette.green;
            context.font = `bold ${Math.round(side * 0.32)}px system-ui`;
            context.textAlign = "center";
            context.textBaseline = "middle";
            const [dx, dy] = [[0, -0.4], [0.4, 0], [0, 0.4], [-0.4, 0]][view.sight - 1];
            context.fillText(ARROWS[view.sight], x + dx * side, y + dy * side);
        }
        if (mark !== null && document.activeElement === byId("maze-board")) {
            context.strokeStyle = palette.red;
            context.lineWidth = 2;
            context.strokeRect((mark % WIDTH) * side + 2, Math.floor(mark / WIDTH) * side + 2, side - 4, side - 4);
        }
        time();
    }

    function time() {
        const [context, width, height] = prepared(byId("maze-time"));
        const top = 8;
        const [x, y] = [(i) => 26 + ((width - 32) * i) / 119, (v) => height - 8 - ((height - 18) * Math.min(v, top)) / top];
        context.fillStyle = palette.soft;
        for (const v of [0, 2, 4, 6]) {
            line(context, [[26, y(v)], [width - 6, y(v)]], palette.line, 0.7);
            context.fillText(String(v), 10, y(v) + 4);
        }
        past.forEach((p, i) => {
            if (!p.eats) return;
            context.globalAlpha = 0.3;
            context.fillStyle = palette.green;
            context.fillRect(x(i) - (width - 32) / 238, y(top), (width - 32) / 119, y(0) - y(top));
            context.globalAlpha = 1;
        });
        line(context, past.map((p, i) => [x(i), y(p.surprise)]), palette.red, 1.1);
        line(context, past.map((p, i) => [x(i), y(p.unsure)]), palette.blue, 2);
    }

    function touch(cell, building) {
        const what = tool === "wall" ? (building ? 1 : 0) : tool === "food" ? 2 : 3;
        take(call("maze_touch", what, cell), false);
    }

    function cellAt(event) {
        const box = byId("maze-board").getBoundingClientRect();
        const column = Math.floor(((event.clientX - box.left) / box.width) * WIDTH);
        const row = Math.floor(((event.clientY - box.top) / box.height) * HEIGHT);
        return column >= 0 && column < WIDTH && row >= 0 && row < HEIGHT ? row * WIDTH + column : null;
    }

    function choose(name) {
        tool = name;
        for (const button of byId("maze-tools").children) button.setAttribute("aria-pressed", String(button.dataset.tool === name));
    }

    function play(on) {
        playing = on;
        byId("maze-play").innerHTML = `${on ? "Pause" : "Play"} <kbd>Space</kbd>`;
    }

    function prepare() {
        byId("maze-key").innerHTML = SPEAKS.map((s) => `<span class="item" title="${s.what}"><i class="swatch ${s.colour}"></i>${s.name}</span>`).join(" ");
        const body = byId("maze-why").tBodies[0];
        MOVES.forEach((move, a) => {
            const bars = SPEAKS.map((s) => `<i class="${s.colour}"></i>`).join("");
            body.insertRow().innerHTML = `<td>${ARROWS[a]} ${move}</td><td><div class="stack">${bars}</div></td><td></td>`;
        });
        sliders(byId("maze-knobs"), KNOBS, (knob, value) => {
            settings[knob] = value;
            take(call("maze_turn", knob, value), false);
        });
        const board = byId("maze-board");
        board.addEventListener("pointerdown", (event) => {
            const cell = cellAt(event);
            if (cell === null) return;
            board.setPointerCapture(event.pointerId);
            paint = { building: view.open[cell] === 1, last: cell };
            mark = cell;
            touch(cell, paint.building);
        });
        board.addEventListener("pointermove", (event) => {
            const cell = paint && cellAt(event);
            if (!paint || cell === null || cell === paint.last) return;
            paint.last = mark = cell;
            touch(cell, paint.building);
        });
        for (const end of ["pointerup", "pointercancel"]) board.addEventListener(end, () => (paint = null));
        for (const button of byId("maze-tools").children) button.addEventListener("click", () => choose(button.dataset.tool));
        byId("maze-play").addEventListener("click", () => play(!playing));
        byId("maze-step").addEventListener("click", () => {
            play(false);
            step();
        });
        byId("maze-forget").addEventListener("click", () => take(call("maze_touch", 4, 0), false));
        byId("maze-new").addEventListener("click", () => {
            seed += 1;
            begin();
        });
        begin();
    }

    function key(event) {
        const walk = { ArrowUp: -WIDTH, ArrowDown: WIDTH, ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (walk && document.activeElement === byId("maze-board")) {
            const from = mark ?? view.place;
            const to = from + walk;
            const wraps = Math.abs(walk) === 1 && Math.floor(to / WIDTH) !== Math.floor(from / WIDTH);
            if (to >= 0 && to < CELLS && !wraps) mark = to;
        } else if (event.key === "Enter" && document.activeElement === byId("maze-board") && mark !== null) touch(mark, view.open[mark] === 1);
        else if (event.key === " ") play(!playing);
        else if (event.key === ".") byId("maze-step").click();
        else if (event.key === "w") choose("wall");
        else if (event.key === "f") choose("food");
        else if (event.key === "a") choose("agent");
        else return false;
        return true;
    }

    function frame(now) {
        if (playing && now - stepped > STEP) step();
        draw(now);
    }

    return { prepare, frame, key, play, step, turn: (k, v) => ((settings[k] = v), take(call("maze_turn", k, v), false)), state: () => view };
})();
