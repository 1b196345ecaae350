// The browser build of fhirclient, unchanged, in headless Chromium: a standalone launch with a person, and one out of a record
// system. Arguments: address of /fhir, name and first password of an account, id of a public application, port of its page, id of a patient, a launch and one of another institution.
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const [base, name, first, client, port, patient, launch, another] = process.argv.slice(2);
const site = `http://127.0.0.1:${port}`, password = 'Correct-horse-7-battery';
const library = readFileSync('node_modules/fhirclient/build/fhir-client.js');
const pages = {
  '/launch.html': `<script src="/fhir-client.js"></script><script>FHIR.oauth2.authorize({ iss: '${base}', clientId: '${client}', scope: 'launch/patient openid patient/Patient.rs patient/Condition.read', redirectUri: '/app.html', pkceMode: 'required' });</script>`,
  '/ehr.html': `<script src="/fhir-client.js"></script><script>FHIR.oauth2.authorize({ clientId: '${client}', scope: 'launch openid patient/Patient.rs patient/Condition.read', redirectUri: '/app.html', pkceMode: 'required' });</script>`,
  '/app.html': `<script src="/fhir-client.js"></script><script>
    const status = (smart, path) => smart.request(path).then(() => 200, e => e.status ?? e.statusCode ?? (/(\\d{3})/.exec(e.message) ?? [])[1] ?? e.message);
    FHIR.oauth2.ready().then(async smart => {
      const conditions = (await smart.request('Condition?patient=' + smart.patient.id + '&_count=3', { pageLimit: 0, flat: true })).map(c => c.id);
      window.found = { patient: smart.patient.id, encounter: smart.encounter.id, read: (await smart.patient.read()).id, conditions, all: (await smart.request('Condition?_count=1&_total=accurate')).total,
        observations: Number(await status(smart, 'Observation')), other: Number(await status(smart, 'Patient/1')) };
    }).catch(e => { window.found = { error: String(e) }; });</script>`,
};
const server = createServer((request, answer) => {
  const at = new URL(request.url, site).pathname;
  answer.setHeader('Content-Type', at.endsWith('.js') ? 'text/javascript' : 'text/html');
  answer.end(at === '/fhir-client.js' ? library : pages[at] ?? '');
}).listen(Number(port), '127.0.0.1');

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const page = await browser.newPage({ viewport: { width: 1000, height: 760 }, locale: 'zh-CN' });
page.on('console', m => { if (m.type() === 'error') console.error(m.text().slice(0, 300)); });
await page.goto(`${site}/launch.html`);
await page.waitForSelector('#name');
await page.fill('#name', name);
await page.fill('#password', first);
await page.click('main form button');
await page.waitForSelector('#again');
await page.fill('#current', first);
await page.fill('#new', password);
await page.fill('#again', password);
await page.click('main form button');
await page.waitForSelector('#launch_patient');
if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/launch-patient-zh.png` });
await page.fill('#launch_patient', patient);
await page.click('main form button');
await page.waitForFunction(() => window.found, null, { timeout: 60000 });
const found = await page.evaluate(() => window.found);

// The record system opens the application for what it looks at: nobody is asked. A launch of another institution is none.
await page.goto(`${site}/ehr.html?iss=${encodeURIComponent(base)}&launch=${launch}`);
await page.waitForFunction(() => window.found, null, { timeout: 60000 });
found.launched = await page.evaluate(() => window.found);
await page.goto(`${site}/ehr.html?iss=${encodeURIComponent(base)}&launch=${another}`);
await page.waitForFunction(() => window.found, null, { timeout: 60000 });
found.another = (await page.evaluate(() => window.found)).error;
await browser.close();
server.close();
if (found.error) throw new Error(found.error);
console.log(JSON.stringify(found));
