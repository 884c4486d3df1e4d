// What the widget does beyond htmx. Messages are told in docs/api/embed-events.md.
(() => {
  const find = id => document.getElementById(id), on = (type, listener) => document.addEventListener(type, listener);
  const root = document.documentElement, { classList } = root, main = find("configurator");
  const own = crypto.getRandomValues(new Uint32Array(4)).join("");
  classList.add("scripted");

  // Morphing neither closes details nor overwrites what is typed meanwhile.
  const morph = window.Idiomorph?.defaults;
  if (morph) morph.callbacks.beforeAttributeUpdated = (name, node) => name !== "open" || node.nodeName !== "DETAILS";
  const typed = () => { const input = document.activeElement; return input.matches("[type=text], [type=date], [type=search]") ? input.value : "" };
  // Going back shows no old page.
  addEventListener("popstate", () => location.reload());
  // htmx sees only buttons inside a form, and "Undo" is outside.
  on("htmx:configRequest", ({ detail: { parameters, triggeringEvent } }) => {
    const button = pressed = triggeringEvent?.submitter;
    if (button?.name) parameters[button.name] = button.value;
    // Two shoppers with one cached page are two.
    parameters.own = own;
  });
  // A frame without "allow-forms" submits nothing by itself.
  on("click", event => {
    const button = event.target.closest("button");
    if (button?.id === "again") return again();
    if (!window.htmx || button?.form?.id !== "choices") return;
    event.preventDefault();
    press(button);
  });
  const press = submitter => submitter.form.dispatchEvent(new SubmitEvent("submit", { bubbles: true, cancelable: true, submitter }));
  let sent, status;
  on("htmx:beforeSend", ({ detail: { xhr } }) => {
    sent = typed();
    // htmx calls it an error that a newer request overtook this one.
    const abort = xhr.onabort, say = console.error;
    xhr.onabort = () => { console.error = () => {}; abort(); console.error = say };
  });
  on("htmx:beforeSwap", ({ detail: { xhr } }) => {
    status = xhr.getResponseHeader("HX-Status");
    morph.ignoreActiveValue = status !== "409" && typed() !== sent;
    renumber(xhr.getResponseHeader("HX-Rows"));
  });
  // Rows that change places take fold, focus and typing along.
  let held;
  function renumber(rows) {
    if (!rows) return;
    const [key, sources = ""] = rows.split(" "), was = sources.split(",");
    for (const element of main.querySelectorAll(`[id*="-${key}."]`)) {
      const { id } = element, at = id.indexOf(`-${key}.`) + key.length + 2, [number] = id.slice(at).split(/\D/);
      const now = was.indexOf(number) + 1;
      if (now) element.id = id.slice(0, at) + now + id.slice(at + number.length);
      else element.removeAttribute("id");
    }
    held = document.activeElement.id;
  }
  // A lost connection: what was done last is tried until it goes.
  let pressed, timer, pause = 1;
  const again = () => pressed?.isConnected ? press(pressed) : send();
  for (const type of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) on(type, ({ detail: { xhr } }) => {
    if (xhr.status && xhr.status < 500 && xhr.status !== 429) return say(main.dataset.offline);
    classList.add("lost");
    find("lost").hidden = false;
    clearTimeout(timer);
    timer = setTimeout(again, 1e3 * (pause = Math.min(30, 2 * pause)));
  });
  on("htmx:afterRequest", ({ detail: { successful } }) => {
    if (!successful || !classList.contains("lost")) return;
    clearTimeout(timer);
    pause = 1;
    classList.remove("lost");
    say(main.dataset.back);
  });
  addEventListener("online", () => classList.contains("lost") && again());

  const step = () => document.querySelector(".step.current");
  let shown;
  const place = () => {
    const tab = step();
    if (shown = tab?.value) tab.parentNode.scrollLeft = tab.offsetLeft - 40;
  };
  // A moment is told in the time zone of who reads it; the page came with the merchant's.
  const form = { year: "numeric", month: "long", day: "numeric", hour: "numeric", minute: "2-digit", timeZoneName: "short" };
  const tellTimes = () => {
    for (const each of document.querySelectorAll("time")) {
      try { each.textContent = new Intl.DateTimeFormat(root.lang, form).format(new Date(each.dateTime)) } catch { /* unknown language */ }
    }
  };
  place();
  tellTimes();
  on("htmx:afterSettle", () => {
    tellTimes();
    const goal = find(find("panel").dataset.focus), box = find("because") || find("finished-title");
    const input = which => goal?.querySelector(`input:enabled${which}`), isMoved = shown !== step()?.value;
    const isRow = goal?.matches("summary, button, a"), holder = isRow ? goal.parentNode : goal;
    for (let up = holder?.parentNode.closest("details"); up; up = up.parentNode.closest("details")) up.open = true;
    const to = isRow ? !(held && holder.contains(document.activeElement)) && goal : input(":checked") || input(":not([type=hidden], [type=range])") || box;
    // A button that is gone leaves the focus nowhere.
    const lost = isMoved || document.activeElement === document.body;
    (to || (lost && document.hasFocus() && (find("conflict") || step())))?.focus?.({ preventScroll: true });
    if (isMoved) {
      place();
      if (!goal) classList.contains("embedded") ? see(main) : scrollTo(0, 0);
    }
    const share = find("share");
    if (share.dataset.fresh === "") { delete share.dataset.fresh; copy(share) }
    const seen = goal || box || find("conflict");
    if (seen) see(seen);
    tell();
  });

  // A slider or colour picker speaks for its input; text is sent when typing rests.
  let rest;
  const send = () => htmx.trigger("#choices", "live");
  on("input", ({ target }) => {
    const twin = find(target.dataset.for) || document.querySelector(`[data-for="${target.id}"]`);
    const { mark, unit } = target.dataset, number = mark ? target.value.replace(".", mark) : target.value.replace(",", ".");
    // A slider told something else than a number would jump to its middle; one that counts in another unit says so.
    if (twin && number && (twin.type !== "range" || (isFinite(number) && !twin.dataset.unit))) twin.value = unit ? `${number} ${unit}` : number;
    if (twin && unit) twin.nextElementSibling.hidden = true;
    const rail = target.type === "range" ? target : twin?.type === "range" && twin, shown = rail && find(rail.dataset.for);
    if (rail) rail.ariaValueText = `${shown.value} ${unit ? "" : shown.nextElementSibling?.textContent || ""}`.trim();
    clearTimeout(rest);
    if ("live" in target.dataset) rest = setTimeout(send, 500);
  });
  on("change", () => clearTimeout(rest));
  // What was chosen before the scripts came.
  on("DOMContentLoaded", () => { for (const input of main.querySelectorAll("input[name]")) if (input.checked !== input.defaultChecked || input.value !== input.defaultValue) return send() });
  on("keydown", event => {
    const { key, target } = event, row = event.altKey && target.matches("summary, button") && target.closest(".instance");
    const button = row && find(row.id.replace("i", { ArrowUp: "up", ArrowDown: "down" }[key]));
    if (key === "Escape") (document.querySelector(".details[open] summary") || document.querySelector(".quiet"))?.click();
    if (!button) return;
    event.preventDefault();
    if (!button.matches("[aria-disabled]")) button.click();
  });

  on("click", event => {
    const share = event.target.closest("#share"), back = event.target.closest("#change");
    // The shop's way back leads out of its page, not through ours.
    if (back && classList.contains("embedded")) { event.preventDefault(); location.replace(back.href) }
    if (!share?.href || !navigator.clipboard) return;
    event.preventDefault();
    copy(share);
  });
  function copy(share) {
    const url = new URL(page || share.href);
    if (page) url.searchParams.set(parameter, share.dataset.link);
    navigator.clipboard?.writeText(url.href).then(() => say(host && !page ? main.dataset.alone : main.dataset.copied), () => open(url));
  }
  function say(text) {
    const box = find("toast");
    box.textContent = text;
    setTimeout(() => box.textContent === text && (box.textContent = ""), 4000);
  }

  // Only a site of the merchant that framed us is told anything.
  let host, page, parameter, told, wasSet;
  const post = (type, data) => host && parent.postMessage({ v: 1, type, ...data }, host);
  const isKnown = origin => main.dataset.origins.split(" ").some(known => {
    const [scheme, name] = known.split("*");
    return name ? origin.startsWith(scheme) && origin.endsWith(name) : known && known === origin;
  });
  function tell() {
    const { completed, message } = find("panel").dataset, news = completed || message;
    if (wasSet && /40./.test(status)) post("refused", { text: find("said").textContent });
    wasSet = 0;
    if (!host || !news || news === told) return;
    told = news;
    post(completed ? "completed" : "changed", JSON.parse(news));
  }
  function see(element) {
    if (!classList.contains("embedded")) return element.scrollIntoView({ block: "nearest" });
    const { top, bottom } = element.getBoundingClientRect();
    post("see", { top, bottom });
  }
  addEventListener("message", ({ source, origin, data }) => {
    if (source !== parent || data?.v !== 1 || !isKnown(origin)) return;
    if (data.type === "ping") ready();
    if (data.scheme) root.dataset.scheme = data.scheme;
    if (data.type === "hello" && !host) {
      host = origin;
      ({ page, parameter } = data);
      classList.toggle("embedded", data.height === "auto");
      classList.add("hosted");
      new ResizeObserver(() => post("size", { height: main.offsetHeight, paper: 460 + find("panel").offsetHeight })).observe(main);
      tell();
    } else if (origin === host && data.type === "set" && find("set")) {
      find("set").value = Object.entries(data.choices).map(([key, choice]) => choice === null ? `-${key}=` : `${key}=${encodeURIComponent(choice)}`).join("&");
      wasSet = 1;
      send();
    } else if (data.type === "view") {
      // Nothing sticks in a frame as high as its content; stage and bar follow.
      const follow = (name, shift, element, rest) => element && root.style.setProperty(name, `${Math.max(0, Math.min(shift, main.offsetHeight - element.offsetHeight - rest))}px`);
      follow("--stage", data.top, find("stage"), 0);
      follow("--bar", main.offsetHeight - data.bottom, find("bar"), 160);
    }
  });
  const ready = () => parent.postMessage({ v: 1, type: "ready" }, "*");
  if (parent !== window) ready();
})();
