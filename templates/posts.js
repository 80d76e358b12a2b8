// All posts from the block of columns: sorted, filtered, a page of rows at a time.
"use strict";
(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const data = read("posts"), words = read("words"), all = document.getElementById("all");
  const table = all.querySelector("table"), body = table.tBodies[0], heads = [...table.tHead.rows[0].cells];
  const many = data.title.length, ROWS = 100;
  const number = new Intl.NumberFormat(words.language);
  const count = (value) => number.format(value).replace("-", "\u2212");
  const date = (day) => {  // as the page writes days
    const at = new Date(day * 864e5), first = words.language === "fr" && at.getUTCDate() === 1;
    return `${first ? "1er" : at.getUTCDate()}\u00a0${words.months[at.getUTCMonth()]}\u00a0${at.getUTCFullYear()}`;
  };
  document.getElementById("first").remove();  // with this script, all are here
  const make = (tag, props = {}, ...inside) => {
    const it = Object.assign(document.createElement(tag), props);
    it.append(...inside);
    return it;
  };
  const apart = (text) => make("bdi", { textContent: text });
  const wrote = (i) => {  // a post's text, in its own language where that is known
    const it = apart(data.title[i]);
    if (data.language && data.language[i] >= 0) it.lang = data.languages[data.language[i]];
    return it;
  };
  const unknown = () => make("span", { className: "na", title: words.unknown }, make("span", { className: "vh", textContent: words.unknown }));

  const columns = [
    { key: (i) => data.title[i], text: true, draw: (i) => {
      if (data.tail[i] === null) return wrote(i);
      const link = make("a", { href: data.heads[data.head[i]] + data.tail[i], rel: "noopener noreferrer nofollow" }, wrote(i));
      return /^https?:$/.test(link.protocol) ? link : wrote(i);
    } },
    { key: (i) => (data.person[i] < 0 ? null : data.people[data.person[i]][0]), text: true, draw: (i) => {
      if (data.person[i] < 0) return unknown();
      const [name, page] = data.people[data.person[i]];
      return make("a", { href: all.dataset.root + page }, apart(name));
    } },
    { key: (i) => words.platforms[data.platform[i]], text: true, draw: (i) => words.platforms[data.platform[i]] },
    { key: (i) => data.day[i], draw: (i) => (data.day[i] === null ? unknown() : date(data.day[i])) },
    ...data.metrics.map((metric) => ({ key: (i) => data[metric][i], draw: (i) => (data[metric][i] === null ? unknown() : count(data[metric][i])) })),
  ];
  columns.forEach((column, n) => Object.assign(column, { name: heads[n].textContent, head: heads[n] }));

  let order = Int32Array.from({ length: many }, (_, i) => i), shown = order, page = 0, lower = null;
  let by = words.leading === null ? -1 : 4 + data.metrics.indexOf(words.leading), up = false;

  const row = (i) => {
    const line = make("tr");
    columns.forEach(({ name, head, draw }, n) => {
      const cell = make(n ? "td" : "th", { className: n ? head.className : "post", hidden: head.hidden }, draw(i));
      if (n) cell.dataset.l = name;
      else cell.scope = "row";
      line.append(cell);
    });
    return line;
  };
  const choose = (first, names) => {
    const box = make("select", { ariaLabel: first }, make("option", { value: "", textContent: first }));
    names.forEach((name, n) => box.append(make("option", { value: n, textContent: name })));
    return box;
  };
  const search = make("input", { type: "search", placeholder: words.filter, ariaLabel: words.filter });
  const platform = choose(words.every, words.platforms);
  const person = choose(words.everybody, data.people.map((p) => p[0]));
  const sorting = choose(words.sort, columns.map((c) => c.name));  // where the heads are out of sight
  sorting.className = "by";
  const told = make("output", { className: "quiet" });
  const back = make("button", { type: "button", className: "more", textContent: words.previous });
  const next = make("button", { type: "button", className: "more", textContent: words.next });
  const place = make("span", { className: "quiet" });
  const turner = make("nav", { className: "turner", ariaLabel: words.turn }, back, place, next);

  const draw = () => {
    const last = Math.max(1, Math.ceil(shown.length / ROWS));
    page = Math.max(0, Math.min(page, last - 1));
    body.replaceChildren(...Array.from(shown.subarray(page * ROWS, (page + 1) * ROWS), row));
    back.disabled = page === 0;
    next.disabled = page === last - 1;
    turner.hidden = last === 1;
    place.textContent = words.page.replace("{n}", count(page + 1)).replace("{m}", count(last));
  };
  const turn = (step) => {
    page += step;
    draw();
    all.scrollIntoView();
  };
  const filter = () => {
    const text = search.value.trim().toLowerCase(), p = platform.value, who = person.value;
    if (text) lower ??= data.title.map((title) => title.toLowerCase());
    shown = text || p || who ? order.filter((i) => (p === "" || data.platform[i] === +p) && (who === "" || data.person[i] === +who) && (!text || lower[i].includes(text))) : order;
    told.textContent = words.shown.replace("{n}", count(shown.length));
    page = 0;
    draw();
  };
  const compare = new Intl.Collator(words.language).compare;
  const sort = (n) => {
    const { key, text } = columns[n], keys = Array.from({ length: many }, (_, i) => key(i));
    up = by === n ? !up : Boolean(text);
    by = n;
    order = Int32Array.from({ length: many }, (_, i) => i).sort((a, b) => {
      const x = keys[a], y = keys[b];
      // what is unknown stays last, whichever way the rest is sorted
      if (x === null || y === null) return (x === null) - (y === null) || a - b;
      return (up ? 1 : -1) * (text ? compare(x, y) : x - y) || a - b;
    });
    mark();
    filter();
  };
  const mark = () => columns.forEach(({ head }, n) => (n === by ? head.setAttribute("aria-sort", up ? "ascending" : "descending") : head.removeAttribute("aria-sort")));
  columns.forEach(({ head, name }, n) => {
    const button = make("button", { type: "button", textContent: name });
    button.addEventListener("click", () => sort(n));
    head.replaceChildren(button);
  });
  const set = make("fieldset", {}, make("legend", { textContent: words.columns }));
  columns.slice(1).forEach(({ head, name }, n) => {
    const box = make("input", { type: "checkbox", checked: true });
    box.addEventListener("change", () => {
      head.hidden = !box.checked;
      for (const line of body.rows) line.cells[n + 1].hidden = head.hidden;
    });
    set.append(make("label", {}, box, name));
  });
  for (const box of [search, platform, person]) box.addEventListener("input", filter);
  sorting.addEventListener("input", () => { if (sorting.value !== "") sort(+sorting.value); });
  back.addEventListener("click", () => turn(-1));
  next.addEventListener("click", () => turn(1));
  all.prepend(make("div", { className: "tools" }, search, platform, person, sorting, set, told));
  all.append(turner);
  mark();
  filter();
  document.documentElement.dataset.ready = "posts";
})();
