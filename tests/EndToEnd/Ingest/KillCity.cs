using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Yunnao.Tests.EndToEnd.Ingest;

/// <summary>
/// Forty people known to four institutions under different numbers, whose systems send small files in all formats: more of them as
/// long as the test goes on, with records sent again and rows that must be refused.
/// </summary>
internal sealed class KillCity(string folder)
{
    public const int People = 40;
    private const int RowsAFile = 60;
    private readonly Random _random = new(7);
    private int _files;

    /// <summary>Records in each file, by its path: rows, resources or rows of messages.</summary>
    public Dictionary<string, int> Records { get; } = new(StringComparer.Ordinal);

    public void WriteSources()
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "sources.csv"), "folder,source\na,plain\nb,hospital-b\nc,fhir\nd,hl7v2\n");
    }

    /// <summary>One more file of one of the kinds, in turn.</summary>
    public void WriteNext()
    {
        var number = _files++;
        switch (number % 7)
        {
            case 0: Write("a", $"lab{number}.csv", Lab(number), RowsAFile + 1); break;
            case 1: Write("c", $"Observation{number}.ndjson", Observations(number), RowsAFile); break;
            case 2: Write("d", $"oru{number}.hl7", Messages(number), 10 * 3); break;
            case 3: Write("b", $"BRXX{number}.csv", Gb18030(number), 10); break;
            case 4: Write("a", $"person{number}.csv", Persons(number, 10), 10); break;
            case 5: Write("a", $"lab{number}.csv.gz", Gzip(Lab(number)), RowsAFile + 1); break;
            default: Write("c", $"Patient{number}.ndjson", Patients(number, 10), 10); break;
        }
    }

    /// <summary>Every institution at last says who all its patients are.</summary>
    public void WriteEveryone()
    {
        Write("a", "person-all.csv", Persons(0, People), People);
        Write("c", "Patient-all.ndjson", Patients(0, People), People);
    }

    private void Write(string system, string name, byte[] bytes, int records)
    {
        var path = Path.Combine(folder, system, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        Records[path] = records;
    }

    private byte[] Lab(int number) => Lines("patient_id,report_no,item_no,item_code,result_value,abnormal_flag,report_time", RowsAFile + 1, i =>
        i == RowsAFile
            ? $"P1,R{number},{i},WBC,high,N,2026-01-02 10:00:00"
            : $"P{_random.Next(People)},R{(i % 9 == 0 ? number / 2 : number)},{i},WBC,{i}.5,N,2026-01-02 10:00:00");

    private static byte[] Persons(int number, int count) => Lines("patient_id,name,id_number,sex,recorded_time", count, i =>
        $"P{(number + i) % People},Name{number},{IdNumber((number + i) % People)},1,2026-01-02");

    private byte[] Gb18030(int number)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var text = new StringBuilder("病人号,姓名,身份证,性别,出生日期,登记时间\n");
        for (var i = 0; i < 10; i++)
        {
            var person = _random.Next(People);
            text.Append(CultureInfo.InvariantCulture, $"B{person},张三,{IdNumber(person)},M,1949年12月31日,2026/01/02 08:{number % 60:00}\n");
        }

        return Encoding.GetEncoding("gb18030").GetBytes(text.ToString());
    }

    private static byte[] Patients(int number, int count) => Lines(null, count, i =>
        $$"""{"resourceType":"Patient","id":"F{{(number + i) % People}}","meta":{"lastUpdated":"2026-01-02T10:00:00+08:00"},"identifier":[{"system":"id","value":"{{IdNumber((number + i) % People)}}"}],"name":[{"family":"Name{{number}}"}],"gender":"male"}""");

    private byte[] Observations(int number) => Lines(null, RowsAFile, i =>
        i % 20 == 19
            ? """{"resourceType":"Questionnaire","id":"q"}"""
            : $$"""{"resourceType":"Observation","id":"O{{number}}-{{i}}","subject":{"reference":"Patient/F{{_random.Next(People)}}"},"code":{"coding":[{"code":"718-7"}]},"valueQuantity":{"value":{{i}}.5},"effectiveDateTime":"2026-01-02T10:00:00+08:00"}""");

    private byte[] Messages(int number)
    {
        var text = new StringBuilder();
        for (var i = 0; i < 10; i++)
        {
            var person = _random.Next(People);
            text.Append(CultureInfo.InvariantCulture, $"MSH|^~\\&|LIS|H3|||20260102100000||ORU^R01|{number}-{i}|P|2.5\r");
            text.Append(CultureInfo.InvariantCulture, $"PID|1||H{person}||Name^A||19491231|M|||||||||||{IdNumber(person)}\rOBR|1||L{number}-{i}\r");
            for (var k = 1; k <= 2; k++) text.Append(CultureInfo.InvariantCulture, $"OBX|{k}|NM|718-7||{i}.5|||H|||F|||20260102100000\r");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static byte[] Lines(string? header, int count, Func<int, string> line) =>
        Encoding.UTF8.GetBytes(string.Concat((header is null ? [] : (IEnumerable<string>)[header]).Concat(Enumerable.Range(0, count).Select(line)).Select(l => l + "\n")));

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(bytes);
        return packed.ToArray();
    }

    private static string IdNumber(int person)
    {
        var digits = $"11010519491231{person:000}";
        return digits + Kernel.IdNumber.CheckCharacter(digits);
    }
}
