// The pages of the drill room: they show the view that the desk sends, and send what the facilitator does.
"use strict";

const as = document.body.dataset.as;
const $ = (id) => document.getElementById(id);

// el makes an element of text and other elements; nothing that comes from outside is ever read as HTML.
function el(tag, props, ...children) {
  const e = Object.assign(document.createElement(tag), props);
  e.append(...children.filter((c) => c !== undefined && c !== null && c !== ""));
  return e;
}

// span writes seconds of scenario time as people say them.
function span(s) {
  const sign = s < 0 ? "-" : "", t = Math.abs(Math.round(s));
  const h = Math.floor(t / 3600), m = Math.floor(t / 60) % 60, sec = t % 60;
  return sign + (h ? h + "h" + String(m).padStart(2, "0") + "m" : m ? m + "m" + String(sec).padStart(2, "0") + "s" : sec + "s");
}

async function send(verb, args = {}, by = "facilitator") {
  const clean = Object.fromEntries(Object.entries(args).filter(([, v]) => v !== ""));
  const answer = await fetch("do", {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ by, verb, args: clean }),
  });
  $("error").textContent = answer.ok ? "" : await answer.text();
  return answer.ok;
}

const button = (text, verb, args, cls = "") => el("button", { type: "button", className: cls, onclick: () => send(verb, args) }, text);

// fill puts new children into a list, and leaves it alone when nothing has changed: screen readers and focus stay put.
const shown = {};
function fill(id, items, draw) {
  const node = $(id);
  if (!node) return;
  const now = JSON.stringify(items);
  if (shown[id] === now) return;
  shown[id] = now;
  node.replaceChildren(...(items || []).map(draw));
}

const message = (m) => el("li", {}, el("small", {}, `${span(m.at)} · ${m.via}${m.from ? " from " + m.from : ""}${m.to ? " to " + m.to : ""}`), el("div", {}, m.text));

// light is a workload as monitoring shows it: with no data, how it was when there last was some.
function light(l) {
  const down = l.of - l.served - (l.since === undefined ? l.unseen || 0 : 0);
  const state = down <= 0 ? ["good", "well"] : ["bad", down === l.of ? "down" : `${down} of ${l.of} down`];
  if (!l.unseen) return el("li", {}, l.workload + ": ", el("span", { className: state[0] }, state[1]));
  if (l.since === undefined) return el("li", {}, l.workload + ": ", el("span", { className: "faint" }, "not watched"));
  const who = l.unseen === l.of ? "" : ` of ${l.unseen} of ${l.of}`;
  return el("li", {}, l.workload + ": ", el("span", { className: "bad" }, `no data${who} since +${span(l.since)}`), el("span", { className: "faint" }, ` (then ${state[1]})`));
}
const work = (w) => el("li", {}, w.text, w.by ? el("small", {}, " by " + w.by) : "", el("div", { className: w.done ? "" : "faint" }, w.done ? "found: " + w.found : "until " + span(w.until)));

function question(q) {
  return el("li", {}, el("strong", {}, q.text), ...q.options.map((o) => el("div", {}, "– " + o.text,
    el("small", {}, (o.takes ? " · " + span(o.takes) : "") + (o.cost ? " · costs " + o.cost : "")))));
}

function inject(x) {
  const when = x.given !== undefined ? "given " + span(x.given) : x.held ? "held" : x.at !== undefined ? "due " + span(x.at) : "by hand";
  const row = x.given !== undefined ? "" : el("div", { className: "row" }, button("Fire", "fire", { item: x.id }),
    x.held ? button("Let go", "hold", { item: x.id, off: "yes" }) : button("Hold", "hold", { item: x.id }));
  return el("li", {}, el("small", {}, `${x.id} · ${when} · ${x.via}${x.to ? " to " + x.to : ""}${x.false_lead ? " · false lead" : ""}`),
    el("div", {}, x.text), x.expect ? el("div", { className: "secret faint" }, "expected: " + x.expect) : "", row);
}

function decision(d) {
  return el("li", {}, el("small", {}, d.id + (d.decided ? " · decided: " + d.decided : d.given ? " · asked" : " · not asked yet")), el("div", {}, d.text),
    ...d.options.map((o) => el("div", { className: "secret" }, d.decided ? o.text : button(o.text, "decide", { decision: d.id, option: o.id }),
      el("div", { className: "faint" }, d.truths[o.id]))),
    d.given || d.decided ? "" : button("Ask the table", "fire", { item: d.id }));
}

function objective(o) {
  return el("li", {}, el("small", {}, o.axis + (o.rating ? " · rated " + o.rating : "")), el("div", {}, o.text),
    o.look_for ? el("div", { className: "faint" }, "look for: " + o.look_for) : "",
    el("div", { className: "row" }, ...["P", "S", "M", "U"].map((r) => button(r, "rate", { objective: o.id, rating: r }))));
}

function controls(v) {
  const speeds = [["Run", "1"], ["10×", "10"], ["60×", "60"], ["600×", "600"]].filter(([, speed]) => speed <= v.clock.fastest);
  if (v.phase === "waiting") return [["STARTEX", "startex"]];
  if (v.phase === "endex") return [];
  return [...speeds.map(([t, speed]) => [t, "run", { speed }]), ["Pause", "pause"], ["Jump to next", "jump"],
    ["REAL EMERGENCY", "emergency", {}, "danger"], ["ENDEX", "endex", {}, "danger"]];
}

function options(v) {
  const roles = [...new Set(v.truth.injects.map((x) => x.to).filter(Boolean))];
  fill("tell-to", ["", ...roles], (r) => el("option", { value: r }, r || "everybody"));
  for (const id of ["note-objective", "finding-objective"])
    fill(id, [...(id[0] === "n" ? [""] : []), ...v.truth.objectives.map((o) => o.id)], (o) => el("option", { value: o }, o || "none"));
}

function show(v) {
  $("title").textContent = v.title;
  $("local").textContent = v.clock.local || "";
  $("at").textContent = "+" + span(v.clock.at);
  $("phase").textContent = v.phase + (v.clock.speed > 1 ? " · " + v.clock.speed + "×" : "") + (v.clock.settling ? " · settling" : "");
  $("pace").textContent = v.clock.fastest > 1 ? "" : "Packets are real here: time runs as they do or stands, and a pause takes effect once all has settled.";
  fill("told", v.told, message);
  fill("open", v.open, question);
  fill("work", v.work, work);
  fill("posted", v.posted, (p) => el("li", {}, el("small", {}, span(p.at) + (p.eta !== undefined ? " · promised for +" + span(p.eta) : "")), el("div", {}, p.text)));
  fill("monitoring", v.monitoring, light);
  if (!v.truth) return;
  fill("controls", controls(v), (b) => button(...b));
  $("next").textContent = v.truth.settling ? "Time stands once this has settled: " + v.truth.settling : v.truth.next === undefined ? "Nothing more happens by itself." : `Nothing happens until +${span(v.truth.next)}. Jump?`;
  fill("injects", v.truth.injects, inject);
  fill("decisions", v.truth.decisions, decision);
  fill("objectives", v.truth.objectives, objective);
  fill("remarks", v.truth.remarks, (r) => el("li", {}, el("small", {}, `${span(r.at)} · ${r.part}${r.objective ? " · " + r.objective : ""}`), el("div", {}, r.text)));
  fill("truth-rows", v.truth.workloads, (l) => el("tr", {}, el("td", {}, l.workload), el("td", { className: l.served === l.of ? "good" : "bad" }, `${l.served} of ${l.of}`)));
  $("active").textContent = (v.truth.active || []).length ? "going on: " + v.truth.active.join(", ") : "";
  options(v);
}

function forms() {
  document.querySelectorAll("form").forEach((f) => f.addEventListener("submit", async (e) => {
    e.preventDefault();
    const args = Object.fromEntries(new FormData(f)), by = args.by || "facilitator";
    delete args.by;
    if (await send(f.id, args, by)) f.reset();
  }));
  document.querySelector("#tell select[name=to]").id = "tell-to";
  document.querySelector("#note select[name=objective]").id = "note-objective";
  document.querySelector("#finding select[name=objective]").id = "finding-objective";
  document.querySelector("#truth tbody").id = "truth-rows";
}

if (as === "facilitator") forms();
const stream = new EventSource("events?as=" + as);
stream.onmessage = (e) => show(JSON.parse(e.data));
stream.onerror = () => { $("error").textContent = "The desk does not answer. This page tries again by itself."; };
stream.onopen = () => { $("error").textContent = ""; };
