// A player's page: what the role knows, and what it can do.
import { $, choose, fill, only, open, question, targets, work } from "./room.js";

open((v) => {
  fill("open", v.open, (q) => question(q, true));
  only("asked", (v.open || []).length > 0);
  fill("work", v.work && [...v.work].reverse(), (w) => work(w, "own"), "nothing yet");
}, (setup) => {
  $("brief").textContent = setup.brief || "";
  $("briefing").textContent = setup.briefing || "";
  only("work-section", setup.operations);
  only("post", setup.posts);
  choose("write-to", (setup.contacts || []).map((c) => [c.name, c.title]));
  targets();
});
