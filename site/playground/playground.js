// The playground: the command edge-filters, asked anew at each change. What was written is in the page's address, so that it can be sent
// to somebody; nothing else leaves the page.
"use strict";

(() => {
  const TEST_KEY = {
    alg: "ES256", crv: "P-256", kty: "EC", kid: "oco91oC6u-3X66Zy",
    d: "XZ6FITXJCoCzilNA1_QFbaXnA3p_P4LmKS_dCpJ7QnI",
    x: "_5IGynEBR2XdZ4yZQBtZAUIBzlsLYDAjtyVm-bE8NvU",
    y: "U6iSEX-Z4yfxNrZlBYEPFmvlXULZBjbQ6YWKht7UTpA",
  };
  const FILTERS = ["jwt-auth", "rate-limit", "geo-routing", "cache-headers", "compression-negotiation", "edge-suite"];
  const START = {
    name: "policy", view: "explain", filter: "", method: "GET", url: "https://example.com/orders/1", headers: "", claims: "", peer: "",
    country: "", clock: "1800000000", repeat: "1", status: "", answer: "", cases: "",
    policy: "policies:\n  per_client: {key: client_ip, requests: 5, per: 1m}\n",
  };
  const root = document.getElementById("pg");
  const state = { ...START };
  let compiled;

  const element = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else made.setAttribute(name, value);
    }
    made.append(...children);
    return made;
  };

  const fields = {};
  const field = (name, label, tag = "input", attributes = {}) => {
    const changed = () => {
      state[name] = fields[name].value;
      changedSoon();
    };
    fields[name] = element(tag, { id: `pg-${name}`, spellcheck: "false", autocomplete: "off", ...attributes, oninput: changed });
    return element("label", { class: `pg-${name}` }, element("span", {}, label), fields[name]);
  };
  const choice = (name, label, options) => {
    const made = field(name, label, "select");
    fields[name].append(...options.map(([value, shown]) => element("option", { value }, shown)));
    return made;
  };

  const output = element("pre", { id: "pg-output", tabindex: "0", role: "region", "aria-label": "The answer", "aria-live": "polite" });
  const recipes = element("select", { id: "pg-recipe", onchange: () => takeRecipe(recipes.value) }, element("option", { value: "" }, "your own"));
  const told = element("span", { role: "status" });
  const views = ["explain", "check", "test"].map((view) =>
    element("button", { type: "button", id: `pg-${view}`, "aria-pressed": "false", onclick: () => show(view) }, view),
  );

  root.append(
    element(
      "div", { class: "pg-bar" },
      element("label", {}, element("span", {}, "Recipe"), recipes),
      choice("filter", "Whose policy", [["", "as it shows"], ...FILTERS.map((name) => [name, name])]),
      element("button", { type: "button", id: "pg-share", onclick: share }, "Copy a link"), told,
    ),
    element(
      "div", { class: "pg-halves" },
      element("div", { class: "pg-left" }, field("policy", "Policy: a whole envoy.yaml, a manifest, or a filter's own", "textarea", { wrap: "off" })),
      element(
        "div", { class: "pg-right" },
        element(
          "div", { class: "pg-request" },
          element("div", { class: "pg-line" }, choice("method", "Method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].map((name) => [name, name])), field("url", "Address")),
          field("headers", "Headers, one a line; {token} is the token below", "textarea", { rows: "3" }),
          field("claims", "Claims of a token, as JSON: signed with the playground’s key, which every key set has", "textarea", { rows: "4" }),
          element("div", { class: "pg-line" }, field("peer", "Client’s address", "input", { placeholder: "192.0.2.1" }), field("country", "Country", "input", { maxlength: "2" }), field("repeat", "Times", "input", { inputmode: "numeric" })),
          element("div", { class: "pg-line" }, field("clock", "When (Unix seconds)"), field("status", "Upstream’s status"), field("answer", "Upstream’s headers, one a line", "textarea", { rows: "1" })),
        ),
        element("div", { class: "pg-tests" }, field("cases", "Cases, for edge-filters test", "textarea", { wrap: "off" })),
      ),
    ),
    element("div", { class: "pg-views", role: "group", "aria-label": "What to ask" }, ...views),
    output,
  );

  function show(view) {
    state.view = view;
    root.dataset.view = view;
    for (const button of views) button.setAttribute("aria-pressed", String(button.textContent === view));
    answer();
  }

  // One answer at a time, for the state as it is then.
  let timer, running = false, again = false;
  function changedSoon() {
    clearTimeout(timer);
    timer = setTimeout(answer, 150);
  }

  async function answer() {
    if (!compiled) return;
    if (running) {
      again = true;
      return;
    }
    running = true;
    try {
      write(await ask());
    } catch (error) {
      write(`The playground itself failed: ${error}`);
    }
    running = false;
    output.dataset.answered = String(Number(output.dataset.answered ?? 0) + 1);
    if (again) {
      again = false;
      answer();
    }
  }

  async function ask() {
    const policy = `${state.name}.yaml`;
    // As where the modules are built.
    const modules = FILTERS.map((name) => [`dist/${name}.wasm`, ""]);
    const files = { [policy]: state.policy, ...Object.fromEntries(modules) };
    const told = ({ out, err }) => out + err;
    const whose = state.filter ? ["--filter", state.filter] : [];
    if (state.view === "check") return told(await command(["--color", "always", "check", ...whose, policy], files));
    if (state.view === "test") {
      files["cases.yaml"] = state.cases;
      return told(await command(["--color", "always", "test", ...whose, "cases.yaml"], files));
    }
    let token = "";
    if (state.claims.trim()) {
      files["key.json"] = JSON.stringify(TEST_KEY);
      const minted = await command(["jwt", "mint", "--key", "key.json", "--jwks-out", "jwks.json", "--clock", state.clock, "--claims", state.claims], files);
      if (minted.code !== 0) return minted.err;
      token = minted.out.trim();
    }
    const lines = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);
    const args = ["--color", "always", "explain", ...whose, "-c", policy, "-X", state.method];
    for (const line of lines(state.headers)) args.push("-H", line.replace("{token}", token));
    for (const line of lines(state.answer)) args.push("--response-header", line);
    for (const [option, value] of [["--peer", state.peer], ["--country", state.country], ["--clock", state.clock], ["--repeat", state.repeat], ["--response-status", state.status]]) {
      if (value) args.push(option, value);
    }
    if (files["jwks.json"]) for (const cluster of keySets(state.policy)) args.push("--cluster", `${cluster}=jwks.json`);
    return told(await command([...args, "--", state.url], files));
  }

  function command(args, files) {
    return WASI.run(compiled, args, files);
  }

  /** The clusters that key sets come from. */
  function keySets(policy) {
    const found = policy.matchAll(/jwks:[^}]*?\bcluster:\s*["']?([\w.|-]+)/g);
    return new Set([...found].map(([, cluster]) => cluster));
  }

  /** Writes what the command printed: its colours as classes, the filters' names as links. */
  function write(text) {
    const parts = [];
    let style = "";
    for (const [, codes, plain] of `\x1b[0m${text}`.matchAll(/\x1b\[([\d;]*)m([^\x1b]*)/g)) {
      for (const code of codes.split(";")) {
        if (code === "" || code === "0") style = "";
        else style += ` sgr-${code}`;
      }
      if (plain) parts.push(element("span", style ? { class: style.trim() } : {}, ...linked(plain)));
    }
    output.replaceChildren(...parts);
  }

  function linked(text) {
    const pattern = new RegExp(`\\b(${FILTERS.join("|")})\\b`);
    return text.split(pattern).map((piece) => {
      if (!FILTERS.includes(piece)) return piece;
      return element("a", { href: piece === "edge-suite" ? "edge-suite.html" : `${piece}/overview.html` }, piece);
    });
  }

  async function takeRecipe(name) {
    if (!name) return;
    const files = {};
    await command(["init", name], files);
    if (!files[`${name}.yaml`]) return take(START);
    const cases = files[`${name}.cases.yaml`];
    take({ ...START, name, policy: files[`${name}.yaml`], cases, ...sample(cases) });
  }

  /** The first request of a recipe's cases that has a token, or the first of all. */
  function sample(cases) {
    const requests = cases.split("\n").filter((line) => line.includes("request: {"));
    const line = requests.find((one) => one.includes("eyJ")) ?? requests[0] ?? "";
    const value = (name) => line.match(new RegExp(`\\b${name}: "?([^,}"]+)`))?.[1];
    const found = { url: `https://example.com${value("path") ?? "/"}`, method: value("method") ?? "GET" };
    const token = line.match(/([\w-]+): (Bearer )?eyJ[\w-]*\.([\w-]+)/);
    if (token) {
      const { iat, exp, ...claims } = JSON.parse(new TextDecoder().decode(decoded(token[3])));
      const members = Object.entries(claims).map((member) => ` ${member.map((part) => JSON.stringify(part)).join(": ")}`);
      found.claims = `{\n${members.join(",\n")}\n}`;
      found.headers = `${token[1]}: ${token[2] ?? ""}{token}`;
    }
    return found;
  }

  function take(taken) {
    Object.assign(state, taken);
    for (const [name, input] of Object.entries(fields)) input.value = state[name];
    recipes.value = [...recipes.options].some((option) => option.value === state.name) ? state.name : "";
    show(state.view);
  }

  const decoded = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
  const encoded = (bytes) => {
    let text = "";
    for (const byte of bytes) text += String.fromCharCode(byte);
    return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  };
  const through = async (bytes, stream) => new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());

  async function share() {
    const changed = Object.fromEntries(Object.entries(state).filter(([name, value]) => value !== START[name]));
    const packed = await through(new TextEncoder().encode(JSON.stringify(changed)), new CompressionStream("deflate-raw"));
    history.replaceState(null, "", `#s=${encoded(packed)}`);
    try {
      await navigator.clipboard.writeText(location.href);
      told.textContent = "copied; it's in the address bar, too";
    } catch {
      told.textContent = "it's in the address bar";
    }
  }

  async function fromAddress() {
    const [kind, value] = location.hash.slice(1).split(/=(.*)/s);
    if (kind === "recipe") return takeRecipe(value);
    if (kind !== "s") return take(START);
    try {
      const unpacked = await through(decoded(value), new DecompressionStream("deflate-raw"));
      const shared = JSON.parse(new TextDecoder().decode(unpacked));
      // Only what the playground knows, and only texts.
      const known = Object.entries(shared).filter(([name, text]) => name in START && typeof text === "string");
      take({ ...START, ...Object.fromEntries(known) });
    } catch {
      take(START);
      told.textContent = "the link is damaged";
    }
  }

  async function begin() {
    write("loading …");
    const bytes = await through(decoded(EDGE_FILTERS_WASM), new DecompressionStream("gzip"));
    compiled = await WebAssembly.compile(bytes);
    const listed = await command(["init"], {});
    for (const [, name, goal] of listed.out.matchAll(/^([\w-]+) {2,}(.+)$/gm)) recipes.append(element("option", { value: name, title: goal }, name));
    await fromAddress();
    addEventListener("hashchange", fromAddress);
  }

  // mdBook listens for keys, and for its search among them.
  root.addEventListener("keydown", (event) => event.stopPropagation());
  begin().catch((error) => write(`The playground can't run here: ${error}`));
})();
