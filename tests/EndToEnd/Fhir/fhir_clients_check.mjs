// fhir-kit-client and fhirclient, unchanged, against a running server. Arguments: address of /fhir, token, id of a patient.
import * as Kit from 'fhir-kit-client';
import { createRequire } from 'node:module';

const [base, token, patient] = process.argv.slice(2);
const found = {};
const ids = bundle => (bundle.entry ?? []).map(e => e.resource.id);

const KitClient = Kit.Client ?? Kit.default?.default ?? Kit.default;
const kit = new KitClient({ baseUrl: base, bearerToken: token });
found.version = (await kit.capabilityStatement()).fhirVersion;
found.smart = (await kit.smartAuthMetadata()).tokenUrl?.toString();
found.read = (await kit.read({ resourceType: 'Patient', id: patient })).id;
let page = await kit.search({ resourceType: 'Condition', searchParams: { patient, _count: 3 } });
found.searched = [];
while (page) {
  found.searched.push(...ids(page));
  page = await kit.nextPage({ bundle: page });
}
found.posted = ids(await kit.search({ resourceType: 'Condition', searchParams: { patient, _count: 1000 }, options: { postSearch: true } }));
found.resolved = (await kit.resolve({ reference: `Patient/${patient}` })).id;
found.everything = ids(await kit.operation({ resourceType: 'Patient', id: patient, name: 'everything', method: 'GET' }))[0];
try {
  await kit.read({ resourceType: 'Patient', id: '0' });
} catch (e) {
  found.missing = (e.response?.data ?? e.body ?? {}).issue?.[0]?.details?.coding?.[0]?.code ?? `${e.response?.status ?? e.message}`;
}

// The client of browsers, in its form for servers: a session that has its token.
const smart = createRequire(import.meta.url)('fhirclient');
const session = smart(
  { headers: {}, url: '/', get: () => undefined }, { },
  { get: async () => undefined, set: async (_, v) => v, unset: async () => true },
).client({ serverUrl: base, tokenResponse: { access_token: token, patient } });
found.smartPatient = (await session.patient.read()).id;
found.smartPages = (await session.request(`Condition?patient=${patient}&_count=3`, { pageLimit: 0, flat: true })).map(r => r.id);
console.log(JSON.stringify(found));
