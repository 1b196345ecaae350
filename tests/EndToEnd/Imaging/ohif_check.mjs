// Opens the OHIF viewer in Chromium: the study list with descriptions, then a study with a slice drawn and all of its frames fetched.
// Arguments: address of the site, Study Instance UID, a patient's name and a description that the list must show, number of frames; where people
// sign in, name and password of an account.
import { chromium } from 'playwright-core';

const [site, study, name, description, frames, account, password] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist', '--disable-quic',
    '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const page = await browser.newPage({ viewport: { width: 1400, height: 850 } });
const errors = [];
const fetched = new Set();
// Browsers ask for an icon of the pages on which people sign in.
page.on('console', m => { if (m.type() === 'error' && !m.location().url.endsWith('/favicon.ico')) errors.push(m.text().slice(0, 200)); });
page.on('pageerror', e => errors.push(String(e).slice(0, 200)));
page.on('response', r => { if (/\/frames\/\d+$/.test(r.url()) && r.status() === 200) fetched.add(r.url()); });
await page.goto(site, { timeout: 60000 });
if (account) {
  await page.fill('#name', account, { timeout: 60000 });
  await page.fill('#password', password);
  await page.click('button');
}
await page.waitForSelector(`text=${name}`, { timeout: 60000 });
await page.waitForSelector(`text=${description}`, { timeout: 20000 });
if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/list.png` });
const list = await page.innerText('body');
await page.goto(`${site}/viewer?StudyInstanceUIDs=${study}`, { timeout: 60000 });
await page.waitForSelector('canvas', { timeout: 60000 });
for (let i = 0; i < 120 && fetched.size < Number(frames); i++) await page.waitForTimeout(500);
await page.waitForTimeout(2000);
if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/viewer.png` });
// The slice is drawn when the canvas shows more than one shade.
const shades = await page.evaluate(() => {
  const canvas = [...document.querySelectorAll('canvas')].sort((a, b) => b.width * b.height - a.width * a.height)[0];
  const copy = document.createElement('canvas');
  [copy.width, copy.height] = [64, 64];
  const context = copy.getContext('2d');
  context.drawImage(canvas, 0, 0, 64, 64);
  return new Set(context.getImageData(0, 0, 64, 64).data).size;
});
console.log(JSON.stringify({ frames: fetched.size, shades, errors, list }));
await browser.close();
