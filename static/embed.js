/* Turns <div data-configurator="https://host/embed/merchant/product/"> into the configurator widget.
   Paste the script once anywhere in the page; docs/guide/merchants.md tells all attributes, docs/api/embed-events.md
   all messages. Safe to load twice. */
(() => {
  "use strict";
  if (window.Configurator) return window.Configurator.scan();
  const LOWEST = 320, HIGHEST = 4000, frames = new Map(), listeners = {};
  const SANDBOX = "allow-scripts allow-forms allow-same-origin allow-popups";

  function address(element) {
    const url = new URL(element.dataset.configurator || element.src, location.href);
    if (!/^https?:$/.test(url.protocol)) throw new TypeError(`No address of a configurator: ${url}`);
    const kept = new URL(location.href).searchParams.get(parameter(element));
    if (/^[\w-]{22}$/.test(kept || "")) url.pathname = url.pathname.replace(/\/?$/, `/c/${kept}/`);
    else if (kept) new URLSearchParams(kept).forEach((value, key) => url.searchParams.set(key, value));
    if (element.dataset.lang) url.searchParams.set("lang", element.dataset.lang);
    return url;
  }
  const parameter = element => element.dataset.link || "cfg";

  function adopt(element) {
    if (element.configurator) return;
    const url = address(element);
    let frame = element;
    if (element.nodeName !== "IFRAME") {
      frame = document.createElement("iframe");
      frame.title = element.dataset.title || element.getAttribute("aria-label") || "Configurator";
      frame.setAttribute("sandbox", SANDBOX);
      frame.allow = "clipboard-write";
      frame.style.cssText = "display:block;width:100%;border:0";
      frame.style.height = element.dataset.height || "640px";
      frame.src = url;
      element.replaceChildren(frame);
    } else if (!element.src) element.src = url;
    // A frame without its own origin says "null"; then only its window tells who speaks.
    const sandbox = frame.getAttribute("sandbox");
    const opaque = sandbox !== null && !/\ballow-same-origin\b/.test(sandbox);
    const widget = {
      element, frame, ready: false,
      origin: opaque ? "null" : url.origin,
      set: choices => post(widget, "set", { choices }),
    };
    element.configurator = widget;
    frames.set(frame, widget);
    hello(widget);
  }

  function post(widget, type, data) {
    widget.frame.contentWindow.postMessage({ v: 1, type, ...data }, widget.origin === "null" ? "*" : widget.origin);
  }

  function hello(widget) {
    const { element } = widget, page = new URL(location.href);
    page.searchParams.delete(parameter(element));
    page.hash = "";
    // Until the widget's own page is there, the frame is an empty one of ours, and the browser would complain.
    if (widget.loaded) post(widget, "hello", { page: page.href, parameter: parameter(element), height: element.dataset.height || "auto" });
  }

  function tell(widget, type, detail) {
    const event = new CustomEvent(`configurator:${type}`, { bubbles: true, detail });
    widget.element.dispatchEvent(event);
    for (const listener of listeners[type] || []) listener(detail, widget);
  }

  window.addEventListener("message", event => {
    const { data } = event;
    const widget = [...frames.values()].find(each => each.frame.contentWindow === event.source);
    if (!widget || event.origin !== widget.origin || !data || data.v !== 1) return;
    const { v, type, ...detail } = data;
    if (type === "ready") { widget.loaded = true; hello(widget) }
    else if (type === "size") {
      if (!widget.element.dataset.height && detail.height > 0) widget.frame.style.height = `${Math.min(HIGHEST, Math.max(LOWEST, detail.height))}px`;
      view(widget);
    } else if (type === "changed" && !widget.ready) { widget.ready = true; tell(widget, "ready", detail) }
    else if (["changed", "completed", "refused"].includes(type)) tell(widget, type, detail);
  });

  // Which part of the frame is seen, so that the price can stay in view while the shop's page scrolls.
  let asked = 0;
  function view(widget) {
    if (!widget.loaded || widget.element.dataset.height) return;
    const box = widget.frame.getBoundingClientRect(), seen = document.documentElement.clientHeight;
    post(widget, "view", { top: Math.max(0, -box.top), bottom: Math.min(box.height, seen - box.top) });
  }
  const views = () => { asked = asked || requestAnimationFrame(() => { asked = 0; frames.forEach(view) }) };
  window.addEventListener("scroll", views, { passive: true });
  window.addEventListener("resize", views, { passive: true });

  window.Configurator = {
    version: 1,
    on(type, listener) {
      (listeners[type] = listeners[type] || []).push(listener);
      return () => { listeners[type] = listeners[type].filter(each => each !== listener) };
    },
    scan(within = document) { within.querySelectorAll("[data-configurator]").forEach(adopt) },
    get: element => element && element.configurator || null,
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => window.Configurator.scan());
  else window.Configurator.scan();
})();
