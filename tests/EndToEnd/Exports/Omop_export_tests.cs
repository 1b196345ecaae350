using System.Net;
using DuckDB.NET.Data;
using Xunit;
using Yunnao.Tests.EndToEnd.Fhir;
using Yunnao.Tests.EndToEnd.Server;

namespace Yunnao.Tests.EndToEnd.Exports;

/// <summary>The tables of OMOP as an export that is asked for, approved and made: what a recipient may see, and nothing more.</summary>
[Collection(nameof(FhirServer))]
public sealed class Omop_export_tests(FhirServer server) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-omop-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_recipient_gets_omop_tables_of_what_the_purpose_shows_and_their_keys_fit()
    {
        var clear = await ExportAsync("doctor", "care");
        var shown = await ExportAsync("epidemiologist", "public_health");
        foreach (var (tables, role, purpose) in new[] { (clear, "doctor", "care"), (shown, "epidemiologist", "public_health") })
        {
            async Task<long> CountAsync(string sql) =>
                (await server.JsonAsync(HttpMethod.Post, "api/v1/query", role, new { purpose, sql })).GetProperty("rows")[0].GetProperty("n").GetInt64();
            Assert.Equal(await CountAsync("SELECT count(DISTINCT _subject) AS n FROM person.basic WHERE birth_date IS NOT NULL"), Ask($"SELECT count(*) FROM {tables("PERSON")}"));
            Assert.Equal(await CountAsync("SELECT count(*) AS n FROM lab.result"), Ask($"SELECT count(*) FROM {tables("MEASUREMENT")}"));
            Assert.Equal(await CountAsync("SELECT count(*) AS n FROM encounter.encounter"), Ask($"SELECT count(*) FROM {tables("VISIT_OCCURRENCE")}"));
            Assert.InRange(Ask($"SELECT count(*) FROM {tables("MEASUREMENT")}"), 100, long.MaxValue);
            foreach (var table in (string[])["OBSERVATION_PERIOD", "VISIT_OCCURRENCE", "CONDITION_OCCURRENCE", "DRUG_EXPOSURE", "MEASUREMENT"])
                Assert.Equal(0, Ask($"SELECT count(*) FROM {tables(table)} WHERE person_id IS NULL OR person_id NOT IN (SELECT person_id FROM {tables("PERSON")})"));
        }

        // Pseudonyms are 32 hex digits, and the persons of one recipient cannot be joined with those of another.
        Assert.Equal(0, Ask($"SELECT count(*) FROM {shown("PERSON")} WHERE NOT regexp_full_match(person_source_value, '[0-9a-f]{{32}}')"));
        Assert.Equal(0, Ask($"SELECT count(*) FROM {shown("PERSON")} AS s JOIN {clear("PERSON")} AS c USING (person_id)"));
    }

    [Fact]
    public async Task What_a_profile_cannot_be_is_refused_when_it_is_asked_for()
    {
        async Task<string> CodeAsync(object order)
        {
            using var answer = await server.CallAsync(HttpMethod.Post, "api/v1/exports", await server.TokenAsync("doctor"), System.Net.Http.Json.JsonContent.Create(order));
            return await TestServer.CodeAsync(answer);
        }

        Assert.Equal("export.order", await CodeAsync(new { purpose = "care", profile = "i2b2", data_sets = new[] { "lab.result" } }));
        Assert.Equal("export.order", await CodeAsync(new { purpose = "care", profile = "omop", from = "2020-01-01" }));
        Assert.Equal("export.order", await CodeAsync(new { purpose = "care", profile = "omop", form = "xlsx" }));
        Assert.Equal("scope.role", await CodeAsync(new { purpose = "research", profile = "omop" }));
    }

    /// <summary>Asks, has it approved, and fetches the files; gives where a table is.</summary>
    private async Task<Func<string, string>> ExportAsync(string role, string purpose)
    {
        var asked = await server.JsonAsync(HttpMethod.Post, "api/v1/exports", role, new { purpose, profile = "omop" });
        var address = $"api/v1/exports/{asked.GetProperty("id").GetString()}";
        Assert.False(asked.GetProperty("order").GetProperty("marked").GetBoolean());
        var approved = await server.JsonAsync(HttpMethod.Post, $"{address}/approve", "security_administrator", new { mark = true });
        var job = await server.EndOfJobAsync(approved.GetProperty("job").GetString()!, role);
        Assert.True(job.GetProperty("state").GetString() == "done", job.ToString());
        var manifest = (await server.JsonAsync(HttpMethod.Get, address, role)).GetProperty("manifest");
        Assert.Equal("CDM 5.4", manifest.GetProperty("data_sets")[0].GetProperty("version").GetString());
        Assert.False(manifest.GetProperty("order").GetProperty("marked").GetBoolean());
        foreach (var name in manifest.GetProperty("files").EnumerateArray().Select(f => f.GetProperty("name").GetString()!))
        {
            using var file = await server.CallAsync(HttpMethod.Get, $"{address}/files/{name}", await server.TokenAsync(role));
            Assert.Equal(HttpStatusCode.OK, file.StatusCode);
            await File.WriteAllBytesAsync(Path.Combine(_folder, $"{role}-{name}"), await file.Content.ReadAsByteArrayAsync());
        }

        return table => $"read_parquet('{_folder}/{role}-{table}.parquet')";
    }

    private static long Ask(string sql)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }
}
