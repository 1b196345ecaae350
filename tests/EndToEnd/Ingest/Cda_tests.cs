using Xunit;

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

    private const string Hypertension = """
        <component><section><code code="11450-4" displayName="PROBLEM LIST"/><entry><observation><code code="DE04.01.117.00"/><value xsi:type="ST">头痛</value></observation></entry></section></component>
        <component><section><code code="8716-3" displayName="VITAL SIGNS"/><entry><organizer>
          <component><observation><code code="DE04.10.174.00"/><value xsi:type="PQ" value="152" unit="mmHg"/></observation></component>
          <component><observation><code code="DE04.10.176.00"/><value xsi:type="PQ" value="96" unit="mmHg"/></observation></component></organizer></entry></section></component>
        <component><section><code code="29762-2" displayName="SOCIAL HISTORY"/><entry><observation><code code="DE03.00.056.00"/><value xsi:type="CD" code="2" displayName="中"/></observation></entry></section></component>
        <component><section><code code="18776-5" displayName="TREATMENT PLAN"/><entry><observation><code code="DE06.00.108.00"/><value xsi:type="CD" code="1" displayName="门诊"/></observation></entry>
          <entry><observation><code code="DE05.10.066.00"/><value xsi:type="CD" code="2" displayName="控制不满意"/></observation></entry>
          <entry><observation><code code="DE06.00.174.00"/><value xsi:type="BL" value="true"/></observation></entry>
          <entry><observation><code code="DE06.00.177.00"/><value xsi:type="ST">连续两次控制不满意</value></observation></entry></section></component>
        </structuredBody></component></ClinicalDocument>
        """;

    private const string Antenatal = """
        <component><section><code code="10154-3" displayName="CHIEF COMPLAINT"/><entry><observation><code code="DE04.01.119.00"/><value xsi:type="ST">无不适</value></observation></entry></section></component>
        <component><section><code code="8716-3"/><entry><observation><code code="DE04.10.067.00"/><value xsi:type="PQ" value="24.5" unit="cm"/></observation></entry>
          <entry><observation><code code="DE04.10.183.00"/><value xsi:type="PQ" value="146"/></observation></entry></section></component>
        </structuredBody></component></ClinicalDocument>
        """;

    [Fact]
    public async Task A_ws483_document_goes_to_the_data_set_it_is_about_by_its_code_or_its_template()
    {
        using var platform = new TestPlatform(Repository.File("standards"));
        var gbk = System.Text.CodePagesEncodingProvider.Instance.GetEncoding(936)!;
        var files = new[]
        {
            platform.File("hypertension.xml", gbk.GetBytes(Of("12", "DOC1", "HSDB04.01", "高血压患者随访服务") + Hypertension)),
            platform.File("antenatal.xml", gbk.GetBytes(Of("6", "DOC2", "OTHER", "产前随访服务") + Antenatal)),
            platform.File("exam.xml", gbk.GetBytes(Of("16", "DOC3", "HSDC00.01", "成人健康体检") + Antenatal.Replace("DE04.10.067.00", "DE04.10.218.00", StringComparison.Ordinal))),
        };
        foreach (var file in files)
        {
            var outcome = await platform.Load(file, "cda-ws483");
            Assert.Null(outcome.Problem);

            // The code of the second document is none of the standard's: the index of documents refuses that row and nothing else.
            Assert.Equal(outcome.Batch!.Received - (file == files[1] ? 1 : 0), outcome.Batch.Accepted);
        }

        Assert.Equal(
            ["DOC1|1|头痛|152|96|2|2|true|D001"],
            platform.Rows("SELECT followup_no, followup_way, symptoms, systolic, diastolic, salt, followup_class, referral_flag, doctor_code FROM public_health.hypertension_followup").Select(r => r.ToLowerInvariant().Replace("doc", "DOC", StringComparison.Ordinal).Replace("d001", "D001", StringComparison.Ordinal)));
        Assert.Equal(["24.5|146"], platform.Rows("SELECT fundal_height, fetal_heart_rate FROM public_health.antenatal_visit"));
        Assert.Equal(["DOC3|24.5"], platform.Rows("SELECT exam_no, waist FROM public_health.exam"));
        Assert.Equal(["DOC1|HSDB04.01", "DOC3|HSDC00.01"], platform.Rows("SELECT document_no, document_type FROM emr.document ORDER BY document_no"));
        Assert.Equal(["1"], platform.Rows("SELECT count(DISTINCT _subject) FROM emr.section"));
    }

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
        await using var landed = (await platform.Objects.OpenAsync(hash, TestContext.Current.CancellationToken)).Value;
        using var bytes = new MemoryStream();
        await landed.CopyToAsync(bytes, TestContext.Current.CancellationToken);
        Assert.Equal(File.ReadAllBytes(lab), bytes.ToArray());
    }

    private static string Of(string template, string document, string code, string title) => Head
        .Replace("TEMPLATE", template, StringComparison.Ordinal).Replace("DOCUMENT", document, StringComparison.Ordinal)
        .Replace("CODE", code, StringComparison.Ordinal).Replace("TITLE", title, StringComparison.Ordinal);
}
