// Keeps a page up to date: listens for events, fetches the page again, and swaps the parts marked with data-live.
// Without this file every page still works; it has a link to load it anew.
"use strict";
(() => {
  const script = document.currentScript;
  const QUIET_MS = 120; // events of one action come in twos and threads: wait for the rest of them
  const state = (name) =>
    document.querySelectorAll("[data-live-state]").forEach((mark) => mark.setAttribute("data-live-state", name));
  const shown = new WeakMap(); // what the server sent for a part; ages change it afterwards
  const ahead = Date.parse(document.documentElement.dataset.now) - Date.now(); // of this device's clock, in ms
  let timer = 0;
  let fetching = false;
  let again = false;

  async function refresh() {
    if (fetching) {
      again = true;
      return;
    }
    fetching = true;
    try {
      const answer = await fetch(location.href, { credentials: "same-origin", headers: { Accept: "text/html" } });
      if (answer.redirected && new URL(answer.url).pathname === "/sign-in") {
        location.reload(); // signed out meanwhile: show the sign-in
        return;
      }
      if (answer.ok) swap(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch {
      state("lost");
    } finally {
      fetching = false;
      if (again) {
        again = false;
        soon();
      }
    }
  }

  function swap(fresh) {
    const live = document.querySelector("[data-live-state]")?.getAttribute("data-live-state") ?? "on";
    const place = (root, part) => root.querySelector(`[data-live="${CSS.escape(part.dataset.live)}"]`);
    if ([...fresh.querySelectorAll("[data-live]")].some((part) => !place(document, part))) {
      // A part that this page does not have yet (the summary, say) has no place to be put into.
      document.querySelector("main").replaceWith(fresh.querySelector("main"));
    } else {
      for (const part of document.querySelectorAll("[data-live]")) {
        const other = place(fresh, part);
        if (!other || other.innerHTML === shown.get(part)) continue;
        shown.set(part, other.innerHTML);
        markNew(part, other);
        keepOpen(part, other);
        part.replaceChildren(...other.childNodes);
        part.className = other.className;
      }
    }
    state(live);
    ages();
    countdowns();
  }

  function markNew(before, after) {
    const known = new Set([...before.querySelectorAll("[data-seq]")].map((entry) => entry.dataset.seq));
    if (!known.size) return;
    for (const entry of after.querySelectorAll("[data-seq]")) {
      if (!known.has(entry.dataset.seq)) entry.classList.add("fresh");
    }
  }

  function keepOpen(before, after) {
    for (const item of before.querySelectorAll("details[id]")) {
      const same = after.querySelector(`#${CSS.escape(item.id)}`);
      if (same) same.open = item.open;
    }
  }

  function soon() {
    // Not started anew by each event: a storm of them must not keep the page from moving.
    timer ||= setTimeout(() => {
      timer = 0;
      refresh();
    }, QUIET_MS);
  }

  function ages() {
    const [minute, hour, day] = document.documentElement.dataset.ageUnits.split(",");
    for (const mark of document.querySelectorAll("time[data-age]")) {
      const minutes = Math.max(0, Math.floor((Date.now() - Date.parse(mark.dateTime)) / 60000));
      const hours = Math.floor(minutes / 60);
      if (hours >= 48) mark.textContent = `${Math.floor(hours / 24)} ${day}`;
      else if (hours >= 1) mark.textContent = `${hours} ${hour} ${minutes % 60} ${minute}`;
      else mark.textContent = `${minutes} ${minute}`;
    }
  }

  function countdowns() {
    for (const mark of document.querySelectorAll("time[data-countdown]")) {
      const left = Math.round((Date.parse(mark.dateTime) - Date.now() - ahead) / 1000);
      const two = (number) => String(number).padStart(2, "0");
      const [hours, minutes, seconds] = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60];
      if (left <= 0) mark.textContent = mark.dataset.countdown;
      else mark.textContent = hours ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
    }
  }

  function listen() {
    const source = new EventSource(script.dataset.liveUrl);
    let opened = false;
    source.addEventListener("open", () => {
      state("on");
      if (opened) soon(); // back after a break: catch up with what was missed
      opened = true;
    });
    source.addEventListener("change", soon);
    source.addEventListener("error", () => {
      state("lost");
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, 15000);
    });
    addEventListener("pagehide", () => source.close(), { once: true });
  }

  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
  setInterval(ages, 30000);
  setInterval(countdowns, 1000);
  listen();
})();
