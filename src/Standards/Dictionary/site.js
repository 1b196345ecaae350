"use strict";
(() => {
  const html = document.documentElement, root = html.dataset.root;
  const input = document.getElementById("q"), list = document.getElementById("hits"), count = document.getElementById("count");
  const most = 60;
  const words = { d: ["数据集", "data set"], i: ["数据项", "item"], v: ["值域", "value set"], e: ["数据元", "data element"], m: ["映射", "mapping"], r: ["校验", "check"], c: ["代码", "code"], q: ["质量指标", "measure of quality"] };

  // Language: what was chosen before, else that of the browser.
  const remember = value => { try { localStorage.setItem("yunnao-lang", value); } catch { /* a file page may have no storage */ } };
  const remembered = () => { try { return localStorage.getItem("yunnao-lang"); } catch { return null; } };
  const speak = value => {
    html.dataset.lang = value;
    html.lang = value === "en" ? "en" : "zh";
    for (const button of document.querySelectorAll("#languages button")) button.setAttribute("aria-pressed", String(button.dataset.lang === value));
  };
  for (const button of document.querySelectorAll("#languages button")) {
    button.addEventListener("click", () => { speak(button.dataset.lang); remember(button.dataset.lang); show(); });
  }
  speak(remembered() ?? (navigator.language.startsWith("zh") ? "zh" : "en"));

  // The index is a script of its own, fetched when somebody begins to search.
  const loads = {};
  const load = name => loads[name] ??= new Promise(done => {
    const script = document.createElement("script");
    script.src = `${root}assets/${name}.js`;
    script.onload = script.onerror = done;
    document.head.append(script);
  });

  const weight = (id, zh, en, asked) => {
    let sum = 0;
    for (const word of asked) {
      let best = 0;
      for (const text of [id, zh, en]) {
        const at = text.toLowerCase().indexOf(word);
        if (at >= 0) best = Math.max(best, at > 0 ? 1 : text.length === word.length ? 4 : 2);
      }
      if (best === 0) return 0;
      sum += best;
    }
    return sum;
  };

  const find = asked => {
    const hits = [];
    for (const [kind, id, zh, en, url] of window.yunnaoIndex ?? []) {
      const value = weight(id, zh, en, asked);
      if (value > 0) hits.push({ kind, id, zh, en, url, value: value * 2 });
    }
    for (const [set, ...codes] of window.yunnaoCodes ?? []) {
      for (const [code, zh, en = zh] of codes) {
        const value = weight(code, zh, en, asked);
        if (value > 0) hits.push({ kind: "c", id: `${set}:${code}`, zh, en, url: `v/${set}.html#c-${code}`, value });
      }
    }
    return hits.sort((a, b) => b.value - a.value || a.id.length - b.id.length || (a.id < b.id ? -1 : 1));
  };

  const line = hit => {
    const item = document.createElement("li"), link = document.createElement("a"), name = document.createElement("b");
    const english = html.dataset.lang === "en";
    link.href = root + hit.url;
    name.textContent = hit.id;
    const title = html.dataset.lang === "both" && hit.zh !== hit.en ? `${hit.zh} ${hit.en}` : english ? hit.en : hit.zh;
    link.append(name, ` ${title} · ${words[hit.kind][english ? 1 : 0]}`);
    item.append(link);
    return item;
  };

  const show = () => {
    const asked = input.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    if (asked.length === 0) {
      list.replaceChildren();
      count.textContent = "";
      return;
    }
    const hits = find(asked);
    list.replaceChildren(...hits.slice(0, most).map(line));
    count.textContent = html.dataset.lang === "en" ? `${hits.length} found` : `找到 ${hits.length} 条`;
  };

  let timer = 0;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => load("entries").then(show).then(() => load("codes")).then(show), 80);
  });
  document.getElementById("find").addEventListener("submit", event => {
    event.preventDefault();
    list.querySelector("a")?.click();
  });

  // "/" goes to the search, arrows through what was found, Escape back.
  document.addEventListener("keydown", event => {
    const links = [...list.querySelectorAll("a")], at = links.indexOf(document.activeElement);
    if (event.key === "/" && document.activeElement !== input) {
      event.preventDefault();
      input.focus();
    } else if (event.key === "ArrowDown" && (at >= 0 || document.activeElement === input) && links.length > 0) {
      event.preventDefault();
      links[Math.min(at + 1, links.length - 1)].focus();
    } else if (event.key === "ArrowUp" && at >= 0) {
      event.preventDefault();
      (at === 0 ? input : links[at - 1]).focus();
    } else if (event.key === "Escape" && (at >= 0 || document.activeElement === input)) {
      input.value = "";
      show();
      input.focus();
    }
  });
})();
