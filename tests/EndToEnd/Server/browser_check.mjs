// A person in Chromium and a program on this machine: authorisation code with PKCE, refresh, reuse of a refresh token, and the page of the interfaces.
// Arguments: address of the server, name and first password of an account, id of a public application, port of its return address.
import { createServer } from 'node:http';
import { createHash, randomBytes } from 'node:crypto';
import { chromium } from 'playwright-core';

const [site, name, first, client, port] = process.argv.slice(2);
const redirect = `http://127.0.0.1:${port}/return`, password = 'Correct-horse-7-battery';
const errors = [];
const picture = async (page, what) => { if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/${what}.png`, fullPage: true }); };

const verifier = randomBytes(32).toString('base64url');
const challenge = createHash('sha256').update(verifier).digest('base64url');
let returned;
const came = new Promise(resolve => { returned = resolve; });
const program = createServer((request, answer) => {
  const at = new URL(request.url, redirect);
  answer.end('<p>You can close this page.</p>');
  if (at.pathname === '/return') returned(at.searchParams);
}).listen(Number(port), '127.0.0.1');

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const page = await browser.newPage({ viewport: { width: 1000, height: 760 }, locale: 'zh-CN' });
// The program's own page has no icon; what a wrong entry answers is no error of the page.
page.on('console', m => { if (m.type() === 'error' && !/favicon|status of 40[01]/.test(m.text() + m.location().url)) errors.push(m.text().slice(0, 300)); });
page.on('pageerror', e => errors.push(String(e).slice(0, 300)));

await page.goto(`${site}connect/authorize?response_type=code&client_id=${client}&redirect_uri=${encodeURIComponent(redirect)}&scope=openid%20offline_access%20yunnao&state=abc&code_challenge_method=S256&code_challenge=${challenge}`);
await picture(page, 'sign-in-zh');
await page.fill('#name', name);
await page.fill('#password', 'wrong');
await page.click('main form button');
await page.waitForSelector('.problem');
await picture(page, 'sign-in-wrong-zh');
await page.fill('#name', name);
await page.fill('#password', first);
await page.click('main form button');
await page.waitForSelector('#again');
await picture(page, 'password-zh');
await page.fill('#current', first);
await page.fill('#new', password);
await page.fill('#again', password);
await page.click('main form button');
const answer = await Promise.race([came, new Promise((_, no) => setTimeout(() => no(new Error(`no code came; the browser is at ${page.url()}`)), 30000))]);
if (answer.get('state') !== 'abc') throw new Error('another state came back');

const token = async fields => (await fetch(`${site}connect/token`, { method: 'POST', body: new URLSearchParams({ client_id: client, ...fields }) })).json();
const ask = async access => (await fetch(`${site}api/v1/batches`, { headers: { Authorization: `Bearer ${access}` } })).status;
const tokens = await token({ grant_type: 'authorization_code', code: answer.get('code'), redirect_uri: redirect, code_verifier: verifier });
const batches = await ask(tokens.access_token);
const user = (await (await fetch(`${site}connect/userinfo`, { headers: { Authorization: `Bearer ${tokens.access_token}` } })).json()).preferred_username;
const next = await token({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token });
const refreshed = await ask(next.access_token);
const reused = (await token({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token })).error;
const afterReuse = await ask(next.access_token);

await page.goto(`${site}account?lang=en`);
await picture(page, 'account-en');
await page.goto(`${site}account?lang=zh`);
await picture(page, 'account-zh');
await page.goto(`${site}reference/`); // in the language chosen last
await page.getByRole('heading', { name: '云脑' }).first().waitFor({ timeout: 60000 });
await page.goto(`${site}reference/?lang=en`);
await page.getByRole('heading', { name: 'Yunnao' }).first().waitFor({ timeout: 60000 });
const operations = Object.values((await (await fetch(`${site}openapi/v1.json`)).json()).paths).flatMap(Object.keys).length;
await page.waitForTimeout(1500);
if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/reference.png` });
await browser.close();
program.close();
console.log(JSON.stringify({ batches, user, refreshed, reused, afterReuse, operations, errors }));
