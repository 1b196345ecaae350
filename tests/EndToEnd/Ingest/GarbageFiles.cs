using System.Text;
using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Sql;

namespace Yunnao.Tests.EndToEnd.Ingest;

/// <summary>Good files of every format, and what can become of them on the way. Each holds values of a patient that must never be shown.</summary>
internal sealed class GarbageFiles(Random random)
{
    /// <summary>Values of patients in the files.</summary>
    public static readonly string[] Secrets = ["Zhangmarker", "章标记", "PMARKER7Q", "11010519491231002"];

    private const string Header = "patient_id,report_no,item_no,item_code,result_value,abnormal_flag,report_time\n";

    /// <summary>Name, bytes and mapping of a good file of each format.</summary>
    public IReadOnlyList<(string Name, byte[] Bytes, string Source)> Good { get; } = MakeGood();

    public IEnumerable<(string Case, string Name, byte[] Bytes, string Source)> All()
    {
        foreach (var (name, bytes, source) in Good)
        {
            yield return ("good", name, bytes, source);
            for (var part = 1; part < 20; part++) yield return ($"cut at {part}/20", name, bytes[..(bytes.Length * part / 20)], source);
            for (var copy = 0; copy < 12; copy++) yield return ($"mutated {copy}", name, Mutate(bytes), source);
            yield return ("empty", name, [], source);
            yield return ("one byte", name, [(byte)'P'], source);
            yield return ("NUL bytes", name, new byte[5000], source);
            yield return ("random bytes", name, Random(3000), source);
            yield return ("much random", name, Random(300_000), source);
            yield return ("PNG", name, Png(), source);
            yield return ("quotes everywhere", name, Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("\"\"\"a\",\"\n\"", 500))), source);
            yield return ("quotes after the first line", name, [.. bytes.TakeWhile(b => b != '\n'), (byte)'\n', .. Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("\"PMARKER7Q\"x\",", 300)))], source);
            yield return ("a line of 5 MB", name, Line(), source);
            yield return ("5 MB after the first line", name, [.. bytes.TakeWhile(b => b != '\n'), (byte)'\n', .. Line()], source);
            yield return ("UTF-16 of odd length", name, [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Encoding.Latin1.GetString(bytes))[..^1]], source);
            yield return ("UTF-16 big-endian", name, [0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes(Encoding.Latin1.GetString(bytes))], source);
            yield return ("compressed rubbish", name, [0x1F, 0x8B, .. Random(500)], source);
            yield return ("compressed PNG", name, Fhir_tests.Gzip(Encoding.Latin1.GetString(Png())), source);
            yield return ("the first line is missing", name, [.. bytes.SkipWhile(b => b != '\n').Skip(1)], source);
            foreach (var other in Good.Where(g => g.Name != name)) yield return ($"is really {other.Name}", name, other.Bytes, source);
        }
    }

    private byte[] Mutate(byte[] bytes)
    {
        var changed = bytes.ToList();
        for (var n = random.Next(1, 12); n > 0; n--)
        {
            var at = random.Next(changed.Count);
            switch (random.Next(6))
            {
                case 0: changed[at] = (byte)random.Next(256); break;
                case 1: changed[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: changed.RemoveRange(at, Math.Min(random.Next(1, 40), changed.Count - at - 1)); break;
                case 3: changed.InsertRange(at, changed.GetRange(at, Math.Min(random.Next(1, 200), changed.Count - at))); break;
                case 4: changed.InsertRange(at, new byte[random.Next(1, 9)]); break;
                default: changed.Insert(at, "\",|^\r\n{}\\\xFF"u8[random.Next(10)]); break;
            }
        }

        return [.. changed];
    }

    private byte[] Random(int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private byte[] Png() => [0x89, .. "PNG\r\n"u8, 0x1A, .. "\n\0\0\0\rIHDR\0\0\u0001\0\0\0\u0001\0\u0008\u0006\0\0\0"u8, .. Random(2000)];

    private static byte[] Line() => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("Zhangmarker PMARKER7Q ", 5_000_000 / 22)));

    private static List<(string Name, byte[] Bytes, string Source)> MakeGood()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var lab = Header + string.Concat(Enumerable.Range(0, 30).Select(i => $"PMARKER7Q,\"R\"\"{i}\",{i},WBC,{i}.5,N,2026-01-02 10:00:00\n"));
        var person = "patient_id,name,id_number,sex,recorded_time\n" + string.Concat(Enumerable.Range(0, 20).Select(i => $"PMARKER7Q{i},Zhangmarker,11010519491231002X,1,2026-01-02\n"));
        var hospital = "病人号,姓名,身份证,性别,出生日期,登记时间\n" + string.Concat(Enumerable.Range(0, 20).Select(i => $"PMARKER7Q{i},章标记,11010519491231002X,M,1949年12月31日,2026/01/02 08:30\n"));
        var patient = Fhir_tests.Patient("PMARKER7Q", "11010519491231002X").Replace("\"Zhang\"", "\"Zhangmarker\"", StringComparison.Ordinal);
        var observations = Enumerable.Range(0, 15).Select(i => Fhir_tests.Observation($"o{i}", "Patient/PMARKER7Q", $"{i}.5")).ToList();
        var bundle = $$"""{"resourceType":"Bundle","type":"transaction","entry":[{{string.Join(",\n", observations.Prepend(patient).Select(r => $$"""{"fullUrl":"urn:uuid:x","resource":{{r}} }"""))}}]}""";
        var messages = string.Concat(Enumerable.Range(0, 8).Select(i => Hl7v2_tests.Oru("H3", "PMARKER7Q", "11010519491231002X", $"1|NM|718-7||{i}.5"))).Replace("Zhang^", "Zhangmarker^", StringComparison.Ordinal);
        return
        [
            ("lab.csv", Encoding.UTF8.GetBytes(lab), "plain"),
            ("person.csv", Encoding.UTF8.GetBytes(person), "plain"),
            ("BRXX.csv", Encoding.GetEncoding("gb18030").GetBytes(hospital), "hospital-b"),
            ("lab2.csv.gz", Fhir_tests.Gzip(lab), "plain"),
            ("lab.parquet", Parquet(), "plain-parquet"),
            ("Patient.ndjson", Encoding.UTF8.GetBytes(string.Join('\n', observations.Prepend(patient))), "fhir"),
            ("bundle.json", Encoding.UTF8.GetBytes(bundle), "fhir"),
            ("oru.hl7", Encoding.UTF8.GetBytes(messages), "hl7v2"),
        ];
    }

    private static byte[] Parquet()
    {
        var path = Path.GetTempFileName();
        using (var connection = new DuckDBConnection("DataSource=:memory:"))
        {
            connection.Open();
            connection.Execute($"""
                COPY (SELECT 'PMARKER7Q' AS patient_id, 'R' || i AS report_no, i::INTEGER AS item_no, 'WBC' AS item_code, i + 0.5 AS result_value, 'N' AS abnormal_flag,
                TIMESTAMP '2026-01-02 10:00:00' AS report_time FROM range(200) r(i)) TO '{path}' (FORMAT parquet)
                """);
        }

        var bytes = File.ReadAllBytes(path);
        File.Delete(path);
        return bytes;
    }
}
