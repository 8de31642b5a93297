// Keys, and the sum of the rubric as it is ticked. Everything works without it, by Tab and Enter.
"use strict";
const typing = (target) => target.matches("textarea, select, input[type=text]");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const target = event.target;
  if (event.key === "Escape" && typing(target)) { target.blur(); return; }
  if (typing(target)) return;
  if (event.key === "Enter") {
    if (target.matches("a, button, summary")) return;
    const save = document.getElementById("save") || document.getElementById("next");
    if (save) { event.preventDefault(); save.click(); }
    return;
  }
  const byKey = { n: "next", b: "back", u: "undo" }[event.key];
  const found = byKey ? document.getElementById(byKey)
    : document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!found) return;
  event.preventDefault();
  if (typing(found)) found.focus(); else found.click();
});

const panel = document.getElementById("panel");
if (panel) {
  const points = panel.querySelector("input[name=points]");
  const ticks = [...panel.querySelectorAll("input[name=rubric]")];
  const sum = () => {
    if (!ticks.length) return;
    const total = ticks.filter((tick) => tick.checked)
      .reduce((all, tick) => all + Math.round(1e6 * Number(tick.dataset.points)), 0);
    points.placeholder = String(total / 1e6);
  };
  ticks.forEach((tick) => tick.addEventListener("change", () => {
    if (points.value === points.defaultValue) points.value = "";  // given before, not typed now
    sum();
  }));
  sum();
  const reuse = document.getElementById("reuse");
  if (reuse) reuse.addEventListener("change", () => {
    const comment = document.getElementById("comment");
    if (reuse.value) comment.value = comment.value ? `${comment.value}\n${reuse.value}` : reuse.value;
    reuse.value = "";
    comment.focus();
  });
  panel.addEventListener("submit", () => setTimeout(() => {  // twice is a slip
    panel.querySelectorAll("button").forEach((button) => { button.disabled = true; });
  }));
}

const again = document.getElementById("again");
const look = async () => {
  try {
    const state = await (await fetch(document.body.dataset.state)).json();
    again.textContent = state.trouble ? `scores wait: ${state.trouble}`
      : state.waiting ? `${state.waiting} ${state.waiting === 1 ? "score is" : "scores are"} being made again`
      : "scores are up to date";
    if (state.waiting) setTimeout(look, 1000);
  } catch { again.textContent = "the server has stopped"; }
};
if (again && !again.textContent.includes("up to date")) setTimeout(look, 1000);
