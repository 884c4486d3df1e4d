"use strict";
// What a script draws in the place of a select says to screen readers what the select's own label says. It is drawn
// when jQuery says that the page is ready; what is asked for later, as here, comes later.
django.jQuery(() => {
  for (const select of document.querySelectorAll("select.admin-autocomplete")) {
    const label = select.labels[0], drawn = select.nextElementSibling;
    if (!label || !drawn) continue;
    for (const each of drawn.querySelectorAll("[role=combobox], [role=textbox], [role=searchbox]")) {
      each.setAttribute("aria-label", label.textContent.trim().replace(/:$/, ""));
    }
  }
});
