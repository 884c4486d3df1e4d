// What a shop does with the widget's events: completed configurations go into the cart, all of them into a list.
(() => {
  const find = id => document.getElementById(id);
  const made = (name, text, title) => {
    const element = document.createElement(name);
    element.textContent = text;
    if (title) element.className = title;
    return element;
  };
  const money = ({ total, currency }) =>
    new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency, currencyDisplay: "code" }).format(total);

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
    const link = made("a", "Look at it again");
    link.href = new URL(`c/${detail.id}/`, find("configurator").dataset.configurator);
    const more = made("small", `${detail.quantity} × ${detail.product}, version ${detail.version}, id ${detail.id} · `);
    more.append(link);
    item.append(made("b", detail.reference), made("span", detail.total === null ? "" : money(detail), "price"), more);
    find("items").prepend(item);
    find("empty").hidden = true;
    find("count").textContent = find("items").children.length;
    find("said").textContent = `${detail.reference} is in the cart.`;
  }

  for (const type of ["ready", "changed", "completed", "refused"]) {
    document.addEventListener(`configurator:${type}`, ({ detail }) => {
      heard(type, detail);
      if (type === "completed") bought(detail);
    });
  }
})();
