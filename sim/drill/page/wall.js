// The wall screen.
import { fill, open, question, work } from "./room.js";

open((v) => {
  fill("open", v.open, (q) => question(q), "nothing");
  fill("work", v.work, (w) => work(w, "seen"), "nobody");
}, (setup) => {
  document.body.classList.add(setup.format);
  document.querySelectorAll("[data-format]").forEach((e) => { e.hidden = e.dataset.format !== setup.format; });
});
