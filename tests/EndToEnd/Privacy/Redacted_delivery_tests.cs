using System.Text;
using Xunit;
using Yunnao.Lake.Queries;
using Yunnao.Server;
using Yunnao.Tests.EndToEnd.Standards;
using Yunnao.Trust;
using Yunnao.Trust.Callers;
using Yunnao.Trust.Rights;

namespace Yunnao.Tests.EndToEnd.Privacy;

/// <summary>
/// The texts of a synthetic city, whose persons are known, as another hospital's doctor gets them: with what was found and thought,
/// without who it is about.
/// </summary>
public sealed class Redacted_delivery_tests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-redacted-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Another_hospitals_doctor_reads_the_documents_of_a_person_without_names_and_numbers()
    {
        var (city, data) = (Path.Combine(_folder, "city"), Path.Combine(_folder, "data"));
        Assert.Equal(0, (await CliRun.Of("en", "city", "--residents", "60", "--months", "1", "--seed", "7", "--dirty", "0", "--out", city)).ExitCode);
        Assert.Equal(0, (await CliRun.Of("en", "ingest", city, "--data", data)).ExitCode);
        string[] known = [.. Persons(Path.Combine(city, "truth", "persons.csv"))];

        using var platform = Platform.Open(Path.Combine(Repository.Root, "standards"), data).Value;
        await using var trust = (await TrustRoom.OpenAsync(new() { Folder = data, SealMinutes = 0 }, platform.Registry, platform.Lake)).Value;
        var subjects = await AllAsync(platform.Lake.RunSqlAsync(LocalAdministrator.ScopeOver(platform.Registry.DataSets.Values, "test"), "SELECT DISTINCT _subject FROM emr.document", default));
        var clear = await AllAsync(platform.Lake.RunSqlAsync(LocalAdministrator.ScopeOver(platform.Registry.DataSets.Values, "test"), "SELECT text FROM emr.document WHERE text IS NOT NULL", default));
        Assert.True(Named(clear, known) > 20, "The documents of the city name nobody, so redaction proves nothing.");

        var doctor = new Caller("far-doctor", CallerKind.Account, new HashSet<string> { "doctor" }, ["far-hospital"]);
        var redacted = new List<string>();
        foreach (var subject in subjects)
        {
            var request = new ScopeRequest(doctor, new("shared_care"), ["emr.document"]) { Subject = ulong.Parse(subject, System.Globalization.CultureInfo.InvariantCulture) };
            var scope = (await trust.Scopes.MakeAsync(request, default)).Value;
            redacted.AddRange(await AllAsync(trust.Lake!.RunSqlAsync(scope, "SELECT text FROM emr.document WHERE text IS NOT NULL", default)));
        }

        Assert.Equal(clear.Count, redacted.Count);
        Assert.Equal(0, Named(redacted, known));
        Assert.True(redacted.Sum(t => t.Length) > clear.Sum(t => t.Length) * 0.7, "What is no name and no number is gone too.");
        Assert.Contains(redacted, t => t.Contains("[姓名]", StringComparison.Ordinal));
    }

    private static int Named(IEnumerable<string> texts, string[] known)
    {
        var all = string.Join('\n', texts);
        return known.Sum(k => all.Split(k).Length - 1);
    }

    /// <summary>Names of three characters and more (two occur by chance), ID numbers, telephones.</summary>
    private static IEnumerable<string> Persons(string file)
    {
        var lines = File.ReadAllLines(file, Encoding.UTF8);
        var header = lines[0].TrimStart('\uFEFF').Split(',').ToList();
        return lines.Skip(1).Select(l => l.Split(',')).SelectMany(c => new[] { "name", "id_number", "phone" }.Select(k => c[header.IndexOf(k)])).Where(v => v.Length >= 3).Distinct();
    }

    private static async Task<List<string>> AllAsync(Task<Yunnao.Kernel.Result<RowStream>> asked)
    {
        await using var rows = (await asked).Value;
        var found = new List<string>();
        await foreach (var batch in rows.Batches)
        {
            using (batch)
            {
                for (var row = 0; row < batch.Length; row++)
                {
                    found.Add(batch.Column(0) is Apache.Arrow.StringArray texts ? texts.GetString(row) : ((Apache.Arrow.UInt64Array)batch.Column(0)).GetValue(row).ToString()!);
                }
            }
        }

        return found;
    }
}
