// What the pages of the drill room share: they show the view that the desk sends, and send what is done.
"use strict";

export const $ = (id) => document.getElementById(id);

// el makes an element of text and other elements; nothing that comes from outside is ever read as HTML.
export function el(tag, props, ...children) {
  const e = Object.assign(document.createElement(tag), props);
  e.append(...children.filter((c) => c !== undefined && c !== null && c !== ""));
  return e;
}

// span writes seconds of scenario time as people say them.
export function span(s) {
  const sign = s < 0 ? "-" : "", t = Math.abs(Math.round(s));
  const h = Math.floor(t / 3600), m = Math.floor(t / 60) % 60, sec = t % 60;
  return sign + (h ? h + "h" + String(m).padStart(2, "0") + "m" : m ? m + "m" + String(sec).padStart(2, "0") + "s" : sec + "s");
}

// lasting writes how long something takes.
export const lasting = (s) => span(s).replace(/(m|h)00[sm]$/, "$1");

// setup is what the seat needs to know once; steered is how often the clock had been steered in the view that is shown.
export let setup = {};
let steered;

// time writes a moment of the scenario: by the clock on the wall where it has a start.
export function time(s) {
  if (setup.start === undefined) return "+" + span(s);
  const t = setup.start + Math.floor(s), day = 86400, of = ((t % day) + day) % day;
  return [Math.floor(of / 3600), Math.floor(of / 60) % 60].map((n) => String(n).padStart(2, "0")).join(":");
}

export async function send(verb, args = {}, by = "") {
  const clean = Object.fromEntries(Object.entries(args).filter(([, v]) => v !== "")), seen = steered;
  const answer = await fetch("do", {
    method: "POST", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ...(by && { by }), verb, args: clean, ...(seen !== undefined && { seen }) }),
  }).catch(() => undefined);
  // Who has steered knows it before the next view says so, and can go on at once.
  if (answer?.ok && seen !== undefined && (setup.steering || []).includes(verb)) steered = Math.max(steered ?? 0, seen + 1);
  $("error").textContent = answer?.ok ? "" : answer ? await answer.text() : "The desk does not answer: nothing was sent.";
  return answer?.ok === true;
}

export const button = (text, verb, args, cls = "") => el("button", { type: "button", className: cls, onclick: () => send(verb, args) }, text);

// fill puts new children into a list, and leaves it alone when nothing has changed: screen readers and focus stay put.
const shown = {};
export function fill(id, items, draw, none = "") {
  const node = $(id);
  if (!node) return;
  const now = JSON.stringify(items ?? []);
  if (shown[id] === now) return;
  shown[id] = now;
  const children = (items ?? []).map(draw);
  node.replaceChildren(...(children.length || !none ? children : [el("li", { className: "faint" }, none)]));
}

// only shows an element when it has something to say.
export const only = (id, when) => { if ($(id)) $(id).hidden = !when; };

// choose fills a select with what can be chosen.
export const choose = (id, all) => fill(id, all, ([value, text]) => el("option", { value }, text));

// message is what was said; nobody needs to be told that they are themselves.
export function message(m) {
  const others = (word, who) => who && who !== setup.title ? ` ${word} ${who}` : "";
  return el("li", { className: m.via }, el("small", {}, `${time(m.at)} · ${m.via}${others("from", m.from)}${others("to", m.to)}`), el("div", {}, m.text));
}

// light is a workload as monitoring shows it: with no data, how it was when there last was some.
export function light(l) {
  const down = l.of - l.served - (l.since === undefined ? l.unseen || 0 : 0);
  const [cls, state] = down <= 0 ? ["good", "well"] : ["bad", down === l.of ? "down" : `${down} of ${l.of} down`];
  const row = (...rest) => el("li", {}, el("span", { className: "name" }, l.workload), " ", ...rest);
  if (!l.unseen) return row(el("span", { className: cls }, state));
  if (l.since === undefined) return row(el("span", { className: "faint" }, "not watched"));
  const of = l.unseen === l.of ? "" : ` of ${l.unseen} of ${l.of}`;
  return row(el("span", { className: "bad" }, `no data${of} since ${time(l.since)}`), el("span", { className: "faint" }, ` (then ${state})`));
}

// work is what people do; whose says "own" for the page of who does it, "seen" for one from which nobody stops it.
export function work(w, whose = "") {
  const finished = w.of ? `${w.finished || 0} of ${w.of} done` : "";
  const now = w.left ? "stopped" : w.done ? "" : w.until === undefined ? "waits for free hands" : "until " + time(w.until);
  const state = [w.done ? "" : finished, now, w.found && "found: " + w.found].filter(Boolean).join(", ");
  return el("li", {}, w.text, w.by && whose !== "own" ? el("small", {}, " by " + w.by) : "", el("div", { className: w.done ? "" : "faint" }, state),
    w.done || w.left || whose === "seen" ? "" : button("Stop", "stop", { work: String(w.number) }));
}

const cost = (o) => el("small", {}, [o.takes && " takes " + lasting(o.takes), o.cost && " costs " + o.cost].filter(Boolean).join(","));

// question is what is to be decided; with buttons where it is decided here: decide gets the number of the option.
export function question(q, decide) {
  const option = (o, i) => decide ? el("button", { type: "button", onclick: () => decide(String(i + 1)) }, o.text) : "– " + o.text;
  return el("li", {}, el("strong", {}, q.text), ...q.options.map((o, i) => el("div", { className: "option" }, option(o, i), cost(o))));
}

export const notice = (p) => el("li", {}, el("small", {}, time(p.at) + (p.eta !== undefined ? " · promised for " + time(p.eta) : "")), el("div", {}, p.text));

const parts = { note: "note", well: "went well", hurt: "hurt", surprised: "surprised" };
export const remark = (r) => el("li", {},
  el("small", {}, `${time(r.at)} · ${parts[r.part] ?? r.part}${r.objective ? " · " + r.objective : ""}${r.by ? " · " + r.by : ""}`), el("div", {}, r.text));

export const marks = (o) => (o.ratings || []).map((m) => el("div", {}, el("strong", {}, m.rating), m.by ? " by " + m.by : "", m.text ? ": " + m.text : ""));

export const inject = (x, row = "") => el("li", {},
  el("small", {}, `${x.id} · ${x.given !== undefined ? "given " + time(x.given) : x.held ? "held" : x.at !== undefined ? "due " + time(x.at) : x.when ?? "by hand"} · ${x.via}${x.to ? " to " + x.to : ""}${x.false_lead ? " · false lead" : ""}`),
  el("div", {}, x.text), x.expect ? el("div", { className: "secret faint" }, "expected: " + x.expect) : "", row);

// truth is how all really is.
export function truth(t) {
  fill("truth-rows", t.workloads, (l) => el("tr", {}, el("td", {}, l.workload), el("td", { className: l.served === l.of ? "good" : "bad" }, `${l.served} of ${l.of}`)));
  $("active").textContent = (t.active || []).length ? "going on: " + t.active.join(", ") : "";
}

// washed shows what was hidden, once it no longer is.
function washed(w) {
  only("wash", w);
  if (!w) return;
  fill("wash-faults", w.faults, (f) => el("li", {}, el("small", {}, time(f.at)), el("div", {}, f.text)));
  fill("wash-decisions", w.decisions, (d) => el("li", {}, el("small", {}, time(d.at) + (d.by ? " · " + d.by : "")), el("div", {}, d.text),
    el("div", {}, el("strong", {}, d.option)), el("div", { className: "secret" }, d.truth)), "nothing was decided");
  fill("wash-objectives", w.objectives, (o) => el("li", {}, el("small", {}, o.axis), el("div", {}, o.text), ...(marks(o).length ? marks(o) : [el("div", { className: "faint" }, "not rated")])));
  fill("wash-remarks", w.remarks, remark, "nobody has said anything yet");
}

// beckon says in the title how much has been said since somebody last looked.
const title = document.title;
let heard, missed = 0;
function beckon(v) {
  const said = (v.told || []).length + (v.open || []).length;
  missed = document.hasFocus() || heard === undefined ? 0 : missed + Math.max(0, said - heard);
  heard = said;
  document.title = missed ? `(${missed}) ${title}` : title;
}
addEventListener("focus", () => { missed = 0; document.title = title; });

const exercise = document.querySelector(".banner").textContent;

// safety is what everybody can press who takes part, as long as there is something to stop.
export const safety = (v) => fill("controls", v.phase === "running" || v.phase === "paused" ? ["REAL EMERGENCY"] : [],
  (text) => button(text, "emergency", {}, "danger"));

const phases = { waiting: "not begun", running: "running", paused: "paused", emergency: "stopped", endex: "ENDEX", "hot-wash": "hot wash" };

// scene shows what every page has.
export function scene(v) {
  if (v.truth) steered = Math.max(steered ?? 0, v.truth.steered);
  $("title").textContent = v.title;
  $("local").textContent = v.clock.local || "";
  $("at").textContent = "+" + span(v.clock.at);
  $("phase").textContent = phases[v.phase] + (v.phase === "running" && v.clock.speed > 1 ? " · " + v.clock.speed + "×" : "") + (v.clock.settling ? " · settling" : "");
  $("phase").className = v.phase;
  const real = v.phase === "emergency", banner = document.querySelector(".banner");
  banner.classList.toggle("real", real);
  banner.textContent = real ? "REAL EMERGENCY: this is no exercise. Play has stopped." : exercise;
  if ($("pace")) $("pace").textContent = v.clock.fastest > 1 ? "" : "Packets are real here: time runs as they do or stands, and a pause takes effect once all has settled.";
  fill("told", v.told, message, "nothing yet");
  fill("monitoring", v.monitoring, light);
  fill("posted", v.posted, notice, "nothing yet");
  washed(v.hot_wash);
  beckon(v);
}

// targets offers what the chosen operation can be done to.
export function targets() {
  const what = $("do")?.elements.what;
  if (!what) return;
  const offer = () => {
    const tool = (setup.operations || []).find((o) => o.kind === what.value);
    if (!tool) return;
    fill("targets", tool.targets, (t) => el("option", { value: t }));
    $("what-doc").textContent = `${tool.doc}; ${lasting(tool.takes)} each`;
  };
  choose("what", (setup.operations || []).map((o) => [o.kind, o.kind]));
  what.addEventListener("change", offer);
  offer();
}

function forms() {
  document.querySelectorAll("form").forEach((f) => f.addEventListener("submit", async (e) => {
    e.preventDefault();
    const { by = "", ...args } = Object.fromEntries(new FormData(f));
    if (await send(f.dataset.verb || f.id, args, by)) {
      f.querySelectorAll("input, textarea").forEach((i) => { i.value = ""; });
    }
  }));
}

// watch shows the present. Whoever has the page open is here, in a tab in the background as well; but where a browser has
// several pages of a drill open, those in the background give up their connections to the one that is looked at, since it has
// few of them, and find the present when they come back.
function watch(show) {
  let stream;
  const others = new BroadcastChannel("drill");
  others.onmessage = () => {
    if (!document.hidden) return;
    stream?.close();
    stream = undefined;
  };
  const look = () => {
    if (document.hidden && stream) return;
    others.postMessage("looked at");
    if (stream && stream.readyState !== EventSource.CLOSED) return;
    stream = new EventSource("events");
    stream.onmessage = (e) => show(JSON.parse(e.data));
    stream.onerror = () => { $("lost").textContent = "The desk does not answer. This page tries again by itself; if it stays so, open your link again."; };
    stream.onopen = () => { $("lost").textContent = ""; steered = undefined; }; // of another desk, it may be
  };
  document.addEventListener("visibilitychange", look);
  look();
}

// open begins a page: ready is called once with what the seat needs, show with every view.
export async function open(show, ready = () => {}) {
  const answer = await fetch("setup");
  setup = await answer.json();
  document.querySelectorAll("[data-seat]").forEach((e) => { e.textContent = setup.title; });
  forms();
  ready(setup);
  watch((v) => { scene(v); show(v); });
}
