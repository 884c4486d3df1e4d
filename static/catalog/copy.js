"use strict";
// A button with data-copy="id" copies what the element of that id holds; without scripts there is no such button.
for (const button of document.querySelectorAll("button[data-copy]")) {
  const told = button.textContent;
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = told; }, 2000);
  });
}
