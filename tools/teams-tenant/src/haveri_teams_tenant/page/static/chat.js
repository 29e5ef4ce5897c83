// The chat page's script: live updates, sending without leaving the page, suggestions. The page works without it too.
"use strict";
(() => {
  const body = document.body;
  const base = body.dataset.base;
  const place = body.dataset.place;
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

  const filter = $("[data-filter]");
  if (filter) filter.addEventListener("input", () => {
    const wanted = filter.value.trim().toLowerCase();
    for (const item of $$(`#${filter.dataset.filter} > li`)) item.hidden = !item.dataset.name.includes(wanted);
  });
  if (!base) return;

  const feed = $("#feed"), threads = $("#threads"), dialog = $("#dialog"), notice = $(".notice");
  const here = `${base}/c/${encodeURIComponent(place)}`;

  // Times as this device writes them, and a line between days.
  const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
  const day = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
  function dress() {
    for (const time of $$("time:not([title])")) {
      const moment = new Date(time.dateTime);
      time.textContent = clock.format(moment);
      time.title = moment.toLocaleString();
    }
    let last = "";
    for (const line of $$(".day", threads)) line.remove();
    for (const thread of $$(".thread", threads)) {
      const name = day.format(new Date($("time", thread).dateTime));
      if (name !== last) {
        const line = document.createElement("p");
        line.className = "day";
        line.textContent = name === day.format(new Date()) ? "Today" : name;
        thread.before(line);
        last = name;
      }
    }
    for (const message of $$("[data-refresh]")) {
      const url = message.dataset.refresh;
      delete message.dataset.refresh;
      post(url, new FormData()).catch(() => {});
    }
  }

  const atBottom = () => feed.scrollHeight - feed.scrollTop - feed.clientHeight < 120;
  const toBottom = () => { feed.scrollTop = feed.scrollHeight; };

  // Merging: only messages whose revision changed are replaced, so that nobody's half-filled card is lost.
  function parse(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content;
  }
  function mergeMessage(fresh, known) {
    if (known.dataset.revision !== fresh.dataset.revision && !$(".edit:not([hidden])", known)) {
      fresh.classList.add("is-fresh");
      known.replaceWith(fresh);
    }
  }
  function mergeThread(fresh) {
    const known = document.getElementById(fresh.id);
    if (!known) {
      const id = fresh.dataset.thread;
      const next = $$(".thread", threads).find((thread) => Number(thread.dataset.thread) > Number(id));
      for (const message of $$(".message", fresh)) message.classList.add("is-fresh");
      next ? next.before(fresh) : threads.append(fresh);
      return;
    }
    const wanted = new Set($$(".message", fresh).map((message) => message.id));
    for (const message of $$(".message", known)) if (!wanted.has(message.id)) message.remove();
    for (const message of $$(".message", fresh)) {
      const old = document.getElementById(message.id);
      old ? mergeMessage(message, old) : $(".replies", known).append(message);
    }
    if (!$(".reply", fresh)) $(".reply", known)?.remove();
  }
  async function get(url) {
    const answer = await fetch(url, { headers: { Accept: "text/html" } });
    if (answer.redirected || answer.status === 401) location.reload();
    return answer.ok ? answer.text() : null;
  }
  async function showThread(root) {
    const stick = atBottom();
    const seen = document.visibilityState === "visible";
    const html = await get(`${here}/threads/${root}?seen=${seen}`);
    if (html === null) return;
    const fresh = parse(html).firstElementChild;
    if (fresh) mergeThread(fresh);
    else document.getElementById(`t${root}`)?.remove();
    dress();
    if (stick) toBottom();
  }
  async function showFeed() {
    const stick = atBottom();
    const html = await get(`${here}/feed`);
    if (html === null) return;
    for (const fresh of [...parse(html).children]) mergeThread(fresh);
    dress();
    if (stick) toBottom();
  }
  async function showRail() {
    const html = await get(`${base}/rail?here=${encodeURIComponent(place)}`);
    if (html === null) return;
    const scroll = $("#rail-teams").scrollTop;
    $("#rail-teams").replaceWith(parse(html).firstElementChild);
    $("#rail-teams").scrollTop = scroll;
    markUnread();
  }
  function markUnread() {
    $("[data-any-unread]").hidden = !$(".rail-item.is-unread");
  }

  // One request a thread is under way at a time; what changes meanwhile is asked for once more.
  const busy = new Map();
  async function once(key, work) {
    if (busy.has(key)) { busy.set(key, true); return; }
    busy.set(key, false);
    try { await work(); } finally {
      const again = busy.get(key);
      busy.delete(key);
      if (again) once(key, work);
    }
  }
  // A browser has six connections to a server: only the page that is looked at holds one open.
  let live = null, missed = false;
  function listen() {
    live?.close();
    // The first time from where this page was written; later all is looked at anew.
    live = new EventSource(`${base}/live?since=${missed ? 0 : body.dataset.cursor}`);
    live.onopen = () => { if (missed) { missed = false; once("feed", showFeed); once("rail", showRail); } };
    live.onerror = () => { missed = true; };
    live.onmessage = (event) => {
      const change = JSON.parse(event.data);
      if (change.kind.startsWith("message.") && change.place === place) once(change.root, () => showThread(change.root));
      else if (change.kind.startsWith("mail.") && change.place === place) once("feed", showFeed);
      else once("rail", showRail);
      if (change.place === place && change.kind.startsWith("channel.")) location.reload();
    };
  }
  function leave() { live?.close(); missed = true; }
  listen();
  addEventListener("pagehide", leave);
  addEventListener("pageshow", (event) => { if (event.persisted) listen(); });
  document.addEventListener("visibilitychange", () => (document.visibilityState === "visible" ? listen() : leave()));

  // Notices
  let fade = 0;
  function say(text, isError) {
    clearTimeout(fade);
    notice.textContent = text || "";
    notice.hidden = !text;
    notice.classList.toggle("is-error", Boolean(isError));
    if (text) fade = setTimeout(() => { notice.hidden = true; }, isError ? 12000 : 7000);
  }

  // Sending
  async function post(url, data) {
    const answer = await fetch(url, { method: "POST", body: data, headers: { Accept: "application/json" } });
    if (answer.status === 401) location.reload();
    return answer.json();
  }
  function showDialog(html) {
    dialog.replaceChildren(parse(html));
    if (!dialog.open) dialog.showModal();
    $("input:not([type=hidden]), select, textarea", dialog)?.focus();
  }
  function showProblems(form, problems) {
    for (const old of $$(".ac-problem", form)) old.remove();
    for (const field of $$(".has-problem", form)) field.classList.remove("has-problem");
    let first = null;
    for (const [id, text] of Object.entries(problems)) {
      const input = $(`[name="input:${CSS.escape(id)}"]`, form);
      const field = input?.closest(".ac-field");
      if (!field) continue;
      const line = document.createElement("p");
      line.className = "ac-problem";
      line.setAttribute("role", "alert");
      line.textContent = text;
      field.append(line);
      field.classList.add("has-problem");
      first ??= input;
    }
    first?.focus();
  }
  async function submit(form, button) {
    const data = new FormData(form);
    if (button?.name) data.set(button.name, button.value);
    const url = button?.getAttribute("formaction") || form.getAttribute("action");
    const press = form.hasAttribute("data-press");
    const card = form.classList.contains("card") ? form : $(".card", form) || form;
    card.classList.add("is-busy");
    try {
      const answer = await post(url, data);
      if (answer.kind === "problems") { showProblems(form, answer.problems); return; }
      if (press && form.dataset.dialog && answer.kind !== "dialog" && answer.kind !== "error") dialog.close();
      if (answer.kind === "dialog") showDialog(answer.html);
      say(answer.notice, answer.kind === "error");
      if (answer.kind === "error") return;
      if (form.hasAttribute("data-say")) cleared(form);
      if (answer.root_id) await once(answer.root_id, () => showThread(answer.root_id));
      if (form.hasAttribute("data-main")) toBottom();
    } catch {
      say("That did not reach the server. Please try again.", true);
    } finally {
      card.classList.remove("is-busy");
    }
  }
  function cleared(form) {
    const text = $("textarea", form);
    text.value = "";
    grow(text);
    form.reset();
    showChosen(form);
    if (!form.hasAttribute("data-main")) form.closest("details").open = false;
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-say], [data-press], [data-quiet]")) return;
    event.preventDefault();
    form.closest("details.menu")?.removeAttribute("open");
    submit(form, event.submitter);
  });

  // Editing, menus, visibility toggles, closing of forms
  document.addEventListener("click", (event) => {
    const edit = event.target.closest("[data-edit]");
    if (edit) editing(document.getElementById(`m${edit.dataset.edit}`), true);
    const cancel = event.target.closest("[data-edit-cancel]");
    if (cancel) editing(cancel.closest(".message"), false);
    const toggle = event.target.closest("[data-toggles]");
    if (toggle) for (const id of toggle.dataset.toggles.split(" ")) {
      const element = $(`[data-element="${CSS.escape(id)}"]`, toggle.closest(".card"));
      if (element) element.hidden = !element.hidden;
    }
    for (const menu of $$("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
    if (location.hash === "#rail" && !event.target.closest("#rail, .to-rail")) history.replaceState(null, "", location.pathname);
  });
  function editing(message, on) {
    $(".edit", message).hidden = !on;
    $(".menu", message).open = false;
    $(".text", message)?.toggleAttribute("hidden", on);
    if (on) { const text = $(".edit textarea", message); text.focus(); grow(text); }
  }
  document.addEventListener("submit", (event) => {
    if (event.target.matches(".edit")) editing(event.target.closest(".message"), false);
  }, true);
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    $('[value="close"]', dialog)?.click();
  });

  // Composing: grows with the text, Enter sends, / offers commands, @ offers people.
  const suggestions = $("#suggestions");
  let composing = null, chosen = 0;
  function grow(text) {
    text.style.height = "auto";
    text.style.height = `${text.scrollHeight + 2}px`;
  }
  function wordBefore(text) {
    const before = text.value.slice(0, text.selectionStart);
    const command = before.match(/^\/[\w-]*$/);
    if (command) return { list: "#commands", word: command[0], start: 0 };
    const mention = before.match(/(?:^|\s)(@[^@\n]{0,40})$/);
    return mention && { list: "#names", word: mention[1], start: before.length - mention[1].length };
  }
  function suggest(text) {
    const found = wordBefore(text);
    const wanted = found ? found.word.toLowerCase() : "";
    const fits = (item) => {
      const name = item.dataset.insert.toLowerCase();
      return name.startsWith(wanted) || name.split(/\s+/).some((part) => part.startsWith(wanted.slice(1)));
    };
    const items = found ? $$(`${found.list} > li`).filter(fits).slice(0, 20) : [];
    const done = items.length === 1 && items[0].dataset.insert.toLowerCase() === wanted && found.list === "#names";
    suggestions.hidden = !items.length || done || !text.closest("[data-main]");
    chosen = 0;
    composing = text;
    suggestions.replaceChildren(...items.map((item) => {
      const row = document.createElement("li");
      row.className = "suggestion";
      row.dataset.testid = "suggestion";
      row.dataset.insert = item.dataset.insert;
      row.setAttribute("role", "option");
      const name = document.createElement("strong");
      name.textContent = item.dataset.insert;
      const about = document.createElement("small");
      about.textContent = item.dataset.about || "";
      row.append(name, about);
      return row;
    }));
    select();
  }
  function select() {
    $$(".suggestion").forEach((row, index) => {
      row.setAttribute("aria-selected", String(index === chosen));
      if (index === chosen) row.scrollIntoView({ block: "nearest" });
    });
  }
  function insert(row) {
    const found = wordBefore(composing);
    if (!found) return;
    const after = composing.value.slice(composing.selectionStart);
    const before = `${composing.value.slice(0, found.start)}${row.dataset.insert} `;
    composing.value = before + after;
    composing.setSelectionRange(before.length, before.length);
    suggestions.hidden = true;
    composing.focus();
  }
  suggestions?.addEventListener("pointerdown", (event) => {
    const row = event.target.closest(".suggestion");
    if (row) { event.preventDefault(); insert(row); }
  });
  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-compose], .edit textarea")) return;
    grow(event.target);
    if (event.target.matches("[data-compose]")) suggest(event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || !event.target.matches?.("[data-compose], .edit textarea")) return;
    const open = !suggestions.hidden && event.target === composing && event.target.matches("[data-compose]");
    const rows = $$(".suggestion");
    if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      chosen = (chosen + (event.key === "ArrowDown" ? 1 : -1) + rows.length) % rows.length;
      select();
    } else if (open && (event.key === "Tab" || (event.key === "Enter" && !complete(rows)))) {
      event.preventDefault();
      insert(rows[chosen]);
    } else if (open && event.key === "Escape") {
      suggestions.hidden = true;
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      suggestions.hidden = true;
      event.target.form.requestSubmit();
    }
  });
  // A command that is typed out in full is sent by Enter instead of being completed once more.
  function complete(rows) {
    return rows[chosen]?.dataset.insert.toLowerCase() === composing.value.trim().toLowerCase();
  }
  document.addEventListener("change", (event) => {
    if (event.target.matches('[type="file"]')) showChosen(event.target.form);
  });
  function showChosen(form) {
    const list = $("[data-chosen]", form), input = $('[type="file"]', form);
    if (!list || !input) return;
    list.replaceChildren(...[...input.files].map((file) => {
      const item = document.createElement("li");
      item.textContent = file.name;
      return item;
    }));
    list.hidden = !input.files.length;
  }
  addEventListener("paste", (event) => {
    const input = $("[data-main] [type=file]");
    if (!input || !event.clipboardData?.files.length) return;
    event.preventDefault();
    input.files = event.clipboardData.files;
    showChosen(input.form);
  });

  if (dialog.open) { dialog.close(); dialog.showModal(); }
  if (location.search.includes("notice=") || location.search.includes("dialog=")) history.replaceState(null, "", location.pathname);
  dress();
  markUnread();
  toBottom();
})();
