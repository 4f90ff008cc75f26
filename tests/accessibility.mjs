// Are the pages of the review app usable by everybody? Runs axe-core in headless Chromium on every page of a running app, light and dark, wide and
// narrow, and fails on serious and critical findings.
//
//   node tests/accessibility.mjs http://127.0.0.1:8817 path/to/axe.min.js [folder for screenshots]
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [base, axePath, shots] = process.argv.slice(2);
const axe = readFileSync(axePath, "utf8");
const driver = spawn("chromedriver", ["--port=0"]);
const port = await new Promise((resolve, reject) => {
  driver.on("error", reject);
  driver.stdout.on("data", (text) => {
    const found = /successfully on port (\d+)/.exec(String(text));
    if (found) resolve(found[1]);
  });
});
const call = async (method, path, body) => {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, body: body && JSON.stringify(body) });
  const { value } = await answer.json();
  if (value?.error) throw new Error(`${path}: ${value.message}`);
  return value;
};
const open = async (width, dark) => {
  const args = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update", "--no-first-run",
    `--window-size=${width},1400`, `--user-data-dir=${mkdtempSync(join(tmpdir(), "axe-"))}`];
  if (dark) args.push("--blink-settings=preferredColorScheme=0");
  const opened = await call("POST", "/session", { capabilities: { alwaysMatch: { "goog:chromeOptions": { args } } } });
  return `/session/${opened.sessionId}`;
};
let failures = 0;
try {
  const pages = ["/", "/search?q=invoice", "/search", "/themes", "/hotline?status=all", "/meeting", "/initiatives", "/accounts", "/rules", "/data", "/runs", "/you"];
  for (const [name, width, dark] of [["wide", 1280, false], ["dark", 1280, true], ["phone", 390, false], ["zoom", 320, false]]) {
    const session = await open(width, dark);
    await call("POST", `${session}/timeouts`, { script: 60000 });
    // A window has a least width: below it the page is told another. 1280 pixels at 400 % are 320.
    const params = { width, height: 1400, deviceScaleFactor: 1, mobile: width < 600 };
    await call("POST", `${session}/goog/cdp/execute`, { cmd: "Emulation.setDeviceMetricsOverride", params });
    const run = (script) => call("POST", `${session}/execute/sync`, { script, args: [] });
    const all = [...pages];
    for (const [page, begin] of [["/search?q=invoice", "/verbatim/"], ["/hotline?status=all", "/case/"], ["/themes", "/theme/"]]) {
      await call("POST", `${session}/url`, { url: base + page });
      const link = await run(`return document.querySelector('main a[href^="${begin}"]')?.getAttribute("href")`);
      if (link) all.push(link);
    }
    for (const page of all) {
      await call("POST", `${session}/url`, { url: base + page });
      if (shots) {
        mkdirSync(shots, { recursive: true });
        const png = await call("GET", `${session}/screenshot`);
        writeFileSync(join(shots, `${name}-${page.replace(/\W+/g, "_")}.png`), Buffer.from(png, "base64"));
      }
      const wide = await run("return document.documentElement.scrollWidth - document.documentElement.clientWidth");
      if (wide > 1) { failures++; console.log(`${name} ${page}: ${wide} px wider than the window`); }
      const script = `${axe}; const done = arguments[arguments.length - 1];
        axe.run(document, { resultTypes: ["violations"] }).then((r) => done(r.violations.map((v) =>
          ({ id: v.id, impact: v.impact, nodes: v.nodes.slice(0, 3).map((n) => n.target.join(" ") + " " + (n.any[0]?.message ?? "")) }))));`;
      const found = await call("POST", `${session}/execute/async`, { script, args: [] });
      for (const finding of found) {
        const isSerious = ["serious", "critical"].includes(finding.impact);
        if (isSerious) failures++;
        console.log(`${name} ${page}: ${finding.impact} ${finding.id}: ${finding.nodes.join(" | ")}`);
      }
    }
    await call("DELETE", session);
  }
} finally {
  driver.kill();
}
console.log(failures === 0 ? "no serious finding on any page" : `${failures} serious findings`);
process.exit(failures === 0 ? 0 : 1);
