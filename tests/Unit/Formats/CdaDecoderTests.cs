using System.Text;
using CsCheck;
using Xunit;

namespace Yunnao.Tests.Formats;

public sealed class CdaDecoderTests
{
    private const string Lab = """
        <?xml version="1.0" encoding="UTF-8"?>
        <ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
          <templateId root="2.16.156.10011.2.1.1.27"/>
          <id root="2.16.156.10011.1.1" extension="D1"/>
          <code code="C0007"/>
          <effectiveTime value="20260102030405+0800"/>
          <recordTarget><patientRole><id root="2.16.156.10011.1.11" extension="P1"/></patientRole></recordTarget>
          <component><structuredBody>
            <component><section><code code="30954-2" displayName="STUDIES SUMMARY"/>
              <text><paragraph>first</paragraph><table><tr><th>a</th><td ID="r1">b  c</td></tr></table></text>
              <entry><observation><code code="DE04.30.019.00"/><value xsi:type="ST">glucose</value>
                <entryRelationship><observation><code code="DE04.30.015.00"/><value xsi:type="REAL" value="5.4"/></observation></entryRelationship></observation></entry>
              <entry><observation><code code="DE05.01.024.00"/><value xsi:type="CD" code="E11" displayName="diabetes"><originalText><reference value="#r1"/></originalText></value></observation></entry>
            </section></component>
            <component><section><title>second</title><text/></section></component>
          </structuredBody></component>
        </ClinicalDocument>
        """;

    [Fact]
    public async Task Data_elements_xpaths_times_and_narrative_become_cells()
    {
        var plan = Plans.Of("C0007", null, null, "/ClinicalDocument/id", "DE04.30.015.00", "DE05.01.024.00", "DE05.01.024.00/@displayName", "@/ClinicalDocument/effectiveTime/@value", "//section[1]/text", "//originalText");
        var sink = await Plans.Cda(Lab, plan);
        Assert.Equal(["D1", "5.4", "E11", "diabetes", "2026-01-02T03:04:05+08:00", "first\na\tb c", "b c"], Assert.Single(sink.Rows).Cells);
    }

    [Theory]
    [InlineData("<!-- signed -->\n", 0)]
    [InlineData("<?audit done?><!----> ", 0)]
    [InlineData("<!-- never ended", 1)]
    [InlineData("<?never", 1)]
    [InlineData("<!-- --> text", 1)]
    public async Task Comments_and_instructions_after_a_document_are_no_record(string after, int rejected)
    {
        var sink = await Plans.Cda(Lab + after, Plans.Of("C0007", null, null, "/ClinicalDocument/id"));
        Assert.Single(sink.Rows);
        Assert.Equal(rejected, sink.Rejections.Count);
    }

    [Fact]
    public async Task A_path_to_nodes_makes_a_row_of_each_and_counts_them()
    {
        var plan = Plans.Of("2.16.156.10011.2.1.1.27", "//section", null, "position()", "./title | ./code/@displayName", "concat(/ClinicalDocument/id/@extension,'-',position())");
        var sink = await Plans.Cda(Lab, plan);
        Assert.Equal([["1", "STUDIES SUMMARY", "D1-1"], ["2", "second", "D1-2"]], sink.Rows.Select(r => r.Cells));
    }

    [Theory]
    [InlineData("./code/@code = 30954-2", 1)]
    [InlineData("./code/@code != 30954-2", 1)]
    [InlineData("./title exists", 1)]
    [InlineData("DE04.30.015.00 in 5.4 6", 1)]
    [InlineData("./nothing = x", 0)]
    public async Task A_condition_chooses_among_the_rows(string where, int rows)
    {
        var sink = await Plans.Cda(Lab, Plans.Of("*", "//section", where, "position()"));
        Assert.Equal(rows, sink.Rows.Count);
        Assert.Equal(rows == 0 ? ["mapping.no-row 2.16.156.10011.2.1.1.27"] : [], sink.Codes);
    }

    [Fact]
    public async Task Several_documents_in_a_file_are_records_of_their_own_and_a_broken_one_ends_alone()
    {
        var broken = Lab.Replace("</patientRole>", "", StringComparison.Ordinal);
        var sink = await Plans.Cda(Lab + "\n" + broken + Lab.Replace("\"D1\"", "\"D3\"", StringComparison.Ordinal), Plans.Of("*", null, null, "/ClinicalDocument/id"));
        Assert.Equal([(1L, "D1"), (3L, "D3")], sink.Rows.Select(r => (r.Record, r.Cells[0]!)));
        Assert.Equal("cda.xml", Assert.Single(sink.Codes));
    }

    [Theory]
    [InlineData("<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><ClinicalDocument>&b;</ClinicalDocument>", "cda.dtd")]
    [InlineData("<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><ClinicalDocument/>", "cda.dtd")]
    [InlineData("<ClinicalDocument>&undefined;</ClinicalDocument>", "cda.xml")]
    [InlineData("<ClinicalDocument><id extension=\"a\u0000b\"/></ClinicalDocument>", "cda.xml")]
    [InlineData("<ClinicalDocument><id></ClinicalDocument>", "cda.xml")]
    [InlineData("<ClinicalDocument", "cda.xml")]
    [InlineData("plain text", "cda.xml")]
    [InlineData("<section xmlns='urn:hl7-org:v3'/>", "cda.no-document")]
    public async Task What_is_no_sound_document_is_refused(string text, string code)
    {
        var sink = await Plans.Cda(text, Plans.Of("*", null, null, "/ClinicalDocument/id"));
        Assert.Empty(sink.Rows);
        Assert.Equal([code], sink.Codes);
    }

    [Fact]
    public async Task Deep_documents_are_refused()
    {
        var deep = "<ClinicalDocument>" + string.Concat(Enumerable.Repeat("<a>", 100_000)) + string.Concat(Enumerable.Repeat("</a>", 100_000)) + "</ClinicalDocument>";
        Assert.Equal(["cda.too-deep"], (await Plans.Cda(deep, Plans.Of("*", null, null, "/ClinicalDocument/id"))).Codes);
    }

    [Fact]
    public async Task Documents_in_gbk_are_read_by_their_declaration_and_by_their_bytes()
    {
        var text = Lab.Replace("glucose", "葡萄糖", StringComparison.Ordinal);
        var gbk = CodePagesEncodingProvider.Instance.GetEncoding(936)!;
        foreach (var declared in (string[])["GB2312", "UTF-8"])
        {
            var bytes = gbk.GetBytes(text.Replace("\"UTF-8\"", $"\"{declared}\"", StringComparison.Ordinal));
            var (sink, _) = await Plans.Cda(bytes, [Plans.Of("*", null, null, "DE04.30.019.00")]);
            Assert.Equal("葡萄糖", Assert.Single(sink.Rows).Cells[0]);
        }
    }

    [Fact]
    public async Task Prefixes_that_were_not_declared_are_forgiven_where_they_are_well_known()
    {
        var sink = await Plans.Cda("<ClinicalDocument><id extension='1'/><sdtc:x xsi:type='y'/></ClinicalDocument>", Plans.Of("*", null, null, "/ClinicalDocument/id", "//x/@type"));
        Assert.Equal(["1", "y"], Assert.Single(sink.Rows).Cells);
    }

    [Theory]
    [InlineData("//section[")]
    [InlineData("DE04.30.015.00/[")]
    [InlineData("unknown:x")]
    public void A_path_that_is_no_xpath_is_a_problem_of_the_mapping(string path) =>
        Assert.Equal("mapping.path", Yunnao.Formats.Cda.CdaDecoder.Create([Plans.Of("*", null, null, path)]).Problem!.Code);

    [Fact]
    public void Changed_documents_are_accounted_for() =>
        Gen.Select(Gen.Int[0, Lab.Length - 1], Gen.Byte, Gen.Int[0, 40]).Array[1, 8].Sample(
            changes =>
            {
                var bytes = Encoding.UTF8.GetBytes(Lab + Lab).ToList();
                foreach (var (at, value, remove) in changes)
                {
                    if (remove > 20) bytes.RemoveRange(at, Math.Min(remove, bytes.Count - at));
                    else bytes[at] = value;
                }

                Plans.Cda([.. bytes], [Plans.Of("*", null, null, "/ClinicalDocument/id"), Plans.Of("C0007", "//section", null, "./text", "DE04.30.015.00")]).GetAwaiter().GetResult();
            },
            iter: 400);
}
