using System.Diagnostics;
using System.Text;
using System.Text.Json;
using DuckDB.NET.Data;
using Xunit;
using Yunnao.Formats.Dicom;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Tests.EndToEnd.Imaging;
using Yunnao.Tests.EndToEnd.Ingest;
using Yunnao.Tests.EndToEnd.Listen;
using Yunnao.Tests.EndToEnd.Server;
using Yunnao.Tests.EndToEnd.Standards;

namespace Yunnao.Tests.EndToEnd.Privacy;

/// <summary>
/// A synthetic city, whose names, ID numbers and telephones are known, is loaded through all formats with some of its rows refused, and read;
/// then every byte that the platform left on the disk is searched for them, in each encoding in which they may stand.
/// </summary>
public sealed class Names_on_disk_tests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-names-").FullName;

    /// <summary>Where the lake itself may name somebody: what people wrote, and the names of those who treat. The volume under the lake must be encrypted for their sake.</summary>
    private static readonly HashSet<string> s_texts = ["emr.document.text", "emr.section.text", "org.practitioner.staff_name"];

    private string Data => Path.Combine(_folder, "data");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Nobody_is_named_in_any_file_but_where_texts_speak_of_persons()
    {
        var city = Path.Combine(_folder, "city");
        Assert.Equal(0, (await CliRun.Of("en", "city", "--residents", "50", "--months", "1", "--seed", "5", "--dirty", "0.05", "--out", city)).ExitCode);
        var seeded = new SeededPersons(Path.Combine(city, "truth", "persons.csv"));
        Assert.True(Directory.GetFiles(city, "*", SearchOption.AllDirectories).Sum(f => seeded.In(File.ReadAllBytes(f)).Count()) > 100, "The search finds nobody in the files that were sent, so it would find nobody anywhere.");

        Assert.Equal(0, (await CliRun.Of("en", "ingest", city, "--data", Data)).ExitCode);
        Assert.Equal(0, (await CliRun.Of("en", "query", "SELECT * FROM emr.document LIMIT 100", "--data", Data)).ExitCode);
        Assert.Equal(0, (await CliRun.Of("en", "quarantine", "list", "--data", Data)).ExitCode);

        Assert.Equal(0, (await CliRun.Of("en", "imaging", "ingest", Images(city), "--data", Data)).ExitCode);
        await LeaveMessageAsync(Path.Combine(city, "truth", "persons.csv"));
        await ExportAndReadLogAsync(seeded);

        var files = Directory.GetFiles(Data, "*", SearchOption.AllDirectories);
        Assert.Contains(files, f => f.EndsWith(".pack", StringComparison.Ordinal));
        foreach (var part in (string[])["spool", "exports"]) Assert.Contains(files, f => f.Contains($"{Path.DirectorySeparatorChar}{part}{Path.DirectorySeparatorChar}", StringComparison.Ordinal));
        Assert.Contains(files, f => f.Contains($"{Path.DirectorySeparatorChar}objects{Path.DirectorySeparatorChar}", StringComparison.Ordinal));
        Assert.Contains(files, f => Path.GetFileName(f) == "vault.db");
        foreach (var file in files.Where(f => Path.GetFileName(f) != "lake.duckdb")) Assert.Empty(seeded.In(File.ReadAllBytes(file)).Select(found => $"{file}: {found}"));
        Assert.Subset(s_texts, InLake(seeded).ToHashSet());
    }

    /// <summary>A message about a seeded person is acknowledged, and its listener killed before it is loaded.</summary>
    private async Task LeaveMessageAsync(string persons)
    {
        var lines = await File.ReadAllLinesAsync(persons);
        var number = lines[1].Split(',')[lines[0].TrimStart('\uFEFF').Split(',').ToList().IndexOf("id_number")];
        string[] arguments = ["listen", "mllp", "--port", "0", "--batch-seconds", "3600", "--source", "hl7v2", "--standards", Repository.File("standards"), "--data", Data];
        using var listener = Process.Start(new ProcessStartInfo(YunnaoProcess.Executable(), arguments) { RedirectStandardOutput = true })!;
        var port = JsonElement.Parse((await listener.StandardOutput.ReadLineAsync())!).GetProperty("listening").GetInt32();
        using (var sender = new MllpSender(port)) Assert.Equal("AA|M1", sender.Send(MllpSender.Registration(1).Replace("||P1^^^H1^MR||", $"||{number}^^^H1^MR||", StringComparison.Ordinal)));
        listener.Kill();
        await listener.WaitForExitAsync();
    }

    /// <summary>An export with names in it waits on the server to be fetched; what is fetched has them, and the server's log has not.</summary>
    private async Task ExportAndReadLogAsync(SeededPersons seeded)
    {
        var server = await ServerProcess.StartAsync(Repository.File("standards"), Data, Ports.Free());
        await using (server)
        {
            var fetched = Path.Combine(_folder, "fetched");
            var export = await CliRun.Of("en", "export", "run", "--data-set", "emr.document", "--data-set", "org.practitioner", "--format", "csv", "--out", fetched, "--data", Data);
            Assert.True(export.ExitCode == 0, export.Error);
            Assert.NotEmpty(Directory.GetFiles(fetched, "*.csv").SelectMany(f => seeded.In(File.ReadAllBytes(f))));
            Assert.Equal(0, (await CliRun.Of("en", "query", "SELECT count(*) FROM emr.document", "--data", Data)).ExitCode);
            await server.StopAsync();
            Assert.Empty(seeded.In(Encoding.UTF8.GetBytes(server.Printed)));
        }
    }

    /// <summary>Images of the first persons of the city, small ones and one that is too long for a pack.</summary>
    private string Images(string city)
    {
        var lines = File.ReadAllLines(Path.Combine(city, "truth", "persons.csv"));
        var header = lines[0].TrimStart('\uFEFF').Split(',').ToList();
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "images")).FullName;
        for (var i = 1; i <= 5; i++)
        {
            var cells = lines[i].Split(',');
            var file = DicomReader.Read(TestImages.Bytes(i, 1, i == 5 ? 1600 : 64)).Value;
            var set = DicomBuilder.From(file.DataSet).Set(Tags.PatientName, cells[header.IndexOf("name")]).Set(Tags.PatientId, cells[header.IndexOf("id_number")]).Set(Tags.ReferringPhysicianName, cells[header.IndexOf("phone")]).Build();
            File.WriteAllBytes(Path.Combine(folder, $"{i}.dcm"), DicomWriter.Write(file with { DataSet = set }).Value);
        }

        return folder;
    }

    /// <summary>
    /// The engine compresses texts, so its tables are read, not its file: every column that can hold a text, of quarantine and history too.
    /// </summary>
    private List<string> InLake(SeededPersons seeded)
    {
        using var connection = new DuckDBConnection($"DataSource={Path.Combine(Data, "lake.duckdb")};ACCESS_MODE=READ_ONLY");
        connection.Open();
        var found = new List<string>();
        var columns = connection.Rows(
            r => (Schema: r.GetString(0), Table: r.GetString(1), Column: r.GetString(2)),
            "SELECT schema_name, table_name, column_name FROM duckdb_columns() WHERE NOT internal AND (data_type LIKE '%VARCHAR%' OR data_type LIKE '%JSON%' OR data_type LIKE 'MAP%' OR data_type LIKE 'STRUCT%')");
        foreach (var (schema, table, column) in columns)
        {
            var texts = connection.Rows(r => r.GetString(0), $"SELECT DISTINCT {SqlNames.Quote(column)}::VARCHAR FROM {SqlNames.Quote(schema)}.{SqlNames.Quote(table)} WHERE {SqlNames.Quote(column)} IS NOT NULL");
            if (seeded.In(Encoding.UTF8.GetBytes(string.Join('\n', texts))).Any()) found.Add($"{schema}.{table}.{column}");
        }

        return found;
    }

    /// <summary>What identifies the persons of a city: names of three characters and more (two occur by chance), ID numbers, telephones.</summary>
    private sealed class SeededPersons
    {
        private const int Bits = 1 << 20;
        private readonly Dictionary<uint, List<(byte[] Bytes, string What)>> _byBeginning = [];
        private readonly bool[] _begins = new bool[Bits];

        public SeededPersons(string file)
        {
            Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
            Encoding[] encodings = [Encoding.UTF8, Encoding.GetEncoding("GB18030"), Encoding.Unicode, Encoding.BigEndianUnicode];
            var lines = File.ReadAllLines(file);
            var header = lines[0].TrimStart('\uFEFF').Split(',').ToList();
            var number = 0;
            foreach (var cells in lines.Skip(1).Select(l => l.Split(',')))
            {
                number++;
                foreach (var kind in (string[])["name", "id_number", "phone"])
                {
                    var value = cells[header.IndexOf(kind)];
                    if (value.Length < 3) continue;
                    foreach (var bytes in encodings.Select(e => e.GetBytes(value)).DistinctBy(Convert.ToHexString)) Add(bytes, $"{kind} of person {number}");
                }
            }
        }

        /// <summary>Kind and number of whoever is found.</summary>
        public IEnumerable<string> In(byte[] content)
        {
            for (var i = 0; i + 4 <= content.Length; i++)
            {
                var beginning = BitConverter.ToUInt32(content, i);
                if (!_begins[Place(beginning)] || !_byBeginning.TryGetValue(beginning, out var some)) continue;
                foreach (var (bytes, what) in some)
                {
                    if (content.AsSpan(i).StartsWith(bytes)) yield return what;
                }
            }
        }

        private void Add(byte[] bytes, string what)
        {
            var beginning = BitConverter.ToUInt32(bytes, 0);
            _begins[Place(beginning)] = true;
            if (!_byBeginning.TryGetValue(beginning, out var some)) _byBeginning.Add(beginning, some = []);
            some.Add((bytes, what));
        }

        private static uint Place(uint beginning) => (beginning * 2654435761) % Bits;
    }
}
