using System.Globalization;
using System.Text;
using Xunit;

namespace Yunnao.Tests.EndToEnd.Ingest;

/// <summary>A message of every type and trigger that hospitals send, and the rows that the mapping of any HL7 v2 source makes of each.</summary>
public sealed class Hl7v2_messages_tests(Hl7v2_messages_tests.Loaded loaded) : IClassFixture<Hl7v2_messages_tests.Loaded>
{
    private const string Person = "person.basic 1";
    private const string Stay = "encounter.encounter 1";
    private const string Pd1 = "PD1||||D001^李医师\r";
    private const string Kin = "NK1|1|测试^乙|SPO\r";
    private const string Allergy = "AL1|1|DA|J01CA^青霉素^ATC|SV|皮疹|20200101\r";
    private const string Diagnosis = "DG1|1||J18.9^肺炎^I10||20260301090000|A\r";
    private const string Procedure = "PR1|1||96.04^气管插管^I9C||20260301100000\r";
    private const string Insurance = "IN1|1|YB01^职工医保|420100|市医疗保障局||||||||20260101|20261231\r";
    private const string Weight = "OBX|1|NM|29463-7^体重^LN||61.5|kg|||||F|||20260301083000\r";
    private const string Order = "ORC|NW|O7^HIS|F7^LIS||||||20260301090000|||D001^李医师\r";

    private const string Panel = """
        ORC|RE|O7^HIS|F7^LIS
        OBR|1|O7^HIS|F7^LIS|58410-2^血常规^LN|||20260301091000|||||||20260301092000||||||||20260301100000||HM|F
        OBX|1|NM|6690-2^白细胞计数^LN||11.2|10*9/L|3.5-9.5|H|||F|||20260301095000
        OBX|2|SN|1988-5^C反应蛋白^LN||>^200|mg/L||H|||F|||20260301095000
        OBX|3|CWE|882-1^血型^LN||A^A 型^L||||||F|||20260301095000
        OBX|4|ST|5778-6^尿色^LN||淡黄||||||F|||20260301095000
        NTE|1||标本轻度溶血

        """;

    /// <summary>Name, type, triggers, what follows EVN, the rows of each message, a query of one of its values and its answer.</summary>
    public static TheoryData<string, string, string, string, string, string, string> Messages => new()
    {
        {
            "admission, update", "ADT", "A01 A04 A05 A08 A13 A14", Pid() + Pd1 + Kin + Pv1("I") + "PV2|||R50^发热\r" + Weight + Allergy + Diagnosis + Procedure + Insurance,
            $"{Person}; {Stay}; person.allergy 1; inpatient.diagnosis 1; surgery.operation 1; person.insurance 1; public_health.observation 1",
            "SELECT encounter_no, encounter_class, status, reason, _time::VARCHAR, doctor_code FROM encounter.encounter", "{0}|03|{1}|发热|2026-03-01 08:00:00|D001"
        },
        { "a visit of an outpatient", "ADT", "A04", Pid() + Pv1("O") + Diagnosis, $"{Person}; {Stay}; outpatient.diagnosis 1", "SELECT diagnosis_code, code_system FROM outpatient.diagnosis", "J18.9|ICD10WHO" },
        {
            "person without a visit", "ADT", "A28 A31", Pid() + Pv1("N") + Allergy + Insurance, $"{Person}; person.allergy 1; person.insurance 1",
            "SELECT sex, birth_date::VARCHAR, city FROM person.basic", "2|1980-05-06|武汉"
        },
        {
            "transfer", "ADT", "A02", Pid() + Pv1("I"), $"{Person}; {Stay}; inpatient.transfer 1",
            "SELECT from_dept_code, from_bed, to_dept_code, to_bed FROM inpatient.transfer", "W00|1|W01|3"
        },
        { "discharge", "ADT", "A03", Pid() + Pv1("I", (45, "20260305100000")) + Diagnosis, $"{Person}; {Stay}; inpatient.diagnosis 1", "SELECT status, end_time::VARCHAR FROM encounter.encounter", "4|2026-03-05 10:00:00" },
        { "change of class", "ADT", "A06 A07", Pid() + "MRG|OLD1^^^H^MR\r" + Pv1("I"), $"{Person}; {Stay}; inpatient.transfer 1", "SELECT status FROM encounter.encounter", "{1}" },
        { "tracking, cancelled events", "ADT", "A09 A10 A11 A12", Pid() + Pv1("I"), $"{Person}; {Stay}", "SELECT encounter_no, status FROM encounter.encounter", "{0}|{1}" },
        { "pending transfer and discharge", "ADT", "A15 A16", Pid() + Pv1("I") + Diagnosis, $"{Person}; {Stay}; inpatient.diagnosis 1", "SELECT status FROM encounter.encounter", "{1}" },
        { "two patients change beds", "ADT", "A17", Pid() + Pv1("I") + Pid("b") + Pv1("I", (3, "W09^901^9"), (19, "SECOND")), "person.basic 2; encounter.encounter 2; inpatient.transfer 1", "SELECT ward_name FROM encounter.encounter WHERE encounter_no = 'SECOND'", "W09" },
        { "merge of a person, with the visit", "ADT", "A18 A40", Pid() + "MRG|OLD1^^^H^MR\r" + Pv1("I"), $"{Person}; person.merge 1; {Stay}", "SELECT encounter_no FROM encounter.encounter", "{0}" },
        { "merge of accounts and visits, move of a person", "ADT", "A39 A41 A42 A43 A44", Pid() + "MRG|OLD1^^^H^MR\r" + Pv1("I"), $"{Person}; {Stay}", "SELECT encounter_no FROM encounter.encounter", "{0}" },
        { "status of a bed: of no patient, kept in quarantine", "ADT", "A20", "NPU|W01^101^3|C\r", "mapping.no-row ADT^A20 1", "SELECT 1", "1" },
        { "leave, cancelled and pending events", "ADT", "A21 A22 A23 A25 A26 A27 A32 A33", Pid() + Pv1("I"), $"{Person}; {Stay}", "SELECT status FROM encounter.encounter", "{1}" },
        { "persons linked, unlinked", "ADT", "A24 A37", Pid() + Pid("b"), "person.basic 2", "SELECT count(DISTINCT _subject) FROM person.basic", "2" },
        { "person deleted", "ADT", "A29", Pid() + Pv1("N"), Person, "SELECT sex FROM person.basic", "2" },
        { "merge and change of identifiers", "ADT", "A34 A36 A47", Pid() + "MRG|OLD1^^^H^MR||A1\r", $"{Person}; person.merge 1", "SELECT sex FROM person.basic", "2" },
        { "other changes of identifiers", "ADT", "A30 A35 A46 A48 A49", Pid() + "MRG|OLD1^^^H^MR||A1\r", Person, "SELECT sex FROM person.basic", "2" },
        { "cancel pre-admit", "ADT", "A38", Pid() + Pv1("P") + Diagnosis, $"{Person}; {Stay}; outpatient.diagnosis 1", "SELECT status FROM encounter.encounter", "5" },
        { "visits moved and numbered anew", "ADT", "A45 A50 A51", Pid() + "MRG|OLD1^^^H^MR||||V0\r" + Pv1("I"), $"{Person}; {Stay}", "SELECT encounter_no FROM encounter.encounter", "{0}" },
        { "leave cancelled, doctors changed", "ADT", "A52 A53 A54 A55 A61 A62", Pid() + Pv1("I"), $"{Person}; {Stay}", "SELECT doctor_code, status FROM encounter.encounter", "D001|{1}" },
        {
            "allergies", "ADT", "A60", Pid() + Pv1("I") + "IAM|1|FA^食物|Z91.0^花生^L|MO|荨麻疹|A|AL77\r", $"{Person}; {Stay}; person.allergy 1",
            "SELECT allergy_no, allergen_name FROM person.allergy", "AL77|花生"
        },
        {
            "results", "ORU", "R01 R30 R31 R32", Pid() + Pv1("I") + Panel, $"{Person}; lab.report 1; lab.result 4",
            "SELECT string_agg(concat_ws(' ', item_no, item_code, comparator, result_value::DOUBLE, result_text, abnormal_flag), '; ' ORDER BY item_no) FROM lab.result",
            "1 6690-2 11.2 11.2 {flag}; 2 1988-5 > 200.0 200 {flag}; 3 882-1 A 型; 4 5778-6 淡黄"
        },
        {
            "a report of imaging", "ORU", "R01", Pid() + Pv1("O") + "OBR|1|O8|F8|CT01^胸部CT平扫^L|||20260301091000|||||||||||||||20260301100000||CT|F\rOBX|1|TX|GDT^所见^L||双肺纹理清晰||||||F\r",
            $"{Person}; exam.report 1", "SELECT report_no, exam_name, findings FROM exam.report", "F8|胸部CT平扫|双肺纹理清晰"
        },
        {
            "order of a test", "ORM", "O01", Pid() + Pv1("I") + Order + "OBR|1|O7^HIS||58410-2^血常规^LN|||20260301091000\r" + Diagnosis, $"{Person}; encounter.request 1; inpatient.diagnosis 1",
            "SELECT request_no, request_name, doctor_code, _time::VARCHAR FROM encounter.request", "O7|血常规|D001|2026-03-01 09:00:00"
        },
        {
            "order of a drug", "ORM", "O01", Pid() + Pv1("I") + Order + "RXO|A10BA02^二甲双胍^ATC|0.5||g\rRXR|PO^口服\r", $"{Person}; drug.prescription 1",
            "SELECT prescription_no, drug_code, dose::DOUBLE, dose_unit, route_text FROM drug.prescription", "O7|A10BA02|0.5|g|口服"
        },
        {
            "order of the laboratory", "OML", "O21", Pid() + Pv1("O") + Order + "TQ1|1||||||20260301091000||S\rOBR|1|O7^HIS||58410-2^血常规^LN\r" + Diagnosis + "SPM|1|S7||BLD^全血\r",
            $"{Person}; encounter.request 1; outpatient.diagnosis 1", "SELECT request_no, priority FROM encounter.request", "O7|4"
        },
        { "order of a service", "OMG", "O19", Pid() + Pv1("O") + Order + "TQ1|1||||||20260301091000||R\rOBR|1|O7^HIS||EKG^心电图^L\r", $"{Person}; encounter.request 1", "SELECT request_name, filler_no FROM encounter.request", "心电图|F7" },
        {
            "encoded prescription", "RDE", "O11", Pid() + Pv1("I") + Order + "TQ1|1||BID\rRXE||C08CA01^氨氯地平^ATC|5||mg|||||14|片\rRXR|PO^口服\r", $"{Person}; drug.prescription 1",
            "SELECT drug_name, dose::DOUBLE, dose_unit, quantity::DOUBLE, frequency_text FROM drug.prescription", "氨氯地平|5|mg|14|BID"
        },
        {
            "dispensed drug", "RDS", "O13", Pid() + Pv1("O") + Order + "RXE||C08CA01^氨氯地平^ATC|5||mg\rRXR|PO^口服\rRXD|1|C08CA01^氨氯地平^ATC|20260301110000|14|片||RX7\r", $"{Person}; drug.dispense 1",
            "SELECT dispense_no, prescription_no, quantity::DOUBLE, _time::VARCHAR FROM drug.dispense", "RX7|O7|14|2026-03-01 11:00:00"
        },
        {
            "appointments", "SIU", "S12 S13 S14 S15 S16 S17 S18 S19 S20 S21 S22 S23 S24 S26",
            "SCH|A7|A7|||||CHECKUP^复诊||20|min|^^20^20260310090000^20260310092000|||||D001^李医师|||||||||Booked\r" + Pid() + Pv1("O") + "RGS|1\rAIS|1||FZ^复诊门诊|20260310090000\rAIP|1||D001^李医师\rAIL|1||K03^心内科\r",
            $"{Person}; outpatient.appointment 1", "SELECT appointment_no, dept_code, doctor_code, _time::VARCHAR, status FROM outpatient.appointment", "A7|K03|D001|2026-03-10 09:00:00|Booked"
        },
        {
            "status of a document", "MDM", "T01 T03 T05 T07 T09 T11", Pid() + Pv1("I") + "TXA|1|DS^出院记录|TX|20260305100000|||||D001^李医师|||DOC7|||||AU\r", $"{Person}; emr.document 1",
            "SELECT document_no, title, author_code, status FROM emr.document", "DOC7|出院记录|D001|AU"
        },
        {
            "a document with its content", "MDM", "T02 T04 T06 T08 T10",
            Pid() + Pv1("I") + "TXA|1|DS^出院记录|TX|20260305100000|||||D001^李医师|||DOC7|||||AU\rOBX|1|TX|8648-8^住院经过^LN||予抗感染治疗||||||F\rOBX|2|TX|42346-7^出院带药^LN||阿莫西林||||||F\r",
            $"{Person}; emr.document 1; emr.section 2",
            "SELECT string_agg(concat_ws(' ', document_no, section_no, section_code, code_system, title, text), '; ' ORDER BY section_no) FROM emr.section", "DOC7 1 8648-8 LOINC 住院经过 予抗感染治疗; DOC7 2 42346-7 LOINC 出院带药 阿莫西林"
        },
        {
            "vaccination", "VXU", "V04", Pid() + "ORC|RE||IZ7\rRXA|0|1|20260301093000||08^乙肝疫苗^CVX|0.5|mL||||||||LOT9|20270101\rRXR|IM^肌内注射|LA^左上臂\rOBX|1|CWE|64994-7^资格^LN||V01^不享受^L||||||F\r",
            $"{Person}; public_health.immunization 1; public_health.observation 1", "SELECT vaccination_no, vaccine_code, dose_amount::DOUBLE, lot_no, site_text FROM public_health.immunization", "IZ7|08|0.5|LOT9|左上臂"
        },
        {
            "charges of a stay", "DFT", "P03", Pid() + Pv1("I") + "FT1|1|T7||20260301|20260301|CG|120^血常规^L|||2|20.5\rFT1|2|T7||20260301|20260301|CG|130^CT^L|||1|300\r" + Diagnosis + Procedure + Insurance,
            $"{Person}; inpatient.fee 2; inpatient.diagnosis 1; surgery.operation 1; person.insurance 1", "SELECT sum(amount)::DOUBLE, sum(quantity)::DOUBLE FROM inpatient.fee", "320.5|3"
        },
        { "charges of an outpatient", "DFT", "P03", Pid() + Pv1("O") + "FT1|1|T8||20260301|20260301|CG|120^血常规^L|||1|20.5\r", $"{Person}; outpatient.fee 1", "SELECT item_name FROM outpatient.fee", "血常规" },
        {
            "accounts opened and updated", "BAR", "P01 P05", Pid() + Pv1("I") + Weight + Allergy + Diagnosis + Procedure + Insurance,
            $"{Person}; public_health.observation 1; person.allergy 1; inpatient.diagnosis 1; surgery.operation 1; person.insurance 1", "SELECT plan_name FROM person.insurance", "职工医保"
        },
        { "accounts purged and ended", "BAR", "P02 P06", Pid() + Pv1("I"), Person, "SELECT sex FROM person.basic", "2" },
        { "classification of outpatient payment", "BAR", "P10", Pid() + Pv1("O") + Diagnosis + "GP1|1\r" + Procedure, $"{Person}; outpatient.diagnosis 1; surgery.operation 1", "SELECT operation_code, code_system FROM surgery.operation", "96.04|ICD9CM" },
        { "diagnoses and procedures updated", "BAR", "P12", Pid() + Pv1("I") + Diagnosis + Procedure, $"{Person}; inpatient.diagnosis 1; surgery.operation 1", "SELECT diagnosis_code FROM inpatient.diagnosis", "J18.9" },
    };

    [Theory]
    [MemberData(nameof(Messages))]
    public void Every_message_is_accepted_and_gives_its_rows(string name, string type, string triggers, string body, string rows, string query, string answer)
    {
        foreach (var trigger in triggers.Split(' '))
        {
            var number = loaded.Numbers[(name, trigger)];
            Assert.Equal((type, $"{trigger}: {string.Join("; ", rows.Split("; ").Order())}"), (type, $"{trigger}: {string.Join("; ", loaded.RowsOf(number))}"));
            var at = query.Contains(" FROM ", StringComparison.Ordinal) ? query + (query.Contains(" WHERE ", StringComparison.Ordinal) ? " AND" : " WHERE") + $" _org = '{Loaded.Organisation(number)}'" : query;
            var expected = answer.Replace("{0}", $"V{number}", StringComparison.Ordinal).Replace("{1}", Status(trigger), StringComparison.Ordinal).Replace("{flag}", "H", StringComparison.Ordinal);
            Assert.Equal($"{trigger}: {expected}", $"{trigger}: {Assert.Single(loaded.Platform.Rows(at))}");
            Assert.NotEmpty(body);
        }
    }

    /// <summary>What the event says of the encounter (YV.encounter_status); empty when nothing.</summary>
    private static string Status(string trigger) => trigger switch
    {
        "A05" or "A14" => "1",
        "A04" or "A10" => "2",
        "A03" => "4",
        "A11" or "A23" or "A27" or "A38" => "5",
        "A08" or "A32" or "A33" or "A54" or "A55" or "A61" or "A62" => "",
        _ => "3",
    };

    private static string Pid(string more = "") => $"PID|1||P{{0}}{more}^^^H^MR||测试^甲||19800506|F|||测试路1号^^武汉^^430000||027-88880000\r";

    private static string Pv1(string patientClass, params (int Field, string Value)[] others)
    {
        var fields = new string[46];
        (fields[1], fields[2], fields[3], fields[6], fields[7], fields[19], fields[44]) = ("1", patientClass, "W01^101^3", "W00^201^1", "D001^李医师", "V{0}", "20260301080000");
        foreach (var (field, value) in others) fields[field] = value;
        return $"PV1|{string.Join('|', fields[1..])}\r";
    }

    /// <summary>All messages in one file, loaded once; each is of an institution of its own, so that its rows are found.</summary>
    public sealed class Loaded : IAsyncLifetime
    {
        private Dictionary<string, List<string>> _rows = [];

        internal TestPlatform Platform { get; } = new(Standards.Repository.File("standards"));

        /// <summary>Number of a message in the file by its name and trigger.</summary>
        public Dictionary<(string Name, string Trigger), int> Numbers { get; } = [];

        public static string Organisation(int number) => string.Create(CultureInfo.InvariantCulture, $"H{number:000}");

        /// <summary>Data sets with the rows accepted of a message, and codes of what was refused with their number, in order.</summary>
        public List<string> RowsOf(int number) => _rows.GetValueOrDefault(Organisation(number)) ?? [];

        public async ValueTask InitializeAsync()
        {
            var file = new StringBuilder();
            foreach (var row in Messages)
            {
                var (name, type, triggers, body, _, _, _) = row.Data;
                foreach (var trigger in triggers.Split(' '))
                {
                    var number = Numbers[(name, trigger)] = Numbers.Count + 1;
                    file.Append(CultureInfo.InvariantCulture, $"MSH|^~\\&|HIS|{Organisation(number)}|YN|CITY|20260301083000||{type}^{trigger}|M{number}|P|2.5.1||||||UNICODE UTF-8\rEVN|{trigger}|20260301083000\r");
                    file.Append(body.ReplaceLineEndings("\r").Replace("\r\r", "\r", StringComparison.Ordinal).Replace("{0}", number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
                }
            }

            var outcome = await Platform.Load(Platform.File("all.hl7", file.ToString()), "hl7v2");
            Assert.Null(outcome.Problem);
            Assert.Equal(outcome.Batch!.Received, outcome.Batch.Accepted + outcome.Batch.Quarantined);
            var sets = Platform.Registry.Mappings["hl7v2"].Rules.Select(r => r.DataSet).Distinct();
            var counts = string.Join(" UNION ALL ", sets.Select(s => $"SELECT _org, '{s}' AS what, count(*) AS n FROM {s} WHERE _rejected IS NULL GROUP BY _org"));
            var refused = "SELECT _org, what, count(*) FROM (SELECT format('H{:03d}', record_number) AS _org, unnest(reasons) AS what FROM ops.quarantine) GROUP BY ALL";
            _rows = Platform.Rows($"SELECT * FROM ({counts} UNION ALL {refused}) ORDER BY 1, 2").Select(r => r.Split('|')).GroupBy(r => r[0], r => $"{r[1]} {r[2]}").ToDictionary(g => g.Key, g => g.Order().ToList());
        }

        public ValueTask DisposeAsync()
        {
            Platform.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
