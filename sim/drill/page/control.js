// The control cell: it speaks for everybody outside the room.
import { $, choose, el, fill, inject, open, safety, time, truth, work } from "./room.js";

const title = (all, name) => (all || []).find((p) => p.name === name)?.title ?? name;
let people = {};

function letter(l) {
  const back = () => {
    $("answer").elements.from.value = l.to;
    $("answer").elements.to.value = l.from;
    $("answer").elements.text.focus();
  };
  return el("li", { className: l.waits ? "waits" : "" }, el("small", {}, `${time(l.at)} · ${people(l.from)} to ${people(l.to)}`),
    el("div", {}, l.text), l.waits ? el("button", { type: "button", onclick: back }, "Answer") : "");
}

open((v) => {
  safety(v);
  fill("letters", v.truth.letters, letter, "nobody has written yet");
  fill("injects", v.truth.injects, (x) => inject(x));
  fill("work", v.work, (w) => work(w, "seen"), "nothing yet");
  truth(v.truth);
}, (setup) => {
  people = (name) => title([...(setup.contacts || []), ...(setup.roles || [])], name);
  choose("answer-from", (setup.contacts || []).map((c) => [c.name, c.title]));
  choose("answer-to", (setup.roles || []).map((r) => [r.name, r.title]));
  fill("contacts", setup.contacts, (c) => el("li", {}, el("strong", {}, c.title), el("div", { className: "secret" }, c.brief)));
});
