// Lets somebody in who has opened their link: the token is in the part of the address that no server is told.
"use strict";

async function join() {
  const token = location.hash.slice(1);
  if (!token) return;
  history.replaceState(null, "", location.pathname);
  const answer = await fetch("join", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ token }) });
  if (answer.ok) {
    location.replace((await answer.json()).home);
  } else {
    document.getElementById("say").textContent = await answer.text();
  }
}

addEventListener("hashchange", join);
join();
