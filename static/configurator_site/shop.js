// What a shop does with the widget's events: completed configurations go into the cart, all of them into a list.
(() => {
  const find = id => document.getElementById(id);
  const made = (name, text, title) => {
    const element = document.createElement(name);
    element.textContent = text;
    if (title) element.className = title;
    return element;
  };
  function heard(type, detail) {
    const line = document.createElement("li");
    const text = JSON.stringify(detail);
    line.append(made("b", type), made("code", text.length > 160 ? `${text.slice(0, 160)}…` : text));
    find("heard").prepend(line);
    while (find("heard").children.length > 12) find("heard").lastChild.remove();
  }

  function bought(detail) {
    if (find("items").querySelector(`[data-id="${CSS.escape(detail.id)}"]`)) return;
    const item = document.createElement("li");
    item.dataset.id = detail.id;
    item.lang = detail.language;
    if (detail.picture) {
      const picture = document.createElement("img");
      Object.assign(picture, { src: detail.picture, alt: "", width: 96, height: 72, loading: "lazy" });
      item.append(picture);
    }
    const text = made("div", "", "text"), lines = document.createElement("dl");
    for (const { label, value } of detail.lines) {
      const line = document.createElement("div");
      line.append(made("dt", label), made("dd", value));
      lines.append(line);
    }
    const parts = document.createElement("details"), table = document.createElement("table");
    parts.append(made("summary", "Parts of the price"), table);
    for (const { label, amount } of [...(detail.price?.lines || []), ...(detail.price?.order_lines || [])]) {
      const row = table.insertRow();
      row.append(made("th", label), made("td", amount));
      row.firstChild.scope = "row";
    }
    const link = made("a", "Change it");
    link.href = detail.link || detail.url;
    const days = detail.lead_time_days, ready = days === null ? "" : ` · ready in ${days} day${days === 1 ? "" : "s"}`;
    const more = made("small", `${detail.quantity} × · ${detail.reference}${ready} · `);
    more.append(link);
    text.append(lines, more, ...(detail.price ? [parts] : []));
    item.append(made("b", detail.name), made("span", detail.price ? detail.price.shown_text : "Price on request", "price"), text);
    find("items").prepend(item);
    find("empty").hidden = true;
    find("count").textContent = find("items").children.length;
    find("said").textContent = `${detail.name} is in the cart.`;
  }

  for (const type of ["ready", "changed", "completed", "refused"]) {
    document.addEventListener(`configurator:${type}`, ({ detail }) => {
      heard(type, detail);
      if (type === "completed") bought(detail);
    });
  }
})();
