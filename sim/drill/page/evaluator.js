// An evaluator's page: what the table does, beside what it should.
import { choose, el, fill, inject, marks, open, remark, safety, truth, work } from "./room.js";

const objective = (o) => el("li", {}, el("small", {}, `${o.id} · ${o.axis}`), el("div", {}, o.text),
  o.look_for ? el("div", { className: "faint" }, "look for: " + o.look_for) : "", ...marks(o));

open((v) => {
  safety(v);
  fill("objectives", v.truth.objectives, objective);
  choose("rate-objective", v.truth.objectives.map((o) => [o.id, o.id]));
  choose("note-objective", [["", "none"], ...v.truth.objectives.map((o) => [o.id, o.id])]);
  fill("remarks", v.truth.remarks, remark, "nothing yet");
  fill("injects", v.truth.injects, (x) => inject(x));
  fill("work", v.work, (w) => work(w, "seen"), "nothing yet");
  truth(v.truth);
}, (setup) => {
  choose("rate-rating", (setup.ratings || []).map((g) => [g.name, `${g.name}: ${g.text}`]));
});
