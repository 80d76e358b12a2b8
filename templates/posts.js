// All posts from the block of columns: sorted, filtered, drawn as they come into view.
"use strict";
(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const data = read("posts"), words = read("words"), all = document.getElementById("all");
  const many = data.title.length, ROW = 40, SPARE = 12;
  const count = new Intl.NumberFormat(words.language);
  const date = new Intl.DateTimeFormat(words.language === "en" ? "en-GB" : words.language, { dateStyle: "medium", timeZone: "UTC" });
  document.getElementById("first").remove();  // with this script, all are here
  const make = (tag, props = {}, ...inside) => {
    const it = Object.assign(document.createElement(tag), props);
    it.append(...inside);
    return it;
  };
  const apart = (text) => make("bdi", { textContent: text });
  const unknown = () => make("span", { className: "na", title: words.unknown }, make("span", { className: "vh", textContent: words.unknown }));

  const columns = [
    { name: words.post, key: (i) => data.title[i], text: true, draw: (cell, i) => {
      if (data.tail[i] === null) return cell.append(apart(data.title[i]));
      const link = make("a", { href: data.heads[data.head[i]] + data.tail[i], rel: "noopener noreferrer nofollow" }, apart(data.title[i]));
      cell.append(/^https?:$/.test(link.protocol) ? link : apart(data.title[i]));
    } },
    { name: words.person, key: (i) => (data.person[i] < 0 ? null : data.people[data.person[i]][0]), text: true, draw: (cell, i) => {
      if (data.person[i] < 0) return cell.append(unknown());
      const [name, page] = data.people[data.person[i]];
      cell.append(make("a", { href: all.dataset.root + page }, apart(name)));
    } },
    { name: words.platform, key: (i) => words.platforms[data.platform[i]], text: true, draw: (cell, i) => cell.append(words.platforms[data.platform[i]]) },
    { name: words.published, key: (i) => data.day[i], draw: (cell, i) => cell.append(data.day[i] === null ? unknown() : date.format(data.day[i] * 864e5)) },
    ...data.metrics.map((metric, n) => ({ name: words.metrics[n], key: (i) => data[metric][i], number: true, draw: (cell, i) => cell.append(data[metric][i] === null ? unknown() : count.format(data[metric][i])) })),
  ];

  let order = Int32Array.from({ length: many }, (_, i) => i), shown = order;
  let by = words.leading === null ? -1 : 4 + data.metrics.indexOf(words.leading), up = false;

  const search = make("input", { type: "search", placeholder: words.filter, ariaLabel: words.filter });
  const choose = (first, names) => {
    const box = make("select", { ariaLabel: first }, make("option", { value: "", textContent: first }));
    names.forEach((name, n) => box.append(make("option", { value: n, textContent: name })));
    return box;
  };
  const platform = choose(words.every, words.platforms);
  const person = choose(words.everybody, data.people.map((p) => p[0]));
  const told = make("output", { className: "quiet" });
  const head = make("tr"), body = make("tbody");
  const above = make("tr", { className: "space", ariaHidden: "true" }, make("td", { colSpan: columns.length }));
  const below = make("tr", { className: "space", ariaHidden: "true" }, make("td", { colSpan: columns.length }));
  const view = make("div", { className: "scroll view", tabIndex: 0, role: "region", ariaLabel: words.table },
    make("table", { className: "posts all" }, make("thead", {}, head), body));

  const row = (i) => {
    const line = make("tr");
    columns.forEach((column, n) => {
      const cell = make(n ? "td" : "th", { className: column.number ? "r" : n ? "" : "post" });
      if (!n) cell.scope = "row";
      column.draw(cell, i);
      line.append(cell);
    });
    return line;
  };
  let from = -1, to = -1;
  const draw = (afresh) => {
    const start = Math.max(0, Math.floor(view.scrollTop / ROW) - SPARE);
    const end = Math.min(shown.length, start + Math.ceil((view.clientHeight || 800) / ROW) + 2 * SPARE);
    if (!afresh && start === from && end === to) return;
    [from, to] = [start, end];
    above.firstChild.height = start * ROW;
    below.firstChild.height = (shown.length - end) * ROW;
    const lines = [];
    for (let n = start; n < end; n++) lines.push(row(shown[n]));
    body.replaceChildren(above, ...lines, below);
  };
  const filter = () => {
    const text = search.value.trim().toLowerCase(), p = platform.value, who = person.value;
    shown = text || p || who ? order.filter((i) => (p === "" || data.platform[i] === +p) && (who === "" || data.person[i] === +who) && (!text || data.title[i].toLowerCase().includes(text))) : order;
    told.textContent = words.shown.replace("{n}", count.format(shown.length)).replace("{m}", count.format(many));
    view.scrollTop = 0;
    draw(true);
  };
  const compare = new Intl.Collator(words.language).compare;
  const sort = () => {
    const { key, text } = columns[by], keys = Array.from({ length: many }, (_, i) => key(i));
    order = Int32Array.from({ length: many }, (_, i) => i).sort((a, b) => {
      const x = keys[a], y = keys[b];
      // what is unknown stays last, whichever way the rest is sorted
      if (x === null || y === null) return (x === null) - (y === null) || a - b;
      return (up ? 1 : -1) * (text ? compare(x, y) : x - y) || a - b;
    });
    filter();
  };
  const mark = () => [...head.cells].forEach((cell, n) => (n === by ? cell.setAttribute("aria-sort", up ? "ascending" : "descending") : cell.removeAttribute("aria-sort")));
  columns.forEach((column, n) => {
    const button = make("button", { type: "button", textContent: column.name });
    button.addEventListener("click", () => {
      up = by === n ? !up : Boolean(column.text);
      by = n;
      mark();
      sort();
    });
    head.append(make("th", { scope: "col", className: column.number ? "r" : "" }, button));
  });
  for (const box of [search, platform, person]) box.addEventListener("input", filter);
  view.addEventListener("scroll", () => draw(false), { passive: true });
  all.replaceChildren(make("div", { className: "tools" }, search, platform, person, told), view);
  mark();
  filter();
  document.documentElement.dataset.ready = "posts";
})();
