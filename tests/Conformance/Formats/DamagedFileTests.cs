using CsCheck;
using Xunit;
using Yunnao.Formats;

namespace Yunnao.Tests.Formats;

/// <summary>Real files cut off at every byte and changed at random: every record still gives rows or a rejection, and nothing throws.</summary>
public sealed class DamagedFileTests
{
    private static readonly RowPlan[] Hl7Plans =
        [Plans.Of("*", null, null, "MSH-10", "PID-3[5=MR].1 | PID-3", "@PID-7", "PID-5.1"), Plans.Of("*", "OBX", "OBX-3 exists", "OBX-1", "OBX-5", "SPM-4.2", "NTE-3")];

    private static readonly RowPlan[] FhirPlans =
    [
        Plans.Of("Patient Observation Encounter Condition Organization", null, null, "id", "subject.reference", "code.coding[system=http://loinc.org].code | name.family | name", "text.div"),
        Plans.Of("Observation", "component", "code exists", "..id", "valueQuantity.value"),
    ];

    private static (string Name, byte[] Bytes)[] Hl7Files(int most) =>
        [.. ClinicalData.Files("hl7v2").Where(f => !f.EndsWith(".xml", StringComparison.Ordinal))
            .Select(f => (Path.GetFileName(f), ClinicalData.Read(f))).Where(f => f.Item2.Length <= most)];

    private static (string Name, byte[] Bytes)[] FhirFiles(int most)
    {
        var examples = ClinicalData.Files("fhir-r4-examples", "*.json").Select(f => (Path.GetFileName(f), ClinicalData.Read(f))).Where(f => f.Item2.Length <= most);

        // The first lines and entries of the large files, as small files of their kind.
        var lines = ClinicalData.Files("fhir-bulk-ndjson", "*.ndjson").Select(f => (Path.GetFileName(f), ClinicalData.Read(f).AsSpan(0, 2000).ToArray()));
        return [.. examples, .. lines];
    }

    [Fact]
    public async Task Hl7_v2_files_may_be_cut_off_at_every_byte()
    {
        foreach (var (name, bytes) in Hl7Files(1200).Where((_, i) => i % 4 == 0))
        {
            var (whole, _) = await Plans.Hl7(bytes, Hl7Plans);
            for (var length = 0; length < bytes.Length; length++)
            {
                var (cut, records) = await Plans.Hl7(bytes[..length], Hl7Plans);

                // All messages but the last are as in the whole file.
                Assert.Equal(whole.Rows.Where(r => r.Record < records).Select(Show), cut.Rows.Where(r => r.Record < records).Select(Show));
                Assert.True(records > 0 || string.IsNullOrWhiteSpace(System.Text.Encoding.Latin1.GetString(bytes.AsSpan(0, length).TrimStart("\uFEFF"u8))), name);
            }
        }
    }

    [Fact]
    public async Task Fhir_files_cut_off_at_any_byte_have_a_rejection()
    {
        foreach (var (name, bytes) in FhirFiles(4000).Where((_, i) => i % 5 == 0))
        {
            var (whole, _) = await Plans.Fhir(new MemoryStream(bytes), FhirPlans);
            var end = bytes.AsSpan().TrimEnd("\r\n "u8).Length;
            for (var length = 4; length < end; length++)
            {
                var (cut, records) = await Plans.Fhir(new MemoryStream(bytes[..length]), FhirPlans);
                Assert.Equal(whole.Rows.Where(r => r.Record < records).Select(Show), cut.Rows.Where(r => r.Record < records).Select(Show));
                if (!name.EndsWith(".ndjson", StringComparison.Ordinal)) Assert.Contains(cut.Rejections, r => r.Code is "fhir.json" or "fhir.encoding");
            }
        }
    }

    [Fact]
    public async Task Hl7_v2_files_may_be_changed_at_random()
    {
        var files = Hl7Files(20_000);
        await Gen.Select(Gen.Int[0, files.Length - 1], Changes).SampleAsync(
            async (file, changes) => await Plans.Hl7(Damage(files[file].Bytes, changes), Hl7Plans, report: new PathReport()), iter: 3000);
    }

    [Fact]
    public async Task Fhir_files_may_be_changed_at_random()
    {
        var files = FhirFiles(40_000);
        await Gen.Select(Gen.Int[0, files.Length - 1], Changes).SampleAsync(
            async (file, changes) => await Plans.Fhir(new MemoryStream(Damage(files[file].Bytes, changes)), FhirPlans, new PathReport()), iter: 3000);
    }

    private static string Show(CollectedRow row) => $"{row.Plan} {row.Record} {row.Offset} {string.Join("|", row.Cells)}";

    /// <summary>Bytes that mean something to one of the formats.</summary>
    private const string Telling = "{}[]\",:\\|^~&\r\n\u000b\u001cMS";

    private static readonly Gen<(double At, int Kind, byte Value)[]> Changes =
        Gen.Select(Gen.Double[0, 1], Gen.Int[0, 3], Gen.OneOf(Gen.Byte, Gen.Int[0, Telling.Length - 1].Select(i => (byte)Telling[i]))).Array[1, 8];

    /// <summary>Sets, inserts or removes bytes, or repeats a stretch.</summary>
    private static byte[] Damage(byte[] bytes, (double At, int Kind, byte Value)[] changes)
    {
        var damaged = new List<byte>(bytes);
        foreach (var (at, kind, value) in changes)
        {
            var index = (int)(at * damaged.Count);
            if (index >= damaged.Count) continue;
            if (kind == 0) damaged[index] = value;
            else if (kind == 1) damaged.Insert(index, value);
            else if (kind == 2) damaged.RemoveAt(index);
            else damaged.InsertRange(index, damaged.GetRange(index, Math.Min(value, damaged.Count - index)));
        }

        return [.. damaged];
    }
}
