// A player's page: what the role knows, and what it can do.
import { $, choose, fill, only, open, question, safety, send, targets, work } from "./room.js";

// decide takes a decision, with the reason that was typed beside it.
async function decide(q, option) {
  if (await send("decide", { question: String(q.number), option, why: $("why").value })) $("why").value = "";
}

open((v) => {
  safety(v);
  fill("open", v.open, (q) => question(q, (option) => decide(q, option)));
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
