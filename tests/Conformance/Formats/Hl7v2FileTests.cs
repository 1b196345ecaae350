using System.Text;
using System.Text.RegularExpressions;
using Xunit;
using Yunnao.Formats;

namespace Yunnao.Tests.Formats;

/// <summary>All public HL7 v2 files, read by the decoder and, where they are well formed, by a plain splitter beside it.</summary>
public sealed partial class Hl7v2FileTests
{
    private static readonly RowPlan[] Everything =
    [
        Plans.Of("*", null, null, "MSH-10", "MSH-9.1", "PID-3.1", "@PID-7"),
        Plans.Of("*", "OBX", null, "OBX-1", "OBX-3.1", "OBX-5", "OBX-6.1", "OBX-7", "@OBX-14", "OBR-4.1", "PID-3[5=MR].1 | PID-3.1", "SPM-4.1"),
    ];

    private static bool IsWellFormed(string file) =>
        !file.Contains("BadInputs", StringComparison.Ordinal) && !file.EndsWith(".xml", StringComparison.Ordinal) && !file.Contains("uuencoded", StringComparison.Ordinal);

    [Fact]
    public async Task Every_well_formed_message_gives_its_rows_and_its_values()
    {
        var files = ClinicalData.Files("hl7v2").Where(IsWellFormed).ToArray();
        var (messages, results) = (0, 0);
        Assert.Equal(185, files.Length);
        foreach (var file in files)
        {
            var bytes = ClinicalData.Read(file);
            var segments = LineEnds().Split(Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF')).Where(l => l.Length > 2).ToArray();
            var (sink, records) = await Plans.Hl7(bytes, Everything);
            Assert.Empty(sink.Rejections);
            Assert.Equal(segments.Count(s => s.StartsWith("MSH|", StringComparison.Ordinal)), records);
            var headers = sink.Rows.Where(r => r.Plan == 0).ToArray();
            Assert.Equal(Fields(segments, "MSH", 10, first: false), headers.Select(r => r.Cells[0]));
            Assert.Equal(Fields(segments, "MSH", 9, first: true), headers.Select(r => r.Cells[1]));
            var rows = sink.Rows.Where(r => r.Plan == 1).ToArray();
            Assert.Equal(Fields(segments, "OBX", 1, first: true), rows.Select(r => r.Cells[0]));
            Assert.Equal(Fields(segments, "OBX", 3, first: true), rows.Select(r => r.Cells[1]));
            Assert.Equal(Fields(segments, "OBX", 6, first: true), rows.Select(r => r.Cells[3]));
            messages += headers.Length;
            results += rows.Length;
        }

        Assert.Equal((192, 513), (messages, results));
    }

    /// <summary>A field of all segments of a name by splitting alone: its first component of its first repetition that has one, or all of it.</summary>
    private static string?[] Fields(string[] segments, string name, int field, bool first) =>
        [.. segments.Where(s => s.StartsWith(name + "|", StringComparison.Ordinal)).Select(s =>
        {
            var fields = s.Split('|');
            var at = name == "MSH" ? field - 1 : field;
            var text = at < fields.Length ? fields[at] : "";
            if (first) text = text.Split('~').Select(r => r.Split('^')[0].Split('&')[0]).FirstOrDefault(r => r.Length > 0) ?? "";
            text = text.Replace("\\T\\", "&", StringComparison.Ordinal).Replace("\\S\\", "^", StringComparison.Ordinal);
            return text is "" or "\"\"" ? null : text;
        })];

    [Fact]
    public async Task Every_odd_or_malformed_file_gives_rows_or_rejections_and_no_exception()
    {
        var files = ClinicalData.Files("hl7v2").Where(f => !IsWellFormed(f)).ToArray();
        Assert.Equal(48, files.Length);
        var codes = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            var (sink, _) = await Plans.Hl7(ClinicalData.Read(file), Everything, report: new PathReport());
            foreach (var rejection in sink.Rejections) codes[rejection.Code] = codes.GetValueOrDefault(rejection.Code) + 1;
        }

        Assert.Equal(
            "hl7v2.delimiters 23, hl7v2.encoding 4, hl7v2.no-msh 13, hl7v2.segment 5", string.Join(", ", codes.Select(c => $"{c.Key} {c.Value}")));
    }

    [Fact]
    public async Task The_report_of_all_files_counts_each_segment_and_field()
    {
        var report = new PathReport();
        foreach (var file in ClinicalData.Files("hl7v2").Where(IsWellFormed))
        {
            var one = new PathReport();
            await Plans.Hl7(ClinicalData.Read(file), Everything, report: one);
            report.Merge(one);
        }

        var counts = report.Counts().ToDictionary(c => c.Path);
        Assert.Equal(new("OBX", 513, true), counts["OBX"]);
        Assert.Equal(new("MSH", 192, true), counts["MSH"]);
        Assert.False(counts["PID-5"].Mapped);
    }

    [GeneratedRegex("\r\n|\r|\n")]
    private static partial Regex LineEnds();
}
