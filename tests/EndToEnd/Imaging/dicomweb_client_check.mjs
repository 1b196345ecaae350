// The npm package dicomweb-client in Chromium against an archive: stores, searches, metadata, an instance, a frame.
// Arguments: address of the services, Study, Series and SOP Instance UID, file to store (empty for none), a PatientName that is asked for; a token.
import fs from 'node:fs';
import { chromium } from 'playwright-core';

const [url, study, series, instance, file, name, token] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
// The answers of the services let no page run a script; here one is put into them.
const page = await browser.newPage({ bypassCSP: true });
await page.goto(`${url}/studies`);
await page.addScriptTag({ path: 'node_modules/dicomweb-client/build/dicomweb-client.js' });
const result = await page.evaluate(async ([url, study, series, instance, base64, name, token]) => {
  const client = new globalThis.DICOMwebClient.api.DICOMwebClient({ url, headers: token ? { Authorization: `Bearer ${token}` } : {} });
  const dataset = Uint8Array.from(atob(base64), c => c.charCodeAt(0)).buffer;
  if (base64) await client.storeInstances({ datasets: [dataset] });
  const uids = { studyInstanceUID: study, seriesInstanceUID: series };
  const one = await client.retrieveInstance({ ...uids, sopInstanceUID: instance });
  const frames = await client.retrieveInstanceFrames({ ...uids, sopInstanceUID: instance, frameNumbers: [1] });
  return {
    studies: (await client.searchForStudies({ queryParams: { PatientName: name } })).length,
    instances: (await client.searchForInstances(uids)).length,
    metadata: (await client.retrieveSeriesMetadata(uids)).length,
    instance: one.byteLength,
    frame: frames[0].byteLength,
  };
}, [url, study, series, instance, file ? fs.readFileSync(file).toString('base64') : '', name, token]);
console.log(JSON.stringify(result));
await browser.close();
