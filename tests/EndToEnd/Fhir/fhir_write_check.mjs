// fhir-kit-client and fhirclient, unchanged, write to a running server. Arguments: address of /fhir, token, a transaction as JSON.
import * as Kit from 'fhir-kit-client';
import { createRequire } from 'node:module';

const [base, token, transaction] = process.argv.slice(2);
const found = {};
const KitClient = Kit.Client ?? Kit.default?.default ?? Kit.default;
const kit = new KitClient({ baseUrl: base, bearerToken: token, customHeaders: { 'Yunnao-Purpose': 'care' } });
const patient = { resourceType: 'Patient', name: [{ family: 'Kit' }], gender: 'female', birthDate: '2000-01-01' };

const created = await kit.create({ resourceType: 'Patient', body: patient });
found.created = created.birthDate;
found.read = (await kit.read({ resourceType: 'Patient', id: created.id })).id === created.id;
const updated = await kit.update({ resourceType: 'Patient', id: created.id, body: { ...patient, id: created.id, gender: 'male' } });
found.updated = [updated.id === created.id, updated.gender, updated.meta.versionId];
const once = { options: { headers: { 'If-None-Exist': 'identifier=kit-once' } }, resourceType: 'Patient', body: patient };
found.once = (await kit.create(once)).id === (await kit.create(once)).id;
const answered = await kit.transaction({ body: JSON.parse(transaction) });
found.transaction = answered.entry.map(e => e.response.status);
const person = answered.entry[0].response.location.split('/')[1];
found.observations = (await kit.search({ resourceType: 'Observation', searchParams: { patient: person } })).entry.map(e => e.resource.valueQuantity.value).sort();
found.batch = (await kit.batch({ body: { resourceType: 'Bundle', type: 'batch', entry: [{ request: { method: 'GET', url: `Patient/${person}` } }] } })).entry[0].resource.id === person;
try {
  await kit.create({ resourceType: 'Patient', body: { ...patient, birthDate: 'yesterday' } });
} catch (e) {
  found.refused = (e.response?.data ?? e.body ?? {}).issue?.[0]?.expression?.[0] ?? `${e.response?.status ?? e.message}`;
}

const smart = createRequire(import.meta.url)('fhirclient');
const session = smart(
  { headers: {}, url: '/', get: () => undefined }, { },
  { get: async () => undefined, set: async (_, v) => v, unset: async () => true },
).client({ serverUrl: base, tokenResponse: { access_token: token } });
const headers = { headers: { 'Yunnao-Purpose': 'care' } };
const smartCreated = await session.create(patient, headers);
found.smartCreated = smartCreated.birthDate;
found.smartUpdated = (await session.update({ ...patient, id: smartCreated.id, birthDate: '2001-01-01' }, headers)).birthDate;
console.log(JSON.stringify(found));
