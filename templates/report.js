// Small comforts. Every page is complete without this file.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("tips")?.textContent || "null");
  const make = (tag, props = {}, ...inside) => {
    const it = Object.assign(document.createElement(tag), props);
    it.append(...inside);
    return it;
  };

  // charts: a hair line and the day's figures, by pointer or arrow keys
  for (const figure of data && data.days ? document.querySelectorAll("[data-tips]") : []) {
    const canvas = figure.querySelector(".canvas");
    const tip = make("div", { className: "tip", hidden: true });
    const hair = make("div", { className: "hair", hidden: true });
    canvas.append(hair, tip);
    let at = data.days - 1;
    const show = (n) => {
      at = Math.max(0, Math.min(data.days - 1, n));
      const svg = [...canvas.querySelectorAll("svg")].find((s) => s.clientWidth || s.getBoundingClientRect().width);
      const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
      const x0 = svg.dataset.x0 * scale, x1 = svg.dataset.x1 * scale;
      const x = x0 + ((at + 0.5) / data.length) * (x1 - x0);
      const [day, total, gain] = data.rows[at];
      tip.replaceChildren(make("b", { textContent: day }), `${data.words[0]} ${total}`, make("br"), `${data.words[1]} ${gain}`);
      tip.hidden = hair.hidden = false;
      hair.style.left = `${x}px`;
      tip.style.left = `${Math.min(x + 10, canvas.clientWidth - tip.offsetWidth)}px`;
    };
    const hide = () => { tip.hidden = hair.hidden = true; };
    canvas.tabIndex = 0;
    canvas.addEventListener("pointermove", (e) => {
      const svg = e.target.closest("svg");
      if (!svg) return;
      const box = svg.getBoundingClientRect(), scale = box.width / svg.viewBox.baseVal.width;
      const share = (e.clientX - box.left - svg.dataset.x0 * scale) / ((svg.dataset.x1 - svg.dataset.x0) * scale);
      show(Math.floor(share * data.length));
    });
    canvas.addEventListener("pointerleave", hide);
    canvas.addEventListener("blur", hide);
    canvas.addEventListener("keydown", (e) => {
      const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -7, PageDown: 7 }[e.key];
      if (step) { e.preventDefault(); show(at + step); }
      if (e.key === "Escape") hide();
    });
  }

  // the leaderboard: sort, filter, choose columns, show the first few
  for (const table of data ? document.querySelectorAll("[data-board]") : []) {
    const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells];
    const pinned = body.querySelector(".middle"), words = data.words;
    const rows = [...body.rows].filter((r) => r !== pinned);
    const first = Number(table.dataset.first);
    let all = false, text = "";
    const draw = () => {
      let shown = 0;
      for (const row of rows) {
        const fits = row.cells[1].textContent.toLowerCase().includes(text);
        row.hidden = !fits || (!all && !text && shown >= first);
        if (!row.hidden) shown += 1;
      }
    };
    const value = (row, n) => {
      const shown = [...row.cells[n].childNodes].filter((c) => c.nodeName !== "SUP").map((c) => c.textContent).join("");
      const digits = shown.split("/")[0].replace(/[^\d]/g, "");
      return digits === "" ? null : Number(digits);
    };
    heads.forEach((head, n) => {
      if (head.dataset.kind !== "n") return;
      const button = make("button", { type: "button", textContent: head.textContent });
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") === "descending";
        heads.forEach((h) => h.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        // what is unknown stays last, whichever way the rest is sorted
        rows.sort((a, b) => {
          const x = value(a, n), y = value(b, n);
          if (x === null || y === null) return (x === null) - (y === null);
          return up ? x - y : y - x;
        });
        body.append(...rows);
        draw();
      });
    });
    const search = make("input", { type: "search", placeholder: words[4], ariaLabel: words[4] });
    search.addEventListener("input", () => { text = search.value.trim().toLowerCase(); draw(); });
    const set = make("fieldset", {}, make("legend", { textContent: words[5] }));
    for (const group of new Set(heads.map((h) => h.dataset.group).filter(Boolean))) {
      const box = make("input", { type: "checkbox", checked: true });
      const names = heads.filter((h) => h.dataset.group === group).map((h) => h.textContent);
      box.addEventListener("change", () => heads.forEach((h, n) => {
        if (h.dataset.group === group) for (const row of table.rows) row.cells[n].hidden = !box.checked;
      }));
      set.append(make("label", {}, box, names.join(", ")));
    }
    table.parentElement.before(make("div", { className: "tools" }, search, set));
    const more = make("button", { type: "button", className: "more", textContent: words[2] });
    more.addEventListener("click", () => { all = !all; more.textContent = words[all ? 3 : 2]; draw(); });
    if (rows.length > first) table.parentElement.after(more);
    draw();
  }
})();
