using Xunit;
using Yunnao.Tests.EndToEnd.Standards;

namespace Yunnao.Tests.EndToEnd.Ingest;

/// <summary>Documents through the real registry's mappings into the lake.</summary>
public sealed class Cda_tests
{
    private const string Head = """
        <?xml version="1.0" encoding="GB2312"?>
        <ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
        <templateId root="2.16.156.10011.2.1.1.TEMPLATE"/><id root="2.16.156.10011.1.1" extension="DOCUMENT"/><code code="CODE"/><title>TITLE</title>
        <effectiveTime value="20260102100000"/>
        <recordTarget><patientRole><id root="2.16.156.10011.1.12" extension="ZY01"/><id root="2.16.156.10011.1.33" extension="BG01"/>
          <patient><id root="2.16.156.10011.1.3" extension="11010519491231002X"/><name>测试甲</name><administrativeGenderCode code="1"/><birthTime value="19491231"/></patient></patientRole></recordTarget>
        <author><time value="20260102093000"/><assignedAuthor><id root="2.16.156.10011.1.7" extension="D001"/><assignedPerson><name>医师甲</name></assignedPerson></assignedAuthor></author>
        <custodian><assignedCustodian><representedCustodianOrganization><id root="2.16.156.10011.1.5" extension="42010001"/></representedCustodianOrganization></assignedCustodian></custodian>
        <componentOf><encompassingEncounter><effectiveTime><low value="20260101080000"/><high value="20260105080000"/></effectiveTime></encompassingEncounter></componentOf>
        <component><structuredBody>
        """;

    private const string Lab = """
        <component><section><code code="30954-2" displayName="STUDIES SUMMARY"/><text>实验室检查</text>
        <entry><organizer>
          <component><observation><code code="DE04.30.019.00"/><value xsi:type="ST">GLU</value></observation></component>
          <component><observation><code code="DE04.30.015.00"/><value xsi:type="REAL" value="5.4"/>
            <entryRelationship><observation><code code="DE04.30.016.00"/><value xsi:type="ST">mmol/L</value></observation></entryRelationship></observation></component>
        </organizer></entry></section></component></structuredBody></component></ClinicalDocument>
        """;

    private const string Admission = """
        <component><section><code code="10154-3" displayName="CHIEF COMPLAINT"/><entry><observation><code code="DE04.01.119.00"/><value xsi:type="ST">咳嗽三天</value></observation></entry></section></component>
        <component><section><code code="8716-3"/><entry><observation><code code="DE04.10.186.00"/><value xsi:type="PQ" value="38.5"/></observation></entry></section></component>
        <component><section><code code="11450-4"/><entry><observation><code code="DE05.01.025.00"/><value xsi:type="ST">肺炎</value>
          <entryRelationship><observation><code code="DE05.01.024.00"/><value xsi:type="CD" code="J18.900" displayName="肺炎"/></observation></entryRelationship>
          <entryRelationship><observation><code code="DE05.01.080.00"/><value xsi:type="INT" value="1"/></observation></entryRelationship></observation></entry></section></component>
        </structuredBody></component></ClinicalDocument>
        """;

    [Fact]
    public async Task A_ws500_document_goes_to_its_data_sets_to_the_documents_and_to_the_object_store()
    {
        using var platform = new TestPlatform(Repository.File("standards"));
        var gbk = System.Text.CodePagesEncodingProvider.Instance.GetEncoding(936)!;
        var lab = platform.File("c0007.xml", gbk.GetBytes(Of("27", "DOC1", "C0007", "检验报告") + Lab));
        var admission = platform.File("c0034.xml", gbk.GetBytes(Of("54", "DOC2", "C0034", "入院记录") + Admission));
        foreach (var file in (string[])[lab, admission])
        {
            var outcome = await platform.Load(file, "cda-ws500");
            Assert.Null(outcome.Problem);
            Assert.Equal(outcome.Batch!.Received, outcome.Batch.Accepted);
        }

        Assert.Equal(["BG01|GLU|5.4|mmol/L"], platform.Rows("SELECT report_no, item_code, result_value, unit FROM lab.result").Select(r => r.Replace("5.400000", "5.4", StringComparison.Ordinal)));
        Assert.Equal(["ZY01|咳嗽三天|38.5|肺炎"], platform.Rows("SELECT inpatient_no, chief_complaint, temperature, initial_diagnosis_name FROM inpatient.admission"));
        Assert.Equal(["J18.900|1"], platform.Rows("SELECT diagnosis_code, rank FROM inpatient.diagnosis"));
        Assert.Equal(["实验室检查"], platform.Rows("SELECT text FROM emr.section WHERE document_no = 'DOC1'"));
        Assert.Equal(["1"], platform.Rows("SELECT count(DISTINCT _subject) FROM emr.document"));
        var hash = platform.Rows("SELECT object_hash FROM emr.document WHERE document_no = 'DOC1'")[0];
        Assert.Equal(File.ReadAllBytes(lab), File.ReadAllBytes(Path.Combine(platform.Data, "objects", hash[..2], hash[2..])));
    }

    private static string Of(string template, string document, string code, string title) => Head
        .Replace("TEMPLATE", template, StringComparison.Ordinal).Replace("DOCUMENT", document, StringComparison.Ordinal)
        .Replace("CODE", code, StringComparison.Ordinal).Replace("TITLE", title, StringComparison.Ordinal);
}
