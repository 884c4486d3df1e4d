"use strict";
// What a script draws in the place of a select says to screen readers what the select's own label says.
window.addEventListener("load", () => {
  for (const select of document.querySelectorAll("select.admin-autocomplete")) {
    const label = select.labels[0], drawn = select.nextElementSibling;
    if (!label || !drawn) continue;
    for (const each of drawn.querySelectorAll("[role=combobox], [role=textbox], [role=searchbox]")) {
      each.setAttribute("aria-label", label.textContent.trim().replace(/:$/, ""));
    }
  }
});
