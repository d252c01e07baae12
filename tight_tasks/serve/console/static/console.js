// Keeps the overview up to date, and says that a form is on its way. Without it every page works, and is loaded by hand.
"use strict";

const EVERY_MS = 1000;

function say(text) {
  document.getElementById("said").textContent = text;
}

function watch(live) {
  const away = document.getElementById("away");
  let tag = "";
  let newest = null;

  function show(html) {
    const focused = document.activeElement && live.contains(document.activeElement) ? document.activeElement.id : "";
    const scrolled = live.querySelector(".scroll")?.scrollLeft ?? 0;
    live.innerHTML = html; // made by the server, which escapes all that comes from elsewhere
    if (live.querySelector(".scroll")) live.querySelector(".scroll").scrollLeft = scrolled;
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    tell();
  }

  function tell() {
    const row = live.querySelector("tr[data-id]");
    const id = row ? row.dataset.id : "";
    if (newest !== null && id && id !== newest) {
      say(`New: ${row.querySelector(".cause").textContent}, ${row.querySelector(".result").textContent}`);
    }
    newest = id;
  }

  async function refresh() {
    if (document.hidden) return;
    try {
      const answer = await fetch(live.dataset.from, { headers: tag ? { "If-None-Match": tag } : {} });
      if (answer.status === 200) {
        tag = answer.headers.get("ETag") ?? "";
        show(await answer.text());
      }
      away.hidden = answer.ok || answer.status === 304;
    } catch {
      away.hidden = false;
    }
  }

  async function goOn() {
    await refresh();
    setTimeout(goOn, EVERY_MS);
  }

  tell();
  setTimeout(goOn, EVERY_MS);
}

const live = document.getElementById("live");
if (live) watch(live);

for (const form of document.querySelectorAll("form[data-busy]")) {
  form.addEventListener("submit", () => {
    say(form.dataset.busy);
    form.setAttribute("aria-busy", "true");
    // After the browser has taken the form, which a disabled button would not send.
    setTimeout(() => form.querySelectorAll("button").forEach((button) => (button.disabled = true)));
  });
}

// A page that the browser brings back from its memory is as it was left: its forms can be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[aria-busy]")) {
    form.removeAttribute("aria-busy");
    form.querySelectorAll("button").forEach((button) => (button.disabled = false));
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form?.dataset.busy) {
    event.target.form.requestSubmit();
  }
});

if (location.hash === "#made") document.getElementById("made")?.focus();
