// Small comforts. Every page is complete without this file.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("tips")?.textContent || "null");
  const french = document.documentElement.lang === "fr";
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
    const told = make("p", { className: "vh", role: "status" });
    canvas.append(hair, tip);
    canvas.after(told);
    let at = data.days - 1;
    const show = (n) => {
      at = Math.max(0, Math.min(data.days - 1, n));
      const svg = [...canvas.querySelectorAll("svg")].find((s) => s.getBoundingClientRect().width);
      const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
      const x0 = svg.dataset.x0 * scale, x1 = svg.dataset.x1 * scale;
      const x = x0 + ((at + 0.5) / data.length) * (x1 - x0);
      const [day, total, gain] = data.rows[at];
      const lines = [day, `${data.words[0]} ${total}`, `${data.words[1]} ${gain}`];
      tip.replaceChildren(make("b", { textContent: lines[0] }), lines[1], make("br"), lines[2]);
      tip.hidden = hair.hidden = false;
      hair.style.left = `${x}px`;
      tip.style.left = `${Math.max(0, Math.min(x + 10, canvas.clientWidth - tip.offsetWidth))}px`;
      return lines.join(", ");
    };
    const hide = () => { tip.hidden = hair.hidden = true; };
    const point = (e) => {
      const svg = e.target.closest("svg");
      if (!svg) return;
      const box = svg.getBoundingClientRect(), scale = box.width / svg.viewBox.baseVal.width;
      const share = (e.clientX - box.left - svg.dataset.x0 * scale) / ((svg.dataset.x1 - svg.dataset.x0) * scale);
      show(Math.floor(share * data.length));
    };
    canvas.tabIndex = 0;
    canvas.addEventListener("pointermove", point);
    canvas.addEventListener("pointerdown", point);
    canvas.addEventListener("pointerleave", hide);
    canvas.addEventListener("blur", hide);
    canvas.addEventListener("keydown", (e) => {
      const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -7, PageDown: 7, Home: -data.days, End: data.days }[e.key];
      if (step) { e.preventDefault(); told.textContent = show(at + step); }
      if (e.key === "Escape") hide();
    });
  }

  // the first number of a cell, as the page's language writes it; null: none, unknown
  const written = french ? /\d[\d\u202f\u00a0]*(,\d+)?/ : /\d[\d,]*(\.\d+)?/;
  const number = (text) => {
    const found = text.match(written);
    if (!found) return null;
    const plain = french ? found[0].replace(/[\u202f\u00a0]/g, "").replace(",", ".") : found[0].replaceAll(",", "");
    const unit = { k: 1e3, M: 1e6, Md: 1e9, B: 1e9 }[text.slice(found.index + found[0].length).match(/^[\u202f\u00a0]?(k|Md|M|B)\b/)?.[1]] ?? 1;
    return (/[\u2212-]/.test(text.slice(0, found.index)) ? -1 : 1) * Number(plain) * unit;
  };
  const compare = new Intl.Collator(document.documentElement.lang, { numeric: true }).compare;
  const value = (cell, kind) => {
    if (!cell || cell.querySelector(".na")) return null;
    const told = cell.dataset.v ?? cell.querySelector("data")?.value;
    if (told !== undefined) return told === "" ? null : kind === "n" ? Number(told) : told;
    const shown = [...cell.childNodes].filter((c) => c.nodeName !== "SUP").map((c) => c.textContent).join("").trim();
    return kind === "n" ? number(shown) : shown === "" ? null : shown;
  };

  // tables: columns with a kind (n: numbers, t: text) sort both ways
  const sortable = (table, rows, drawn) => {
    const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, n) => {
      const kind = head.dataset.kind;
      if (!kind) return;
      const button = make("button", { type: "button" }, ...head.childNodes);
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const now = head.getAttribute("aria-sort");
        const up = now ? now === "descending" : kind === "t";
        heads.forEach((h) => h.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const keys = new Map(rows.map((row) => [row, value(row.cells[n], kind)]));
        // what is unknown stays last, whichever way the rest is sorted
        rows.sort((a, b) => {
          const x = keys.get(a), y = keys.get(b);
          if (x === null || y === null) return (x === null) - (y === null);
          return (up ? 1 : -1) * (kind === "t" ? compare(x, y) : x - y);
        });
        body.append(...rows);
        drawn();
      });
    });
  };

  // the leaderboard: filter, choose columns, show the first few
  const board = (table, rows) => {
    const heads = [...table.tHead.rows[0].cells], words = data.words;
    const first = Number(table.dataset.first), names = heads.map((h) => h.textContent);
    let all = false, text = "";
    const draw = () => {
      let shown = 0;
      for (const row of rows) {
        const fits = row.cells[1].textContent.toLowerCase().includes(text);
        row.hidden = !fits || (!all && !text && shown >= first);
        if (!row.hidden) shown += 1;
      }
    };
    const search = make("input", { type: "search", placeholder: words[4], ariaLabel: words[4] });
    search.addEventListener("input", () => { text = search.value.trim().toLowerCase(); draw(); });
    const set = make("fieldset", {}, make("legend", { textContent: words[5] }));
    for (const group of new Set(heads.map((h) => h.dataset.group).filter(Boolean))) {
      const box = make("input", { type: "checkbox", checked: true });
      box.addEventListener("change", () => heads.forEach((h, n) => {
        if (h.dataset.group === group) for (const row of table.rows) row.cells[n].hidden = !box.checked;
      }));
      set.append(make("label", {}, box, names.filter((_, n) => heads[n].dataset.group === group).join(", ")));
    }
    table.parentElement.before(make("div", { className: "tools" }, search, set));
    const more = make("button", { type: "button", className: "more", textContent: words[2] });
    more.addEventListener("click", () => { all = !all; more.textContent = words[all ? 3 : 2]; draw(); });
    if (rows.length > first) table.parentElement.after(more);
    draw();
    return draw;
  };

  for (const table of document.querySelectorAll("table:has(thead [data-kind])")) {
    const rows = [...table.tBodies[0].rows].filter((row) => !row.matches(".middle"));
    const draw = data && table.matches("[data-board]") ? board(table, rows) : () => {};
    if (rows.length > 1) sortable(table, rows, draw);
  }
})();
