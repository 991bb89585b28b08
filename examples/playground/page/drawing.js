// What all parts draw with.

const byId = (id) => document.getElementById(id);
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
let palette = {};
function readPalette() {
    for (const name of "paper panel ink soft line wall floor blue orange green red violet teal gold".split(" ")) palette[name] = colour(name);
}

// A canvas in the size at which it is shown: its context, width and height in CSS pixels.
function prepared(canvas, ratio) {
    const width = Math.max(canvas.clientWidth, 10);
    const height = ratio ? Math.round(width * ratio) : Math.max(canvas.clientHeight, 10);
    const dense = Math.min(window.devicePixelRatio || 1, 2);
    if (canvas.width !== Math.round(width * dense) || canvas.height !== Math.round(height * dense)) {
        canvas.width = Math.round(width * dense);
        canvas.height = Math.round(height * dense);
        if (ratio) canvas.style.height = `${height}px`;
    }
    const context = canvas.getContext("2d");
    context.setTransform(dense, 0, 0, dense, 0, 0);
    context.clearRect(0, 0, width, height);
    context.font = "11px system-ui, sans-serif";
    return [context, width, height];
}

function line(context, points, stroke, width = 1.8, dash = []) {
    context.beginPath();
    points.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
    context.strokeStyle = stroke;
    context.lineWidth = width;
    context.setLineDash(dash);
    context.stroke();
    context.setLineDash([]);
}

function disc(context, x, y, r, fill, alpha = 1) {
    context.globalAlpha = alpha;
    context.beginPath();
    context.arc(x, y, r, 0, 2 * Math.PI);
    context.fillStyle = fill;
    context.fill();
    context.globalAlpha = 1;
}

// Rows of a label, a slider and its value; `turned(index, value)` is called when one moves.
function sliders(box, knobs, turned) {
    knobs.forEach((knob, index) => {
        const id = `${box.id}-${index}`;
        const label = Object.assign(document.createElement("label"), { htmlFor: id, textContent: knob.name, title: knob.what });
        const { least, most, step, value } = knob;
        const input = Object.assign(document.createElement("input"), { type: "range", id, min: least, max: most, step, title: knob.what });
        input.value = value;
        const output = document.createElement("output");
        const show = () => (output.textContent = knob.show ? knob.show(Number(input.value)) : input.value);
        input.addEventListener("input", () => {
            show();
            turned(index, Number(input.value));
        });
        show();
        box.append(label, input, output);
    });
}
