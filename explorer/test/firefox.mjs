// Opens a page in Firefox by WebDriver BiDi and uses it: npm run firefox -- FILE [NAME].
// Fails when the page asks a network for anything, reports an error, or does not find the thing of that name.
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import puppeteer from "puppeteer-core";

const [file, wanted = "SenseTime"] = process.argv.slice(2);
if (!file) {
  console.error("name the page: npm run firefox -- explorer.html [NAME]");
  process.exit(2);
}
await readFile(file);
const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath: process.env["FIREFOX"] ?? "/usr/bin/firefox-esr",
  headless: true,
  // Firefox asks its maker for settings and lists of its own accord.
  extraPrefsFirefox: { "network.proxy.type": 1, "network.proxy.http": "127.0.0.1", "network.proxy.http_port": 9 },
});
const wrong = [];
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(30_000);
  page.on("request", (request) => {
    if (!/^(file|blob|data):/.test(request.url())) wrong.push(`asked for ${request.url()}`);
  });
  page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
  page.on("console", (line) => {
    if (line.type() === "error") wrong.push(`console: ${line.text()}`);
  });
  await page.goto(pathToFileURL(file).href);
  const things = await page.waitForSelector("[role=application]", { visible: true });
  console.log(await things.evaluate((one) => one.getAttribute("aria-label")));

  await page.keyboard.press("/");
  await page.waitForFunction(() => document.activeElement.id === "find");
  await page.keyboard.type(wanted);
  await page.waitForSelector("[role=option]", { visible: true });
  await page.keyboard.press("Enter");
  await page.waitForFunction(
    (name) => document.querySelector("[aria-label=Evidence] h2")?.textContent === name,
    {},
    wanted,
  );
  console.log(`found ${wanted}`);

  await page.evaluate(() => (location.hash = "panel=questions&question=contradictions"));
  await page.waitForSelector("[aria-label=Answer] table");
  const told = await page.$eval("[aria-label=Answer] [role=status]", (one) => one.textContent);
  const rows = await page.$$eval("[aria-label=Answer] tbody tr", (found) => found.length);
  if (!told?.startsWith(`${rows} row`)) wrong.push(`told “${told}” of ${rows} rows`);
  console.log(`contradictions: ${rows} rows`);
} catch (error) {
  wrong.push(String(error));
} finally {
  await browser.close();
}
for (const line of wrong) console.error(line);
process.exitCode = wrong.length ? 1 : 0;
