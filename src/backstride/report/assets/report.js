// Zoom, readout and keys for the charts; everything else on the page works without this.
"use strict";
document.documentElement.classList.add("js");

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400];
const FEWEST_SECONDS = 10;
const SVG = "http://www.w3.org/2000/svg";
const UNITS = { speed: "m/s", cadence: "steps/min", heart: "bpm" };

const draw = (parent, name, attributes) => {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return parent.appendChild(element);
};
const two = (n) => String(n).padStart(2, "0");
const clock = (seconds) => {
  const s = Math.round(seconds), h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60;
  return h ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
};
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

// A path holds its data: x in seconds, y in whole units below zero.
const points = (path) => {
  const found = [];
  for (const [, x, y] of path.getAttribute("d").matchAll(/[ML](-?[\d.]+) (-?\d+)/g)) {
    if (!found.length || found[found.length - 1][0] !== +x) found.push([+x, -y]);
  }
  return found;
};
const nearest = (data, t, within) => {
  let low = 0, high = data.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (data[middle][0] < t) low = middle + 1; else high = middle;
  }
  const best = [data[low - 1], data[low]].filter(Boolean).sort((a, b) => Math.abs(a[0] - t) - Math.abs(b[0] - t))[0];
  return best && Math.abs(best[0] - t) <= within ? best : null;
};

function start(root) {
  const end = +root.dataset.end, step = +root.dataset.step;
  const panels = root.querySelector(".panels"), axis = root.querySelector(".time-axis");
  const readout = root.querySelector(".readout");
  const plots = [...root.querySelectorAll(".plot")];
  const curves = [...root.querySelectorAll(".curve")].map((svg) => ({
    svg, name: svg.dataset.name, factor: +svg.dataset.factor, data: points(svg.querySelector(".line")),
  }));
  const shades = [...root.querySelectorAll(".shades rect")];
  const crosses = plots.map((plot) => draw(plot, "line", { class: "crosshair", y1: 0, y2: "100%", visibility: "hidden" }));
  const drags = plots.map((plot) => draw(plot, "rect", { class: "drag", y: 0, height: "100%", visibility: "hidden" }));
  const way = routeOf(root.dataset.chart);
  let from = 0, to = end, at = null;

  const percent = (t) => `${(100 * (t - from)) / (to - from)}%`;

  const redraw = () => {
    for (const { svg } of curves) {
      const [, top, , height] = svg.getAttribute("viewBox").split(" ");
      svg.setAttribute("viewBox", `${from} ${top} ${to - from} ${height}`);
    }
    for (const rect of shades) {
      rect.setAttribute("x", percent(+rect.dataset.from));
      rect.setAttribute("width", `${(100 * (rect.dataset.to - rect.dataset.from)) / (to - from)}%`);
    }
    const apart = STEPS.find((each) => (to - from) / each <= 6) || 2 * STEPS[STEPS.length - 1];
    axis.replaceChildren();
    for (let t = Math.ceil(from / apart) * apart; t <= to; t += apart) {
      draw(axis, "text", { x: percent(t), y: 16, "text-anchor": "middle" }).textContent = clock(t);
    }
    root.dataset.from = from;
    root.dataset.to = to;
    point(at !== null && at >= from && at <= to ? at : null);
  };

  const view = (low, high) => {
    const width = clamp(high - low, Math.min(FEWEST_SECONDS, end), end);
    from = clamp((low + high - width) / 2, 0, end - width);
    to = from + width;
    redraw();
  };
  const zoom = (factor, around) => {
    const middle = around ?? at ?? (from + to) / 2;
    const width = clamp((to - from) * factor, Math.min(FEWEST_SECONDS, end), end);
    const low = middle - ((middle - from) / (to - from)) * width;
    view(clamp(low, 0, end - width), clamp(low, 0, end - width) + width);
  };
  const move = (share) => {
    const by = clamp((to - from) * share, -from, end - to);
    view(from + by, to + by);
  };

  const point = (t) => {
    at = t;
    for (const cross of crosses) {
      cross.setAttribute("visibility", t === null ? "hidden" : "visible");
      if (t !== null) for (const side of ["x1", "x2"]) cross.setAttribute(side, percent(t));
    }
    way(t);
    readout.textContent = t === null ? `${clock(from)} to ${clock(to)}` : told(t);
  };
  const told = (t) => {
    const words = [clock(t)];
    const here = shades.find((rect) => t >= rect.dataset.from && t < rect.dataset.to);
    if (here) words.push(here.textContent.split(",")[0]);
    for (const { name, factor, data } of curves) {
      const found = nearest(data, t, Math.max(step, (to - from) / 400));
      if (!found) continue;
      const value = found[1] / factor;
      words.push(`${factor > 1 ? value.toFixed(2) : value} ${UNITS[name]}`);
      if (name === "speed" && value > 0.3) {
        words.push(`${clock(root.dataset.paceM / value)} ${root.dataset.paceUnit.slice(3)}`);
      }
    }
    return words.join(" · ");
  };

  const time = (event) => {
    const box = plots[0].getBoundingClientRect();
    return from + clamp((event.clientX - box.left) / box.width, 0, 1) * (to - from);
  };
  let pressed = null, held = null;
  const select = (a, b) => {
    for (const drag of drags) {
      drag.setAttribute("visibility", a === null ? "hidden" : "visible");
      if (a === null) continue;
      drag.setAttribute("x", percent(Math.min(a, b)));
      drag.setAttribute("width", `${(100 * Math.abs(b - a)) / (to - from)}%`);
    }
  };
  for (const plot of plots) {
    plot.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      pressed = time(event);
      held = { x: event.clientX, from, to, touch: event.pointerType === "touch" };
      plot.setPointerCapture(event.pointerId);
    });
    plot.addEventListener("pointermove", (event) => {
      if (pressed !== null && held.touch) {
        // A finger moves what is seen; the page still scrolls up and down.
        const by = ((held.x - event.clientX) / plots[0].getBoundingClientRect().width) * (held.to - held.from);
        if (held.to - held.from < end) return view(held.from + by, held.to + by);
      } else if (pressed !== null) {
        select(pressed, time(event));
      }
      point(time(event));
    });
    plot.addEventListener("pointerup", (event) => {
      const released = time(event);
      if (pressed !== null && !held.touch && Math.abs(event.clientX - held.x) > 8) {
        view(Math.min(pressed, released), Math.max(pressed, released));
      }
      pressed = null;
      select(null);
      point(clamp(released, from, to));
    });
    plot.addEventListener("pointercancel", () => { pressed = null; select(null); });
    plot.addEventListener("pointerleave", () => { if (pressed === null && document.activeElement !== panels) point(null); });
    plot.addEventListener("dblclick", () => view(0, end));
    plot.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      zoom(event.deltaY > 0 ? 1.25 : 0.8, time(event));
    }, { passive: false });
  }

  const does = {
    in: () => zoom(0.5), out: () => zoom(2), left: () => move(-0.25), right: () => move(0.25), all: () => view(0, end),
  };
  for (const button of root.querySelectorAll("button")) button.addEventListener("click", does[button.dataset.do]);

  const read = (sign) => {
    const by = Math.max(step, (to - from) / 100);
    const next = clamp((at ?? (from + to) / 2) + sign * by, 0, end);
    if (next < from || next > to) view(next - (to - from) / 2, next + (to - from) / 2);
    point(next);
  };
  const keys = {
    "+": does.in, "=": does.in, "-": does.out, "_": does.out, 0: does.all, Escape: does.all,
    Home: () => { view(0, to - from); point(from); }, End: () => { view(end - (to - from), end); point(to); },
  };
  panels.tabIndex = 0;
  panels.setAttribute("role", "group");
  panels.setAttribute("aria-label", "Chart over time. Arrow keys read, Shift with arrows moves, plus and minus zoom, 0 shows all.");
  panels.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const side = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (side) event.shiftKey ? move(0.25 * side) : read(side);
    else if (keys[event.key]) keys[event.key]();
    else return;
    event.preventDefault();
  });
  root.querySelector(".tools").hidden = false;
  root.querySelector(".keys").hidden = false;
  root.dataset.ready = "";
  redraw();
  readout.textContent = matchMedia("(pointer: coarse)").matches
    ? "Touch the chart to read it." : "Point at the chart to read it, drag over a part to zoom in.";
}

// Shows where on the route a moment was.
function routeOf(chart) {
  const svg = document.querySelector(`[data-route="${chart.replace(/-chart$/, "")}"]`);
  if (!svg) return () => {};
  const here = svg.querySelector(".here");
  const places = [];
  for (const path of svg.querySelectorAll("[data-t]")) {
    const times = path.dataset.t.split(" ");
    path.getAttribute("d").slice(1).split("L").forEach((xy, k) => places.push([+times[k], ...xy.split(" ")]));
  }
  places.sort((a, b) => a[0] - b[0]);
  return (t) => {
    const place = t === null ? null : nearest(places, t, 60);
    here.setAttribute("visibility", place ? "visible" : "hidden");
    if (place) here.setAttribute("transform", `translate(${place[1]} ${place[2]})`);
  };
}

// A chart in a closed recording is started when it is opened.
const ready = (root) => { for (const chart of root.querySelectorAll("[data-chart]:not([data-ready])")) start(chart); };
for (const recording of document.querySelectorAll(".recording")) {
  recording.addEventListener("toggle", () => recording.open && ready(recording));
}
for (const chart of document.querySelectorAll("[data-chart]:not([data-ready])")) {
  if (!chart.closest("details:not([open])")) start(chart);
}

// A link into something closed opens it.
const reveal = () => {
  const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
  if (!target) return;
  for (let each = target; each; each = each.parentElement) if (each.localName === "details") each.open = true;
  target.scrollIntoView();
};
addEventListener("hashchange", reveal);
reveal();

// On paper nothing can be opened, so what stands behind the answers is printed, then closed again.
let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details:not([open])")].filter(
    (each) => each.matches(".behind, .myth details") && !each.closest(".recording:not([open])"),
  );
  for (const each of opened) each.open = true;
});
addEventListener("afterprint", () => { for (const each of opened) each.open = false; });
