// Turns <div data-configurator="https://…/embed/merchant/product/"> into the widget; told in docs/guide/merchants.md.
(() => {
  if (window.Configurator) return Configurator.scan();
  const widgets = [], listeners = [];

  function adopt(element) {
    if (element.configurator) return;
    const { configurator, height = "auto", lang, link = "cfg", title = "Configurator" } = element.dataset;
    const page = new URL(location.href), url = new URL(configurator || element.src, page), shared = page.searchParams.get(link);
    page.searchParams.delete(link);
    if (/^[\w-]{22}$/.test(shared)) url.pathname += `c/${shared}/`;
    else new URLSearchParams(shared || "").forEach((value, key) => url.searchParams.set(key, value));
    if (lang) url.searchParams.set("lang", lang);
    let frame = element;
    if (element.nodeName !== "IFRAME") {
      frame = document.createElement("iframe");
      frame.title = title;
      frame.sandbox = "allow-scripts allow-forms allow-same-origin allow-popups";
      frame.allow = "clipboard-write";
      frame.style.cssText = `display:block;width:100%;border:0;height:${height === "auto" ? "640px" : height}`;
      frame.src = url;
      element.replaceChildren(frame);
    } else if (!frame.src || shared || lang) frame.src = url;
    else frame.contentWindow.postMessage({ v: 1, type: "ping" }, "*");
    // A frame without an origin says "null".
    const origin = frame.hasAttribute("sandbox") && !frame.sandbox.contains("allow-same-origin") ? "null" : url.origin;
    const post = (type, data) => frame.contentWindow.postMessage({ v: 1, type, ...data }, origin === "null" ? "*" : origin);
    const widget = element.configurator = {
      element, frame, origin, height, post,
      hello: () => post("hello", { page: page.href, parameter: link, height }),
      set: choices => post("set", { choices }),
    };
    widgets.push(widget);
  }

  addEventListener("message", ({ source, origin, data }) => {
    const widget = widgets.find(({ frame }) => frame.contentWindow === source);
    if (!widget || origin !== widget.origin || data?.v !== 1) return;
    let { v, type, ...detail } = data;
    const { element, frame, height } = widget;
    if (type === "ready") { widget.isReady = 0; widget.hello() }
    else if (type === "size" && height === "auto") {
      frame.style.height = `${Math.min(4000, Math.max(320, detail.height))}px`;
      view();
    } else if (type === "see") {
      const { top } = frame.getBoundingClientRect(), from = top + detail.top - 20, to = top + detail.bottom - innerHeight + 140;
      if (from < 0 || to > 0) scrollBy(0, Math.min(from, Math.max(to, Math.min(from, 0))));
    } else if (/^(changed|completed|refused)$/.test(type)) {
      if (type === "changed" && !widget.isReady) { widget.isReady = 1; type = "ready" }
      element.dispatchEvent(new CustomEvent(`configurator:${type}`, { bubbles: true, detail }));
      for (const [name, listener] of listeners) if (name === type) listener(detail, widget);
    }
  });
  // Which part of a frame is seen, so that picture and price stay there.
  const view = () => widgets.forEach(({ frame, height, isReady, post }) => {
    const { top, height: most } = frame.getBoundingClientRect();
    if (isReady && height === "auto") post("view", { top: Math.max(0, -top), bottom: Math.min(most, innerHeight - top) });
  });
  for (const type of ["scroll", "resize"]) addEventListener(type, view, { passive: true });

  window.Configurator = {
    on: (type, listener) => listeners.push([type, listener]),
    scan: () => document.querySelectorAll("[data-configurator]").forEach(adopt),
  };
  Configurator.scan();
  document.addEventListener("DOMContentLoaded", Configurator.scan);
})();
