using System.Net;
using System.Text.Json;
using Xunit;
using Yunnao.Tests.EndToEnd.Imaging;
using Yunnao.Tests.EndToEnd.Server;
using static Yunnao.Tests.EndToEnd.Fhir.FhirBodies;
using static Yunnao.Tests.EndToEnd.Fhir.FhirJson;
using static Yunnao.Tests.EndToEnd.Fhir.FhirWriteServer;

namespace Yunnao.Tests.EndToEnd.Fhir;

/// <summary>FHIR R4 through HTTP, written: what was sent is in the lake as a batch, comes back by the id that was given, and nothing that is wrong gets in.</summary>
public sealed partial class Fhir_write_tests(FhirWriteServer server) : IClassFixture<FhirWriteServer>
{
    private async Task<string> CreateAsync(string type, string body)
    {
        var (status, resource, answer) = await server.JsonAsync(HttpMethod.Post, type, body);
        Assert.True(status == 201, resource.ToString());
        var id = Text(resource, "id")!;
        Assert.Equal(new Uri(server.Url, $"fhir/{type}/{id}/_history/1"), answer.Headers.Location);
        Assert.Equal("W/\"1\"", answer.Headers.ETag!.ToString());
        return id;
    }

    private async Task<long> RowsAsync(string dataSet)
    {
        using var answer = await server.CallAsync(HttpMethod.Post, "api/v1/query", await server.TokenAsync("engineer"), System.Net.Http.Json.JsonContent.Create(new { purpose = "quality", sql = $"SELECT count(*) AS n FROM {dataSet}" }));
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("rows")[0].GetProperty("n").GetInt64();
    }

    [Fact]
    public async Task What_is_created_is_read_by_the_id_that_was_given()
    {
        var patient = await CreateAsync("Patient", Patient());
        var read = (await server.JsonAsync(HttpMethod.Get, $"Patient/{patient}")).Body;
        Assert.Equal(("2000-01-01", "female", "Tianjin", "urn:yunnao:org:W1"), (Text(read, "birthDate"), Text(read, "gender"), Text(read, "address.city"), Text(read, "meta.source")));
        var encounter = await CreateAsync("Encounter", Encounter($"Patient/{patient}"));
        var observation = await CreateAsync("Observation", Observation($"{server.Url}fhir/Patient/{patient}", 70, $"Encounter/{encounter}"));
        var same = await CreateAsync("Observation", Observation($"Patient/{patient}", 70, $"Encounter/{encounter}"));
        Assert.NotEqual(observation, same);
        read = (await server.JsonAsync(HttpMethod.Get, $"Observation/{observation}")).Body;
        Assert.Equal(($"Patient/{patient}", $"Encounter/{encounter}", "70"), (Text(read, "subject.reference"), Text(read, "encounter.reference"), Text(read, "valueQuantity.value")));
        Assert.Equal(2, (await server.AllAsync($"Observation?patient={patient}")).Count);
        Assert.Equal(404, (await server.JsonAsync(HttpMethod.Get, $"Observation/{observation}", who: "other")).Status);
    }

    [Fact]
    public async Task A_transaction_is_one_batch_and_its_references_hold()
    {
        var (status, bundle, _) = await server.JsonAsync(HttpMethod.Post, "", Transaction("Transaction"));
        Assert.True(status == 200, bundle.ToString());
        Assert.Equal("transaction-response", Text(bundle, "type"));
        var locations = At(bundle, "entry.response.location").Select(l => l.GetString()!.Split('/')).ToList();
        Assert.Equal(["Patient", "Encounter", "Observation", "Observation", "Condition"], locations.Select(l => l[0]));
        Assert.All(At(bundle, "entry.response.status"), s => Assert.Equal("201 Created", s.GetString()));
        var resources = new List<JsonElement>();
        foreach (var location in locations) resources.Add((await server.JsonAsync(HttpMethod.Get, $"{location[0]}/{location[1]}")).Body);
        Assert.All(resources.Skip(1), r => Assert.Equal($"Patient/{locations[0][1]}", Text(r, "subject.reference")));
        Assert.All(resources.Skip(2), r => Assert.Equal($"Encounter/{locations[1][1]}", Text(r, "encounter.reference")));
        Assert.Equal(["71", "72"], resources.Skip(2).Take(2).Select(r => Text(r, "valueQuantity.value")));

        // The same again are other records: who made up urn:uuid:p may make it up again.
        var again = (await server.JsonAsync(HttpMethod.Post, "", Transaction("Transaction"))).Body;
        Assert.Empty(locations.Select(l => l[1]).Intersect(At(again, "entry.response.location").Select(l => l.GetString()!.Split('/')[1])));

        // One batch in the ledger, with the landed bytes.
        using var ledger = await server.CallAsync(HttpMethod.Get, "api/v1/batches?most=1", await server.TokenAsync("engineer"));
        var batch = JsonElement.Parse(await ledger.Content.ReadAsStringAsync())[0];
        Assert.Equal((5, 5, 0), (batch.GetProperty("received").GetInt32(), batch.GetProperty("accepted").GetInt32(), batch.GetProperty("quarantined").GetInt32()));
        Assert.Equal(("fhir-r4", "W1"), (Text(batch, "header.source"), Text(batch, "header.organisation")));
        Assert.Matches("^[0-9a-f]{64}$", Text(batch, "header.object_id") ?? Text(batch, "header.objectId"));
    }

    [Fact]
    public async Task A_transaction_fails_as_a_whole_when_one_of_its_reads_does()
    {
        var persons = await RowsAsync("person.basic");
        var patient = Entry("urn:uuid:p", Patient(), "POST", "Patient");
        foreach (var (url, status, code) in new[] { ("Observation/1", 404, "fhir.unknown"), ("Nosuch/1", 404, "fhir.type"), ("Observation?colour=blue", 400, "fhir.parameter") })
        {
            var (answered, outcome, _) = await server.JsonAsync(HttpMethod.Post, "", Bundle("transaction", patient, Get(url)));
            Assert.Equal(status, answered);
            Assert.Equal([(code, "Bundle.entry[1].request")], Issues(outcome));
        }

        Assert.Equal(persons, await RowsAsync("person.basic"));

        // What the transaction itself writes is read after it, and in a batch each entry is by itself.
        var (done, bundle, _) = await server.JsonAsync(HttpMethod.Post, "", Bundle("transaction", Entry(null, Patient("read-own-1"), "PUT", "Patient/read-own-1"), Get("Patient/read-own-1"), Get("Observation?code=8867-4&_count=1")));
        Assert.True(done == 200, bundle.ToString());
        Assert.Equal("searchset", Text(At(bundle, "entry.resource").Last(), "type"));
        Assert.Equal(["201 Created", "404 Not Found"], At((await server.JsonAsync(HttpMethod.Post, "", Bundle("batch", patient, Get("Observation/1")))).Body, "entry.response.status").Select(s => s.GetString()));

        static string Get(string url) => $$"""{"request":{"method":"GET","url":"{{url}}"} }""";
    }

    [Fact]
    public async Task A_type_that_is_not_here_is_not_found_by_any_method()
    {
        foreach (var (method, address) in new[] { (HttpMethod.Get, "Nosuch/1"), (HttpMethod.Post, "Nosuch"), (HttpMethod.Put, "Nosuch/1") })
            Assert.Equal((404, "fhir.type"), await WrongAsync(method, address, method == HttpMethod.Get ? null : """{"resourceType":"Nosuch"}"""));
    }

    [Fact]
    public async Task What_came_with_a_resource_is_read_ahead_and_only_what_is_given_is_in_the_audit()
    {
        var entries = Enumerable.Range(0, 9).Select(i => Entry($"urn:uuid:o{i}", Observation("urn:uuid:p", 60 + i), "POST", "Observation"));
        var written = (await server.JsonAsync(HttpMethod.Post, "", Bundle("transaction", [Entry("urn:uuid:p", Patient(), "POST", "Patient"), .. entries]))).Body;
        var ids = At(written, "entry.response.location").Skip(1).Select(l => l.GetString()!.Split('/')[1]).ToList();
        var before = await ReadsAsync();
        for (var i = 0; i < ids.Count; i++) Assert.Equal($"{60 + i}", Text((await server.JsonAsync(HttpMethod.Get, $"Observation/{ids[i]}")).Body, "valueQuantity.value"));
        Assert.Equal(before + ids.Count, await ReadsAsync());
        Assert.Equal(404, (await server.JsonAsync(HttpMethod.Get, $"Observation/{ids[3]}", who: "other")).Status);

        // A newer version of one that was read ahead is read.
        Assert.Equal(200, (await server.JsonAsync(HttpMethod.Put, $"Observation/{ids[5]}", Observation($"Patient/{At(written, "entry.response.location").First().GetString()!.Split('/')[1]}", 99, id: ids[5]))).Status);
        Assert.Equal("99", Text((await server.JsonAsync(HttpMethod.Get, $"Observation/{ids[5]}")).Body, "valueQuantity.value"));
        Assert.Equal("64", Text((await server.JsonAsync(HttpMethod.Get, $"Observation/{ids[4]}")).Body, "valueQuantity.value"));
    }

    [Fact]
    public async Task One_refused_entry_refuses_the_transaction_by_code_entry_and_element()
    {
        var (persons, vitals) = (await RowsAsync("person.basic"), await RowsAsync("exam.vital"));
        var tooHigh = Bundle("transaction", Entry("urn:uuid:p", Patient(), "POST", "Patient"), Entry("urn:uuid:o", Observation("urn:uuid:p", 2e9), "POST", "Observation"));
        var (status, outcome, _) = await server.JsonAsync(HttpMethod.Post, "", tooHigh);
        Assert.Equal(422, status);
        Assert.Equal([("fhir.check", "Bundle.entry[1].resource.valueQuantity.value")], Issues(outcome));
        Assert.Contains("range", Text(outcome, "issue.diagnostics"), StringComparison.Ordinal);
        Assert.Equal((persons, vitals), (await RowsAsync("person.basic"), await RowsAsync("exam.vital")));

        // As a batch, each entry is its own: the good one is kept, the bad one is in quarantine.
        var patient = await CreateAsync("Patient", Patient());
        var (ok, answers, _) = await server.JsonAsync(HttpMethod.Post, "", Bundle("batch",
            Entry(null, Observation($"Patient/{patient}", 1), "POST", "Observation"), Entry(null, Observation($"Patient/{patient}", 2e9), "POST", "Observation"),
            Entry(null, """{"resourceType":"Observation","status":"finale"}""", "POST", "Observation"), $$"""{"request":{"method":"GET","url":"Patient/{{patient}}"} }"""));
        Assert.Equal((200, "batch-response"), (ok, Text(answers, "type")));
        Assert.Equal(["201 Created", "422 Unprocessable Content", "400 Bad Request", "200 OK"], At(answers, "entry.response.status").Select(s => s.GetString()!.Replace("Entity", "Content", StringComparison.Ordinal)));
        Assert.Equal(patient, Text(answers.GetProperty("entry")[3], "resource.id"));
        Assert.Equal(["fhir.code", "fhir.required"], Issues(answers.GetProperty("entry")[2].GetProperty("response").GetProperty("outcome")).Select(i => i.Code).Order());
        Assert.Single(await server.AllAsync($"Observation?patient={patient}"));
        using var ledger = await server.CallAsync(HttpMethod.Get, "api/v1/batches?most=1", await server.TokenAsync("engineer"));
        var batch = JsonElement.Parse(await ledger.Content.ReadAsStringAsync())[0];
        Assert.Equal((2, 1, 1), (batch.GetProperty("received").GetInt32(), batch.GetProperty("accepted").GetInt32(), batch.GetProperty("quarantined").GetInt32()));
    }

    [Fact]
    public async Task An_update_is_a_newer_version_of_the_record_or_is_refused()
    {
        var patient = await CreateAsync("Patient", Patient());
        var observation = await CreateAsync("Observation", Observation($"Patient/{patient}"));
        var (status, read, answer) = await server.JsonAsync(HttpMethod.Put, $"Observation/{observation}", Observation($"Patient/{patient}", 75, id: observation));
        Assert.True(status == 200, read.ToString());
        Assert.Equal(("W/\"2\"", observation, "75", "2"), (answer.Headers.ETag!.ToString(), Text(read, "id"), Text(read, "valueQuantity.value"), Text(read, "meta.versionId")));
        Assert.Single(await server.AllAsync($"Observation?patient={patient}"));
        Assert.Equal((409, "fhir.key-changed"), await WrongAsync(HttpMethod.Put, $"Observation/{observation}", Observation($"Patient/{patient}", 75, id: observation, code: "8302-2")));
        Assert.Equal((412, "fhir.version"), await WrongAsync(HttpMethod.Put, $"Observation/{observation}", Observation($"Patient/{patient}", 76, id: observation), ("If-Match", "W/\"1\"")));
        Assert.Equal(200, (await server.JsonAsync(HttpMethod.Put, $"Observation/{observation}", Observation($"Patient/{patient}", 77, id: observation), headers: ("If-Match", "W/\"2\""))).Status);
        Assert.Equal((400, "fhir.id"), await WrongAsync(HttpMethod.Put, $"Observation/{observation}", Observation($"Patient/{patient}", 75, id: "another")));
        Assert.Equal((404, "fhir.unknown"), await WrongAsync(HttpMethod.Put, "Observation/340282366920938463463", Observation($"Patient/{patient}", 75, id: "340282366920938463463")));

        // A person: the id is the platform's, and the person stays the same.
        var (again, person, _) = await server.JsonAsync(HttpMethod.Put, $"Patient/{patient}", Patient(patient, birth: "2001-02-03"));
        Assert.Equal((200, patient, "2001-02-03", "2"), (again, Text(person, "id"), Text(person, "birthDate"), Text(person, "meta.versionId")));
        Assert.Equal((403, "fhir.organisation"), await WrongAsync(HttpMethod.Put, $"Patient/{patient}", Patient(patient), ("Yunnao-Organisation", "W2")));
        Assert.Equal(404, (await server.JsonAsync(HttpMethod.Put, $"Patient/{patient}", Patient(patient), who: "other")).Status);
    }

    [Fact]
    public async Task What_was_read_before_is_read_as_it_is_now_and_each_read_is_in_the_audit()
    {
        var patient = await CreateAsync("Patient", Patient());
        var observation = await CreateAsync("Observation", Observation($"Patient/{patient}", 81));
        var before = await ReadsAsync();
        var first = (await server.JsonAsync(HttpMethod.Get, $"Observation/{observation}")).Body;
        Assert.Equal(first.GetRawText(), (await server.JsonAsync(HttpMethod.Get, $"Observation/{observation}")).Body.GetRawText());
        Assert.Equal(before + 2, await ReadsAsync());
        Assert.Equal(404, (await server.JsonAsync(HttpMethod.Get, $"Observation/{observation}", who: "other")).Status);

        // New records of others leave it as it is, a newer version and a batch that is taken back do not.
        await CreateAsync("Observation", Observation($"Patient/{patient}", 82));
        Assert.Equal(first.GetRawText(), (await server.JsonAsync(HttpMethod.Get, $"Observation/{observation}")).Body.GetRawText());
        Assert.Equal(200, (await server.JsonAsync(HttpMethod.Put, $"Observation/{observation}", Observation($"Patient/{patient}", 83, id: observation))).Status);
        for (var i = 0; i < 2; i++)
        {
            var second = (await server.JsonAsync(HttpMethod.Get, $"Observation/{observation}")).Body;
            Assert.Equal(("83", "2"), (Text(second, "valueQuantity.value"), Text(second, "meta.versionId")));
        }

        using (var ledger = await server.CallAsync(HttpMethod.Get, "api/v1/batches?most=1", await server.TokenAsync("engineer")))
        {
            var newest = JsonElement.Parse(await ledger.Content.ReadAsStringAsync())[0].GetProperty("number").GetInt32();
            using var taken = await server.CallAsync(HttpMethod.Delete, $"api/v1/batches/{newest}", await server.TokenAsync("engineer"));
            Assert.True(taken.IsSuccessStatusCode, await taken.Content.ReadAsStringAsync());
        }

        Assert.Equal(first.GetRawText(), (await server.JsonAsync(HttpMethod.Get, $"Observation/{observation}")).Body.GetRawText());

        // A person is read from its newest row, whoever sends that.
        Assert.Equal("2000-01-01", Text((await server.JsonAsync(HttpMethod.Get, $"Patient/{patient}")).Body, "birthDate"));
        Assert.Equal(200, (await server.JsonAsync(HttpMethod.Put, $"Patient/{patient}", Patient(patient, birth: "2002-02-02"))).Status);
        Assert.Equal("2002-02-02", Text((await server.JsonAsync(HttpMethod.Get, $"Patient/{patient}")).Body, "birthDate"));
    }

    /// <summary>Reads of one record by the writer that are in the audit.</summary>
    private async Task<int> ReadsAsync()
    {
        using var answer = await server.CallAsync(HttpMethod.Get, "api/v1/audit?caller=app-writer&kind=read&most=1000", await server.TokenAsync("auditor"));
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync()).EnumerateArray().Count(e => e.TryGetProperty("rows", out var rows) && rows.ValueKind == JsonValueKind.Number && rows.GetInt32() == 1);
    }

    [Fact]
    public async Task A_person_is_found_by_an_identity_number_in_a_form_and_in_no_address()
    {
        const string Number = "110105194912310097", Card = "urn:oid:2.16.156.10011.1.3";
        var (status, created, _) = await server.JsonAsync(HttpMethod.Put, "Patient/by-number", Patient("by-number", birth: "1949-12-31").Replace("\"active\":true,", $"\"identifier\":[{{\"system\":\"{Card}\",\"value\":\"{Number}\"}}],", StringComparison.Ordinal));
        Assert.True(status == 201, created.ToString());
        async Task<HttpResponseMessage> AskAsync(string who, string value) => await server.CallAsync(HttpMethod.Post, "fhir/Patient/_search", await server.TokenAsync(who), TestServer.Form(("identifier", value)));
        using var form = await AskAsync("doctor", $"{Card}|{Number}");
        var text = await form.Content.ReadAsStringAsync();
        Assert.Equal(Text(created, "id"), Text(Assert.Single(FhirServer.Entries(JsonElement.Parse(text))), "id"));
        Assert.DoesNotContain(Number, text, StringComparison.Ordinal);
        using var nobody = await AskAsync("doctor", $"{Card}|110105194912310038");
        Assert.Empty(FhirServer.Entries(JsonElement.Parse(await nobody.Content.ReadAsStringAsync())));
        using var hidden = await AskAsync("engineer", $"{Card}|{Number}");
        Assert.Equal((HttpStatusCode.Forbidden, "scope.identity"), (hidden.StatusCode, await FhirServer.CodeAsync(hidden)));
        using var address = await server.CallAsync(HttpMethod.Get, $"fhir/Patient?identifier={Uri.EscapeDataString($"{Card}|{Number}")}", await server.TokenAsync("doctor"));
        Assert.Equal("fhir.only-in-body", await FhirServer.CodeAsync(address));
    }

    [Fact]
    public async Task A_person_is_found_by_any_number_and_by_name_in_a_form_and_in_no_address()
    {
        var made = new Dictionary<string, string>();
        foreach (var (number, family, birth) in new[] { ("n-1", "Ouyang", "1961-01-01"), ("n-2", "Ouyang", "1962-02-02"), ("n-3", "Ouyin", "1961-01-01") })
        {
            var (status, created, _) = await server.JsonAsync(HttpMethod.Put, $"Patient/{number}", Patient(number, family, birth).Replace("\"active\":true,", $"\"identifier\":[{{\"system\":\"urn:test:mrn\",\"value\":\"{number}\"}}],", StringComparison.Ordinal));
            Assert.True(status == 201, created.ToString());
            made[number] = Text(created, "id")!;
        }

        var (answer, observed, _) = await server.JsonAsync(HttpMethod.Post, "Observation", Observation($"Patient/{made["n-2"]}", 77));
        Assert.True(answer == 201, observed.ToString());
        Assert.Equal("n-2", await FoundAsync(("identifier", "urn:test:mrn|n-2")));
        Assert.Equal("n-1 n-3", await FoundAsync(("identifier", "urn:test:mrn|n-3,urn:test:mrn|n-1")));
        Assert.Empty(await FoundAsync(("identifier", "urn:other:mrn|n-2")));
        Assert.Equal("n-1 n-2", await FoundAsync(("family", "ouyang")));
        Assert.Equal("n-1 n-2 n-3", await FoundAsync(("family", "OUY")));
        Assert.Equal("n-1 n-3", await FoundAsync(("family", "ouy"), ("birthdate", "1961-01-01")));
        Assert.Equal("n-3", await FoundAsync(("name:contains", "yin")));
        Assert.Equal("n-1 n-2", await FoundAsync(("family:exact", "Ouyang"), ("given", "wei")));
        Assert.Empty(await FoundAsync(("family:exact", "ouyang")));
        Assert.Empty(await FoundAsync(("given", "Ouyang")));
        foreach (var (name, value) in new[] { ("subject:Patient.family", "Ouyang"), ("patient.identifier", "urn:test:mrn|n-2") })
        {
            using var chained = await AskAsync("doctor", "Observation", (name, value));
            Assert.Equal(Text(observed, "id"), Text(Assert.Single(FhirServer.Entries(JsonElement.Parse(await chained.Content.ReadAsStringAsync()))), "id"));
        }

        // A further page has the name in its seal, and nothing of it in its address.
        using var first = await AskAsync("doctor", "Patient", ("family", "Ouyang"), ("_count", "1"));
        var page = JsonElement.Parse(await first.Content.ReadAsStringAsync());
        var next = At(page, "link").Select(l => (Text(l, "relation"), Text(l, "url")!)).Single(l => l.Item1 == "next").Item2;
        Assert.DoesNotContain("uyang", page.GetRawText(), StringComparison.Ordinal);
        using var second = await server.CallAsync(HttpMethod.Get, next[next.IndexOf("fhir/", StringComparison.Ordinal)..], await server.TokenAsync("doctor"));
        Assert.Equal([made["n-1"], made["n-2"]], FhirServer.Entries(page).Concat(FhirServer.Entries(JsonElement.Parse(await second.Content.ReadAsStringAsync()))).Select(e => Text(e, "id")!).OrderBy(id => id == made["n-2"]));

        foreach (var (who, code, name, value) in new[] { ("engineer", "scope.identity", "family", "Ouyang"), ("doctor", "fhir.value", "identifier", "n-2") })
        {
            using var refused = await AskAsync(who, "Patient", (name, value));
            Assert.Equal(code, await FhirServer.CodeAsync(refused));
        }

        foreach (var address in new[] { "Patient?family=Ouyang", "Patient?name:exact=Ouyang", "Patient?identifier=urn:test:mrn%7Cn-2", "Observation?subject:Patient.family=Ouyang" })
        {
            using var refused = await server.CallAsync(HttpMethod.Get, $"fhir/{address}", await server.TokenAsync("doctor"));
            Assert.Equal("fhir.only-in-body", await FhirServer.CodeAsync(refused));
        }

        using var beside = await server.CallAsync(HttpMethod.Post, "fhir/Patient/_search?family=Ouyang", await server.TokenAsync("doctor"), TestServer.Form(("gender", "female")));
        Assert.Equal("fhir.only-in-body", await FhirServer.CodeAsync(beside));
        using var audit = await server.CallAsync(HttpMethod.Get, "api/v1/audit?kind=read&most=200", await server.TokenAsync("auditor"));
        var told = await audit.Content.ReadAsStringAsync();
        Assert.Contains("person by name", told, StringComparison.Ordinal);
        Assert.Contains("person by identifier", told, StringComparison.Ordinal);
        Assert.DoesNotContain("uyang", told, StringComparison.OrdinalIgnoreCase);

        async Task<HttpResponseMessage> AskAsync(string who, string type, params (string, string)[] form) => await server.CallAsync(HttpMethod.Post, $"fhir/{type}/_search", await server.TokenAsync(who), TestServer.Form(form));

        async Task<string> FoundAsync(params (string, string)[] form)
        {
            using var found = await AskAsync("doctor", "Patient", form);
            var text = await found.Content.ReadAsStringAsync();
            Assert.True(found.IsSuccessStatusCode, text);
            Assert.DoesNotContain("Ouy", text, StringComparison.Ordinal);
            return string.Join(' ', FhirServer.Entries(JsonElement.Parse(text)).Select(e => made.Single(m => m.Value == Text(e, "id")).Key).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task A_number_of_the_own_makes_a_record_once_and_then_newer_versions()
    {
        var (status, created, answer) = await server.JsonAsync(HttpMethod.Put, "Patient/pat-1", Patient("pat-1"));
        Assert.True(status == 201, created.ToString());
        var id = Text(created, "id")!;
        Assert.Contains($"/Patient/{id}/", answer.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Equal((200, id), await UpdatedAsync("Patient/pat-1"));
        Assert.Equal((200, id), await UpdatedAsync("Patient?identifier=urn:mrn%7Cpat-1"));
        var (existing, there, head) = await server.JsonAsync(HttpMethod.Post, "Patient", Patient(birth: "1999-09-09"), headers: ("If-None-Exist", "identifier=urn:mrn|pat-1"));
        Assert.Equal((200, id, "2000-01-01"), (existing, Text(there, "id"), Text(there, "birthDate")));
        Assert.Equal("W/\"3\"", head.Headers.ETag!.ToString());
        var first = await server.JsonAsync(HttpMethod.Post, "Patient", Patient(), headers: ("If-None-Exist", "identifier=pat-2"));
        var second = await server.JsonAsync(HttpMethod.Post, "Patient", Patient(), headers: ("If-None-Exist", "identifier=pat-2"));
        Assert.Equal((201, 200, Text(first.Body, "id")), (first.Status, second.Status, Text(second.Body, "id")));

        // Many at once make it once.
        var many = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => server.JsonAsync(HttpMethod.Post, "Patient", Patient(), headers: ("If-None-Exist", "identifier=pat-3"))));
        Assert.Single(many, m => m.Status == 201);
        Assert.Single(many.Select(m => Text(m.Body, "id")).Distinct());

        // A reference by number, and an entry that is there already, are the same person.
        var bundle = (await server.JsonAsync(HttpMethod.Post, "", Bundle("transaction",
            Entry("urn:uuid:p", Patient(), "POST", "Patient", ",\"ifNoneExist\":\"identifier=pat-1\""), Entry(null, Observation("urn:uuid:p", 81), "POST", "Observation"), Entry(null, Observation("Patient/pat-1", 82), "POST", "Observation"), Entry(null, Observation("Patient?identifier=pat-1", 83), "POST", "Observation")))).Body;
        Assert.Equal(["200 OK", "201 Created", "201 Created", "201 Created"], At(bundle, "entry.response.status").Select(s => s.GetString()));
        Assert.Equal(["81", "82", "83"], (await server.AllAsync($"Observation?patient={id}")).Select(o => Text(o, "valueQuantity.value")!).Order());

        async Task<(int, string?)> UpdatedAsync(string address)
        {
            var (updated, body, _) = await server.JsonAsync(HttpMethod.Put, address, Patient("pat-1"));
            return (updated, Text(body, "id"));
        }
    }

    [Fact]
    public async Task A_condition_that_is_a_search_is_one()
    {
        var patient = await CreateAsync("Patient", Patient(birth: "1911-11-11"));
        var first = await CreateAsync("Observation", Observation($"Patient/{patient}", 91));
        var there = await server.JsonAsync(HttpMethod.Post, "Observation", Observation($"Patient/{patient}", 92), headers: ("If-None-Exist", $"patient={patient}&code=8867-4"));
        Assert.Equal((200, first, "91"), (there.Status, Text(there.Body, "id"), Text(there.Body, "valueQuantity.value")));
        Assert.Equal(201, (await server.JsonAsync(HttpMethod.Post, "Observation", Observation($"Patient/{patient}", 93), headers: ("If-None-Exist", $"patient={patient}&code=1-1"))).Status);
        Assert.Equal((412, "fhir.condition"), await WrongAsync(HttpMethod.Post, "Observation", Observation($"Patient/{patient}", 94), ("If-None-Exist", $"patient={patient}&code=8867-4")));
        Assert.Equal((400, "fhir.parameter"), await WrongAsync(HttpMethod.Post, "Observation", Observation($"Patient/{patient}", 94), ("If-None-Exist", "colour=blue")));
    }

    [Fact]
    public async Task What_is_wrong_is_said_by_code_and_place_and_nothing_is_written()
    {
        var patient = await CreateAsync("Patient", Patient());
        var good = Observation($"Patient/{patient}");
        var before = await RowsAsync("exam.vital");
        foreach (var (body, status, code, place) in new (string, int, string, string?)[]
        {
            ("", 400, "fhir.json", null), ("nonsense", 400, "fhir.json", null), ("[]", 400, "fhir.no-resource-type", null), ("{}", 400, "fhir.no-resource-type", "Resource"), (good[..^1], 400, "fhir.json", null), (good + "x", 400, "fhir.json", null),
            (good.Replace("\"status\":\"final\"", "\"status\":7", StringComparison.Ordinal), 400, "fhir.kind", "Observation.status"),
            (good.Replace("\"status\":\"final\"", "\"status\":\"finale\"", StringComparison.Ordinal), 400, "fhir.code", "Observation.status"),
            (good.Replace("\"status\":\"final\",", "", StringComparison.Ordinal), 400, "fhir.required", "Observation.status"),
            (good.Replace("\"status\":\"final\"", "\"status\":\"final\",\"colour\":1", StringComparison.Ordinal), 400, "fhir.element", "Observation.colour"),
            (good.Replace("\"status\":\"final\"", "\"status\":\"final\",\"status\":\"final\"", StringComparison.Ordinal), 400, "fhir.repeated", "Observation.status"),
            (good.Replace("\"status\":\"final\"", "\"status\":\"final\",\"valueString\":\"x\"", StringComparison.Ordinal), 400, "fhir.repeated", "Observation.valueQuantity"),
            (good.Replace("\"status\":\"final\"", "\"status\":\"final\",\"note\":[]", StringComparison.Ordinal), 400, "fhir.empty", "Observation.note"),
            (good.Replace("\"status\":\"final\"", "\"status\":[\"final\"]", StringComparison.Ordinal), 400, "fhir.kind", "Observation.status"),
            (good.Replace("2024-05-05T10", "2024-02-30T10", StringComparison.Ordinal), 400, "fhir.primitive", "Observation.effectiveDateTime"),
            (good.Replace("\"code\":\"8867-4\"", "\"code\":\" \\u0020\"", StringComparison.Ordinal), 400, "fhir.primitive", "Observation.code.coding[0].code"),
            (good.Replace("Heart rate\"}]", "\\ud800\"}]", StringComparison.Ordinal), 400, "fhir.encoding", "Observation.code.coding[0].display"),
            (Observation("Patient/nobody"), 400, "fhir.reference", "Observation.subject.reference"), (Observation("http://elsewhere.example/fhir/Patient/1"), 400, "fhir.reference", "Observation.subject.reference"),
            (Observation("urn:uuid:6b1c1f3e-0000-4000-8000-000000000000"), 400, "fhir.reference", "Observation.subject.reference"),
            (Observation($"Patient/{patient}", encounter: "Encounter/99999999999999999999"), 400, "fhir.reference", "Observation.encounter.reference"),
            ("""{"resourceType":"Basic","code":{"text":"x"}}""", 404, "fhir.type", null), ("""{"resourceType":"Nothing"}""", 400, "fhir.element", "Nothing"), (Patient(), 400, "fhir.url", null),
            (string.Concat(Enumerable.Repeat("{\"extension\":[", 200)), 400, "fhir.json", null),
        })
        {
            var (answered, outcome, _) = await server.JsonAsync(HttpMethod.Post, body.Contains("\"Basic\"", StringComparison.Ordinal) ? "Basic" : "Observation", body);
            Assert.True(answered == status, $"{body} {outcome}");
            Assert.Contains((code, place), Issues(outcome));
        }

        var repeated = Bundle("transaction", Entry("urn:uuid:a", Patient(), "POST", "Patient"), Entry("urn:uuid:a", Patient(), "POST", "Patient"));
        Assert.Equal([("fhir.full-url", "Bundle.entry[1].fullUrl")], Issues((await server.JsonAsync(HttpMethod.Post, "", repeated)).Body));
        Assert.Equal((400, "fhir.twice"), await WrongAsync(HttpMethod.Post, "", Bundle("transaction", Entry(null, Patient("x-1"), "PUT", "Patient/x-1"), Entry(null, Patient("x-1"), "PUT", "Patient/x-1"))));
        Assert.Equal((400, "fhir.bundle"), await WrongAsync(HttpMethod.Post, "", Bundle("collection")));
        Assert.Equal((400, "fhir.bundle"), await WrongAsync(HttpMethod.Post, "", Patient()));
        Assert.Equal((405, "fhir.read-only"), await WrongAsync(HttpMethod.Post, "", Bundle("transaction", $$"""{"request":{"method":"DELETE","url":"Patient/{{patient}}"} }""")));
        Assert.Equal((405, "fhir.read-only"), await WrongAsync(HttpMethod.Delete, $"Patient/{patient}", null));
        Assert.Equal((405, "fhir.read-only"), await WrongAsync(HttpMethod.Patch, $"Patient/{patient}", "[]"));
        var chinese = (await server.JsonAsync(HttpMethod.Post, "Observation", Observation("Patient/nobody"), headers: ("Accept-Language", "zh-CN"))).Body;
        Assert.Matches(@"\p{IsCJKUnifiedIdeographs}", Text(chinese, "issue.details.text"));
        using var xml = await server.CallAsync(HttpMethod.Post, "fhir/Patient", await server.TokenAsync("writer"), new StringContent("<Patient/>", null, "application/fhir+xml"));
        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "fhir.content-type"), (xml.StatusCode, await FhirWriteServer.CodeAsync(xml)));
        Assert.Equal(before, await RowsAsync("exam.vital"));
    }

    [Fact]
    public async Task Validate_says_what_would_become_of_it_and_writes_nothing()
    {
        var before = await RowsAsync("person.basic");
        var (status, outcome, _) = await server.JsonAsync(HttpMethod.Post, "Patient/$validate", Patient());
        Assert.Equal((200, "information"), (status, Text(outcome, "issue.severity")));
        Assert.Equal([("fhir.primitive", "Patient.birthDate")], Issues((await server.JsonAsync(HttpMethod.Post, "Patient/$validate", Patient(birth: "2000-13-01"))).Body));
        Assert.Contains("fhir.check", Issues((await server.JsonAsync(HttpMethod.Post, "Patient/$validate", Patient(birth: "1700-01-01"))).Body).Select(i => i.Code));
        Assert.Equal(before, await RowsAsync("person.basic"));
    }

    [Fact]
    public async Task Only_an_application_writes_for_its_own_institution_and_a_purpose_that_shows_it()
    {
        foreach (var (method, address) in new[] { (HttpMethod.Post, ""), (HttpMethod.Post, "Patient"), (HttpMethod.Put, "Patient/a"), (HttpMethod.Put, "Patient"), (HttpMethod.Post, "Patient/$validate") })
        {
            Assert.Equal((HttpStatusCode.Unauthorized, "rights.no-token"), await RefusedAsync(method, address, null));
            Assert.Equal((HttpStatusCode.Forbidden, "rights.duty"), await RefusedAsync(method, address, "doctor"));
            Assert.Equal((HttpStatusCode.Forbidden, "rights.duty"), await RefusedAsync(method, address, "engineer"));
        }

        Assert.Equal((400, "fhir.organisation"), await WrongAsync(HttpMethod.Post, "Patient", Patient(), "both"));
        var (status, created, _) = await server.JsonAsync(HttpMethod.Post, "Patient", Patient(), "both", ("Yunnao-Organisation", "W2"));
        Assert.Equal((201, "urn:yunnao:org:W2"), (status, Text(created, "meta.source")));
        Assert.Equal((403, "fhir.organisation"), await WrongAsync(HttpMethod.Post, "Patient", Patient(), ("Yunnao-Organisation", "W2")));
        using var research = await server.SendAsync(HttpMethod.Post, "Patient", Patient(), "writer", ("Yunnao-Purpose", "research"));
        Assert.False(research.IsSuccessStatusCode);

        // Another institution's register is not written, even where a resource names it.
        Assert.Equal((403, "fhir.organisation"), await WrongAsync(HttpMethod.Put, "Organization/W2", """{"resourceType":"Organization","id":"W2","name":"Another"}"""));

        async Task<(HttpStatusCode, string)> RefusedAsync(HttpMethod method, string address, string? who)
        {
            using var answer = await server.SendAsync(method, address, Patient("a"), who);
            return (answer.StatusCode, await FhirWriteServer.CodeAsync(answer));
        }
    }

    [Fact]
    public async Task An_import_loads_ndjson_as_a_job_for_the_own_institution_only()
    {
        var lines = string.Join('\n', Patient("imp-1"), Patient("imp-2"), Observation("Patient/imp-1", 61, id: "imp-o1"), Observation("Patient/imp-1", 2e9, id: "imp-o2"), "");
        var status = await ImportAsync(lines);
        var done = await EndAsync(status);
        Assert.Equal((3, 1, "fhir.check"), (done.GetProperty("output")[0].GetProperty("count").GetInt32(), done.GetProperty("error")[0].GetProperty("count").GetInt32(), Text(done, "error.code")));
        Assert.Equal(status, await ImportAsync(lines) is var again && (await EndAsync(again)).GetProperty("output")[0].GetProperty("batch").GetInt32() == done.GetProperty("output")[0].GetProperty("batch").GetInt32() ? status : null);
        var person = (await server.JsonAsync(HttpMethod.Post, "Patient", Patient(), headers: ("If-None-Exist", "identifier=imp-1"))).Body;
        Assert.Equal("61", Text(Assert.Single(await server.AllAsync($"Observation?patient={Text(person, "id")}")), "valueQuantity.value"));
        Assert.Equal("ingest.foreign", Text(await EndAsync(await ImportAsync("""{"resourceType":"Organization","id":"W2","name":"Another"}""" + "\n" + Patient("imp-3"))), "error.code"));
        Assert.Equal((403, "fhir.import-address"), await WrongAsync(HttpMethod.Post, "$import", """{"resourceType":"Parameters","parameter":[{"name":"input","part":[{"name":"type","valueCode":"Patient"},{"name":"url","valueUrl":"http://169.254.169.254/latest"}]}]}"""));
        Assert.Equal((400, "fhir.import"), await WrongAsync(HttpMethod.Post, "$import", """{"resourceType":"Parameters"}"""));
        Assert.Equal(404, (await server.JsonAsync(HttpMethod.Get, status.ToString(), who: "other")).Status);

        async Task<Uri> ImportAsync(string ndjson)
        {
            using var answer = await server.CallAsync(HttpMethod.Post, "fhir/$import", await server.TokenAsync("writer"), new StringContent(ndjson, null, "application/fhir+ndjson"));
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
            return answer.Content.Headers.ContentLocation!;
        }

        async Task<JsonElement> EndAsync(Uri status)
        {
            while (true)
            {
                var (code, body, _) = await server.JsonAsync(HttpMethod.Get, status.ToString());
                if (code == 200) return body;
                Assert.Equal(202, code);
                await Task.Delay(100);
            }
        }
    }

    [Fact]
    public async Task Many_requests_at_once_share_transactions_of_the_lake_and_a_bad_one_is_alone()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => server.JsonAsync(HttpMethod.Post, "", i % 8 == 3
            ? Bundle("transaction", Entry("urn:uuid:p", Patient(), "POST", "Patient"), Entry(null, Observation("urn:uuid:p", 2e9), "POST", "Observation")) : Transaction($"Many{i}"))));
        for (var i = 0; i < all.Length; i++) Assert.Equal(i % 8 == 3 ? 422 : 200, all[i].Status);
        Assert.Equal(21 * 5, all.Where(a => a.Status == 200).SelectMany(a => At(a.Body, "entry.response.location")).Select(l => l.GetString()).Distinct().Count());
        using var ledger = await server.CallAsync(HttpMethod.Get, "api/v1/batches?most=200", await server.TokenAsync("engineer"));
        var batches = JsonElement.Parse(await ledger.Content.ReadAsStringAsync()).EnumerateArray().Where(b => Text(b, "header.source") == "fhir-r4").ToList();
        Assert.All(batches, b => Assert.Equal(b.GetProperty("received").GetInt32(), b.GetProperty("accepted").GetInt32() + b.GetProperty("quarantined").GetInt32()));
        Assert.Contains(batches.GroupBy(b => Text(b, "committed")), g => g.Count() > 1);
    }

    [Fact]
    public async Task Fhir_kit_client_and_fhirclient_write()
    {
        var packages = Repository.File("artifacts/peers");
        Assert.SkipUnless(Directory.Exists(Path.Combine(packages, "node_modules", "fhir-kit-client")) && Directory.Exists(Path.Combine(packages, "node_modules", "fhirclient")) && Peer.Find("node") is not null, "node, fhir-kit-client or fhirclient is not here: run tests/install-peers");
        var script = Path.Combine(packages, "fhir_write_check.mjs");
        File.Copy(Repository.File("tests/EndToEnd/Fhir/fhir_write_check.mjs"), script, overwrite: true);
        using var process = Peer.Start("env", ["-C", packages, "node", script, $"{server.Url}fhir", await server.TokenAsync("writer"), Transaction("Client")]);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await error);
        Assert.Equal(
            """{"created":"2000-01-01","read":true,"updated":[true,"male","2"],"once":true,"transaction":["201 Created","201 Created","201 Created","201 Created","201 Created"],"observations":[71,72],"batch":true,"refused":"Patient.birthDate","smartCreated":"2000-01-01","smartUpdated":"2001-01-01"}""",
            (await output).Trim());
    }

    [Fact]
    public async Task Curl_writes_a_bundle_from_a_file()
    {
        Assert.SkipUnless(Peer.Find("curl") is not null, "curl is not here");
        var file = Path.Combine(server.Options.Folder, "bundle.json");
        await File.WriteAllTextAsync(file, Transaction("Curl"), TestContext.Current.CancellationToken);
        using var process = Peer.Start("curl", ["-s", "-f", "-H", $"Authorization: Bearer {await server.TokenAsync("writer")}", "-H", "Content-Type: application/fhir+json", "--data-binary", $"@{file}", $"{server.Url}fhir"]);
        var bundle = JsonElement.Parse(await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.Equal(5, At(bundle, "entry.response.location").Count());
    }

    [Fact]
    public async Task The_capability_statement_says_what_is_written()
    {
        var statement = (await server.JsonAsync(HttpMethod.Get, "metadata", who: null)).Body;
        Assert.Subset(At(statement, "rest.interaction.code").Select(c => c.GetString()!).ToHashSet(), new HashSet<string> { "transaction", "batch" });
        Assert.All(statement.GetProperty("rest")[0].GetProperty("resource").EnumerateArray(), r => Assert.Subset(At(r, "interaction.code").Select(c => c.GetString()!).ToHashSet(), new HashSet<string> { "create", "update", "read", "search-type" }));
    }

    private Task<(int, string)> WrongAsync(HttpMethod method, string address, string? body, params (string Name, string Value)[] headers) => WrongAsync(method, address, body, "writer", headers);

    private async Task<(int, string)> WrongAsync(HttpMethod method, string address, string? body, string who, params (string Name, string Value)[] headers)
    {
        var (status, outcome, _) = await server.JsonAsync(method, address, body, who, headers);
        Assert.True(status >= 400, $"{method} {address} {outcome}");
        return (status, Issues(outcome)[0].Code);
    }
}
