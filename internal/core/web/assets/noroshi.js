// Own script of every page: keyboard, selection, dialogs, copy buttons, errors of
// requests. Each of them has a way without scripts; nothing here is needed.

const $ = (selector, from = document) => from.querySelector(selector);
const all = (selector, from = document) => [...from.querySelectorAll(selector)];
const rows = () => all("tr[data-row]");
const root = document.documentElement;

// ---- selection ----

let last = null; // the box that was chosen before, where a range begins

function boxes() { return all('tr[data-row] input[type="checkbox"][name="id"]'); }

// marked shows what is chosen: rows, their number, the bar.
function marked() {
  const list = boxes();
  const chosen = list.filter((b) => b.checked).length;
  for (const b of list) b.closest("tr").setAttribute("aria-selected", String(b.checked));
  for (const b of all("[data-selected]")) if (chosen) b.textContent = b.dataset.text.replace("{n}", chosen);
  for (const b of all("[data-bulk]")) b.hidden = chosen === 0 && !$('[name="all"]:checked', b);
  for (const b of all("[data-all]")) {
    b.checked = chosen > 0 && chosen === list.length;
    b.indeterminate = chosen > 0 && chosen < list.length;
  }
}

// choose sets a box, or with range all boxes from the one before.
function choose(box, on, range) {
  const list = boxes();
  const from = list.indexOf(last), to = list.indexOf(box);
  if (range && from >= 0 && to >= 0) {
    for (const b of list.slice(Math.min(from, to), Math.max(from, to) + 1)) b.checked = on;
  }
  box.checked = on;
  last = box;
  marked();
}

document.addEventListener("click", (e) => {
  const t = e.target;
  if (t.matches?.('tr[data-row] input[name="id"]')) choose(t, t.checked, e.shiftKey);
  if (t.matches?.("[data-all]")) {
    for (const b of boxes()) b.checked = t.checked;
    marked();
  }
  if (t.matches?.('[data-bulk] [name="all"]')) marked();
  const copy = t.closest?.("[data-copy]");
  if (copy) navigator.clipboard.writeText(copy.dataset.copy).then(() => flash(copy));
  const opener = t.closest?.("[data-open]");
  if (opener && !e.ctrlKey && !e.metaKey && !e.shiftKey && open(opener.dataset.open)) e.preventDefault();
  for (const m of all("details.menu[open]")) if (!m.contains(t)) m.open = false;
});

// flash shows for a moment that something was copied.
function flash(button) {
  button.textContent = "✓";
  setTimeout(() => { button.textContent = button.dataset.label; }, 1200);
}

document.addEventListener("change", (e) => {
  if (e.target.matches?.("select[data-submit]")) e.target.form.requestSubmit();
});

// ---- dialogs ----

function open(id) {
  const d = document.getElementById(id);
  if (!d?.showModal) return false;
  if (!d.open) d.showModal();
  $("input", d)?.focus();
  return true;
}

// ---- keyboard ----

const inField = (el) => el.isContentEditable || el.matches?.('input:not([type="checkbox"],[type="radio"]), textarea, select');
const row = () => document.activeElement?.closest?.("tr[data-row]");

function move(by) {
  const list = rows();
  if (!list.length) return;
  const at = list.indexOf(row());
  list[Math.max(0, Math.min(list.length - 1, at < 0 ? (by > 0 ? 0 : list.length - 1) : at + by))].focus();
}

function pick(range) {
  const box = row() && $('input[name="id"]', row());
  if (box) choose(box, range ? true : !box.checked, range);
}

function enter() { row() && $("a[href]", row())?.click(); }

const keys = {
  j: () => move(1), k: () => move(-1), o: enter,
  x: () => pick(false), X: () => pick(true),
  "/": () => {
    const field = $("[data-search]");
    field?.focus();
    field?.setSelectionRange?.(field.value.length, field.value.length);
  },
  "?": () => open("keys"),
};

let chord = "", chordAt = 0;

// pressed is the element of the page that asks for a key or chord.
function pressed(key, now) {
  const sequence = now - chordAt < 1500 && chord ? chord + " " + key : key;
  const link = all("[data-chord]").find((a) => a.dataset.chord === sequence);
  if (link) { chord = ""; return link; }
  const begins = all("[data-chord]").some((a) => a.dataset.chord.startsWith(sequence + " "));
  chord = begins ? sequence : "";
  chordAt = now;
  if (begins || sequence !== key) return null;
  return all("[data-key]").find((b) => b.dataset.key === key && !b.disabled && b.offsetParent !== null);
}

document.addEventListener("keydown", (e) => {
  if (e.isComposing || e.keyCode === 229) return;
  if ((e.ctrlKey || e.metaKey) && !e.altKey && e.key.toLowerCase() === "k") {
    if (open("palette")) e.preventDefault();
    return;
  }
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  if (e.key === "Escape" && inField(e.target)) { // a search field would empty itself
    const dialog = e.target.closest("dialog");
    e.preventDefault();
    if (dialog) dialog.close(); else e.target.blur();
    return;
  }
  const hit = e.key === "Enter" && e.target.id === "palette-q" && $("#palette-hits a");
  if (hit) { e.preventDefault(); hit.click(); return; }
  if (e.key === "Enter" && e.target.matches?.("tr[data-row]")) { e.preventDefault(); enter(); return; }
  if (inField(e.target) || root.dataset.noKeys === "true" || $("dialog[open]")) return;
  const element = pressed(e.key, e.timeStamp);
  if (element) {
    e.preventDefault();
    if (inField(element)) element.focus(); else element.click();
  } else if (keys[e.key] && !chord) {
    e.preventDefault();
    keys[e.key]();
  }
});

// ---- requests of htmx ----

document.addEventListener("htmx:responseError", (e) => {
  const x = e.detail.xhr;
  if ((x.getResponseHeader("Content-Type") || "").startsWith("text/html")) $("#status").innerHTML = x.responseText;
});
document.addEventListener("htmx:afterSwap", () => { last = null; ready(); });

// ---- start ----

function ready() {
  for (const b of all("[data-copy][hidden]")) {
    b.hidden = !navigator.clipboard;
    b.dataset.label = b.textContent;
  }
  marked();
}

ready();
$('.notice[role="alert"][tabindex]')?.focus();
