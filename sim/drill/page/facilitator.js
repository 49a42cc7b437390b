// The facilitator's page: the truth, and all the buttons.
import { $, button, choose, el, fill, inject, marks, only, open, question, remark, send, setup, span, targets, time, truth, work } from "./room.js";

function fired(x) {
  if (x.given !== undefined) return inject(x);
  return inject(x, el("div", { className: "row" }, button("Fire", "fire", { item: x.id }),
    x.held ? button("Let go", "hold", { item: x.id, off: "yes" }) : button("Hold", "hold", { item: x.id })));
}

function decision(d) {
  const option = (o) => el("div", { className: "secret" }, d.decided ? (d.decided === o.id ? el("strong", {}, o.text) : o.text)
    : button(o.text, "decide", { decision: d.id, option: o.id }), el("div", { className: "faint" }, o.truth));
  return el("li", {}, el("small", {}, `${d.id}${d.to ? " · " + d.to : ""}${d.decided ? " · decided: " + d.decided : d.given ? " · asked" : " · not asked yet"}`),
    el("div", {}, d.text), ...d.options.map(option), d.given || d.decided ? "" : button("Ask the table", "fire", { item: d.id }));
}

function objective(o) {
  const rate = (g) => el("button", { type: "button", ariaLabel: `${g.name}: ${g.text}`, title: g.text, onclick: () => send("rate", { objective: o.id, rating: g.name }) }, g.name);
  return el("li", {}, el("small", {}, `${o.id} · ${o.axis}`), el("div", {}, o.text),
    o.look_for ? el("div", { className: "faint" }, "look for: " + o.look_for) : "", ...marks(o), el("div", { className: "row" }, ...(setup.ratings || []).map(rate)));
}

function controls(v) {
  const speeds = [["Run", "1"], ["10×", "10"], ["60×", "60"], ["600×", "600"]].filter(([, speed]) => !(speed > v.clock.fastest));
  if (v.phase === "waiting") return [["STARTEX", "startex"]];
  if (v.phase === "endex") return [["Open the hot wash", "hotwash"]];
  if (v.phase === "hot-wash") return [];
  return [...speeds.map(([t, speed]) => [t, "run", { speed }]), ["Pause", "pause"], ["Jump to next", "jump"],
    ["REAL EMERGENCY", "emergency", {}, "danger"], ["ENDEX", "endex", {}, "danger"]];
}

function next(v) {
  if (v.phase === "endex") return "Rate the objectives, then open the hot wash: from then on everybody sees what was hidden.";
  if (v.phase === "hot-wash") return "Everybody sees what was hidden. Write down findings; Ctrl-C in the terminal ends it and keeps all.";
  if (v.phase === "waiting") return "Nothing moves before STARTEX.";
  if (v.truth.settling) return "Waits until this has settled: " + v.truth.settling;
  const next = v.truth.next;
  if (!next) return "Nothing more happens by itself.";
  const at = `${time(next.at)} (+${span(next.at)})`;
  if (next.quiet) return `Nothing happens until ${at}: ${next.what}. Jump?`;
  return next.what ? `Next: ${next.what} at ${at}; the plant moves before that. Jump?` : `Only the plant moves, next at ${at}. Jump?`;
}

const letter = (l) => el("li", { className: l.waits ? "waits" : "" }, el("small", {}, `${time(l.at)} · ${l.from} to ${l.to}${l.by ? " · " + l.by : l.waits ? " · waits" : ""}`), el("div", {}, l.text));

const found = (f) => el("li", {}, el("small", {}, [f.objective, f.owner, f.until].filter(Boolean).join(" · ")), el("div", {}, f.text),
  f.remedy ? el("div", { className: "faint" }, "with " + f.remedy + ": " + f.delta) : "");

// roll tells who has their page open.
async function roll() {
  if (document.hidden) return;
  const answer = await fetch("here").catch(() => undefined);
  if (!answer?.ok) return;
  const all = await answer.json(), names = (here) => all.filter((p) => p.here === here).map((p) => p.title).join(", ");
  const text = [names(true) && "Here: " + names(true) + ".", names(false) && "Not here: " + names(false) + "."].filter(Boolean).join(" ");
  if ($("here").textContent !== text) $("here").textContent = text;
}

open((v) => {
  fill("controls", controls(v), (b) => button(...b));
  only("jump", !["waiting", "endex", "hot-wash"].includes(v.phase));
  $("next").textContent = next(v);
  fill("open", v.open, (q) => question(q), "nothing");
  fill("work", v.work && [...v.work].reverse(), (w) => work(w), "nothing yet");
  fill("injects", v.truth.injects, fired);
  fill("decisions", v.truth.decisions, decision);
  fill("objectives", v.truth.objectives, objective);
  fill("letters", v.truth.letters, letter, "nobody has written yet");
  fill("remarks", v.truth.remarks, remark, "nothing yet");
  fill("findings", v.truth.findings, found, "none yet");
  const goals = v.truth.objectives.map((o) => [o.id, o.id]);
  choose("note-objective", [["", "none"], ...goals]);
  choose("finding-objective", goals);
  truth(v.truth);
}, (setup) => {
  choose("tell-to", [["", "everybody"], ...(setup.roles || []).map((r) => [r.name, r.title])]);
  choose("finding-remedy", [["", "none, or the patch below"], ...(setup.remedies || []).map((r) => [r, r])]);
  choose("tell-via", setup.vias.map((via) => [via, via]));
  choose("do-by", [["", "the table"], ...(setup.roles || []).map((r) => [r.name, r.title])]);
  only("letters-section", setup.format === "functional");
  only("here", setup.format === "functional");
  if (setup.format === "functional") {
    roll();
    setInterval(roll, 3000);
  }
  targets();
});
