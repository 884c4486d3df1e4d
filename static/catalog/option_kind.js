"use strict";
// Shows only the fields that the chosen kind of an option uses; without it all of them are shown.
document.addEventListener("DOMContentLoaded", () => {
  const kind = document.getElementById("id_kind");
  if (!kind) return;
  const values = document.getElementById("values-group");
  const show = () => {
    for (const part of document.querySelectorAll("[class*=for-kind-]")) {
      part.hidden = !part.classList.contains(`for-kind-${kind.value}`);
    }
    if (values) values.hidden = !["choice", "multi"].includes(kind.value);
  };
  kind.addEventListener("change", show);
  show();
});
