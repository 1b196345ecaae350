using Xunit;
using Yunnao.Standards.Loading;

namespace Yunnao.Tests.Unit.Standards;

/// <summary>A sound registry of one person set and one laboratory set in a temporary folder; a test breaks a line of it.</summary>
internal sealed class SmallRegistry : IDisposable
{
    private const string Files = """
        == units.csv
        code,name_zh,name_en
        mmol/L,毫摩尔每升,millimole per litre
        == valuesets.csv
        id,oid,version,status,provisional,name_zh,name_en,source
        sex,2.16.156.1,1.0.0,standard,,性别,Sex,GB/T 2261.1
        specimen,,1.0.0,standard,yes,标本,Specimen,Yunnao
        == codes/sex.csv
        code,name_zh,name_en,parent
        0,未知,Unknown,
        1,男,Male,
        2,女,Female,
        == codes/specimen.csv
        code,name_zh,name_en,parent,loinc_system
        01,血,Blood,,Bld
        0101,静脉血,Venous blood,01,BldV
        == elements.csv
        id,version,status,provisional,name_zh,name_en,definition_zh,definition_en,type,format,value_set,source
        local_id,1.0.0,standard,,本地标识,Local identifier,,,S1,AN..36,,Yunnao
        name,1.0.0,standard,,姓名,Name,,,S1,A..50,,WS 363
        DE02.01.040.00,1.0.0,standard,,性别代码,Sex,,,S3,N1,sex,WS 363
        birth,1.0.0,standard,,出生日期,Date of birth,,,D,D8,,WS 363
        moment,1.0.0,standard,,时间,Time,,,DT,DT15,,WS 363
        amount,1.0.0,standard,,数值,Value,,,N,"N..8,2",,WS 363
        code,1.0.0,standard,,代码,Code,,,S3,AN..20,,WS 363
        flag,1.0.0,standard,,标志,Flag,,,L,T/F,,WS 363
        == datasets.csv
        id,version,status,domain,name_zh,name_en,definition_zh,definition_en,identifier,document,load_order,source
        person.person,1.0.0,standard,person,个人,Person,,,HDSD00.01,,20,WS 445
        lab.result,1.0.0,standard,lab,检验结果,Laboratory result,一项检验的结果,Result of one test,,C0007,50,WS 445
        == items/person.person.csv
        item,element,name_zh,name_en,min,max,card,role,level,deid,hl7v2,fhir
        patient_id,local_id,患者号,Patient number,,,1,record subject,4,vault,PID-3.1,Patient.id
        name,name,姓名,Name,,,0..1,identity.name,4,vault,PID-5.1,
        sex,DE02.01.040.00,性别,Sex,,,0..1,,2,keep,PID-8,Patient.gender
        registered_at,moment,登记时间,Registered at,,,1,time,2,keep,EVN-2,
        birth_date,birth,出生日期,Date of birth,1900-01-01,2100-01-01,0..1,,3,generalise,PID-7,
        == items/lab.result.csv
        item,id,element,name_zh,name_en,definition_zh,definition_en,value_set,unit,min,max,card,role,level,deid,hl7v2,omop
        report_no,,local_id,报告号,Report number,,,,,,,1,record,3,keep,OBR-3.1,
        line_no,,amount,序号,Line,,,,,1,99,1,record,1,keep,OBX-1,
        patient_id,,local_id,患者号,Patient number,,,,,,,1,subject,4,vault,PID-3.1,
        organisation,,local_id,机构,Institution,,,,,,,1,organisation,1,keep,MSH-4,
        reported_at,,moment,报告时间,Reported at,,,,,,,1,time,2,keep,OBR-22 | OBX-14,
        specimen_code,,code,标本代码,Specimen,采样的标本,The specimen taken,specimen,,,,0..1,,1,keep,,
        value,HDSD1,amount,结果值,Value,,,,mmol/L,0,500,0..1,,3,keep,OBX-5,measurement.value_as_number
        abnormal,,flag,异常,Abnormal,,,,,,,0..1,,3,keep,,
        == checks.csv
        id,dataset,version,status,severity,expression,message_zh,message_en,source
        lab-1,lab.result,1.0.0,standard,flag,"abnormal = false or value > 1 or in_set(specimen_code, 'specimen')",异常结果没有值,An abnormal result has no value,Yunnao
        == mappings/hospital-a.yaml
        id: hospital-a
        version: 1.0.0
        status: standard
        name: { zh: 甲医院, en: Hospital A }
        organisation: "42010001"
        format: csv
        encoding: gb18030
        codes: { sex: hospital-a-sex }
        files:
          - match: "PAT*.csv"
            dataset: person.person
          - match: [ "LIS*.csv", "LAB*.csv" ]
            dataset: lab.result
            items:
              report_no: BGDH
              line_no: XH
              patient_id: BRBH
              reported_at: { from: BGSJ, format: "%Y/%m/%d %H:%M" }
              specimen_code: { value: "01" }
        == mappings/feed.yaml
        id: feed
        version: 1.0.0
        status: draft
        name: { zh: 消息, en: Feed }
        format: hl7v2
        messages:
          - match: [ORU^R01]
            row: OBX
            dataset: lab.result
            where: OBX-2 in NM ST CE
            items: { specimen_code: SPM-4.1, line_no: OBX-1 }
        == mappings/codes/hospital-a-sex.csv
        source,target,name
        M,1,男
        F,2,女

        """;

    public SmallRegistry()
    {
        Folder = Directory.CreateTempSubdirectory("yunnao-registry-").FullName;
        foreach (var part in Files.Split("== ", StringSplitOptions.RemoveEmptyEntries))
        {
            var end = part.IndexOf('\n');
            Write(part[..end].Trim(), part[(end + 1)..]);
        }
    }

    public string Folder { get; }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    public RegistryLoad Load() => RegistryLoader.Load(Folder);

    public SmallRegistry Write(string path, string text)
    {
        var full = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        return this;
    }

    /// <summary>Replaces a piece of a file; the piece must be there.</summary>
    public SmallRegistry Edit(string path, string old, string with)
    {
        var text = File.ReadAllText(Path.Combine(Folder, path));
        Assert.Contains(old, text, StringComparison.Ordinal);
        var at = text.IndexOf(old, StringComparison.Ordinal);
        return Write(path, string.Concat(text.AsSpan(0, at), with, text.AsSpan(at + old.Length)));
    }

    public SmallRegistry Delete(string path)
    {
        File.Delete(Path.Combine(Folder, path));
        return this;
    }

    /// <summary>All problems as <c>file:line code</c>.</summary>
    public IReadOnlyList<string> Problems() =>
    [
        .. Load().Problems.Select(p => $"{Path.GetRelativePath(Folder, p.Where!.File!).Replace('\\', '/')}:{p.Where.Line} {p.Code}"),
    ];
}
