// Keeps the open page up to date. The server sends rows of texts, class names and links of this site; this sets them.
// Without this script every page still works: it shows what was true when it was made.

const note = document.getElementById("live");
if (note) start(note);

function start(note) {
  const retryMs = 3000;   // a restart of the service takes about this long
  const silenceMs = 20000; // four beats lost
  const seen = note.querySelector("[data-seen]");
  let source, last, retry;

  const open = () => {
    last = Date.now();
    source = new EventSource(note.dataset.live);
    source.addEventListener("beat", event => {
      last = Date.now();
      seen.textContent = event.data;
      note.classList.remove("off");
    });
    source.addEventListener("set", event => JSON.parse(event.data).forEach(set));
    source.addEventListener("stale", () => note.classList.add("stale"));
    source.addEventListener("leave", () => location.reload());
    source.addEventListener("error", lost);
  };

  const lost = () => {
    note.classList.add("off");
    source.close();
    clearTimeout(retry);
    retry = setTimeout(open, retryMs);
  };

  seen.textContent = note.dataset.made;
  setInterval(() => { if (source.readyState !== EventSource.CLOSED && Date.now() - last > silenceMs) lost(); }, 1000);
  addEventListener("pagehide", () => { clearTimeout(retry); source.close(); });
  addEventListener("pageshow", event => { if (event.persisted) open(); });
  open();
}

function set(row) {
  const element = document.getElementById(row.id) ?? add(row);
  if (!element) return;
  if (row.class != null && element.getAttribute("class") !== row.class) element.setAttribute("class", row.class);
  for (const part of parts(element, "t")) {
    const text = row.texts[part.dataset.t];
    if (text !== undefined && part.textContent !== text) part.textContent = text;
  }
  for (const part of parts(element, "h")) {
    const link = row.links[part.dataset.h];
    if (link === "") part.removeAttribute("href");
    else if (link?.startsWith("/") && part.getAttribute("href") !== link) part.setAttribute("href", link);
  }
}

function parts(element, name) {
  return element.querySelectorAll(`[data-${name}]`);
}

// A row that is not on the page yet, from the template of its list. A list with a bound shows the newest first.
function add(row) {
  const list = row.list && document.getElementById(row.list);
  const template = row.list && document.getElementById(row.list + "-row");
  if (!list || !template) return null;
  const element = template.content.firstElementChild.cloneNode(true);
  element.id = row.id;
  const most = Number(list.dataset.max);
  if (most) list.prepend(element); else list.append(element);
  while (most && list.children.length > most) list.lastElementChild.remove();
  return element;
}
