namespace Yunnao.Tests.EndToEnd.Ingest;

/// <summary>A registry of three data sets, written to a folder: persons, their merges and laboratory results, and a hospital with its own columns and codes.</summary>
internal static class SmallRegistry
{
    public static void Write(string folder)
    {
        void File(string name, string text)
        {
            var path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            System.IO.File.WriteAllText(path, text.ReplaceLineEndings("\n"));
        }

        File("elements.csv", """
            id,version,status,provisional,name_zh,name_en,definition_zh,definition_en,type,format,value_set,source
            T.code,1.0.0,standard,,代码,Code,,,S1,AN..20,,Yunnao
            T.text,1.0.0,standard,,文本,Text,,,S1,AN..50,,Yunnao
            T.sex,1.0.0,standard,,性别,Sex,,,S3,N1,SEX,Yunnao
            T.date,1.0.0,standard,,日期,Date,,,D,D8,,Yunnao
            T.time,1.0.0,standard,,时间,Time,,,DT,DT15,,Yunnao
            T.number,1.0.0,standard,,数值,Number,,,N,"N..10,4",,Yunnao
            T.sequence,1.0.0,standard,,序号,Sequence,,,N,N..4,,Yunnao
            T.flag,1.0.0,standard,,标志,Flag,,,S3,A..2,FLAG,Yunnao
            """);
        File("valuesets.csv", """
            id,oid,version,status,provisional,name_zh,name_en,source
            SEX,,1.0.0,standard,,性别,Sex,Yunnao
            FLAG,,1.0.0,standard,,异常标志,Abnormal flag,Yunnao
            """);
        File("codes/SEX.csv", "code,name_zh,name_en\n0,未知的性别,unknown\n1,男性,male\n2,女性,female\n9,未说明的性别,unspecified\n");
        File("codes/FLAG.csv", "code,name_zh,name_en\nN,正常,normal\nH,偏高,high\nL,偏低,low\nHH,危急高,critical high\nLL,危急低,critical low\nA,异常,abnormal\nP,阳性,positive\nU,未知,unknown\nI,中间,intermediate\n");
        File("units.csv", "code,name_zh,name_en\nCNY,元,yuan\n");
        File("datasets.csv", """
            id,version,status,provisional,domain,name_zh,name_en,definition_zh,definition_en,identifier,document,load_order,source
            person.basic,1.0.0,standard,,person,患者,Person,,,,,20,Yunnao
            person.merge,1.0.0,standard,,person,患者标识合并,Merge of patient numbers,,,,,30,Yunnao
            lab.result,1.0.0,standard,,lab,检验结果,Lab result,,,,,50,Yunnao
            """);
        const string Columns = "item,id,element,name_zh,name_en,definition_zh,definition_en,value_set,unit,min,max,card,role,level,deid,hl7v2,cda,fhir,omop,status,provisional,source\n";
        File("items/person.basic.csv", Columns + """
            org_code,,T.code,机构,Organisation,,,,,,,1,organisation,2,keep,MSH-4.1,,,,standard,,Yunnao
            patient_id,,T.code,患者号,Patient number,,,,,,,1,record subject,4,vault,PID-3.1,,Patient.id,,standard,,Yunnao
            name,,T.text,姓名,Name,,,,,,,1,identity.name,4,vault,PID-5.1,,Patient.name.family,,standard,,Yunnao
            id_number,,T.code,身份证号,ID number,,,,,,,0..1,identity.id_number,5,vault,PID-19,,Patient.identifier[system=id].value,,standard,,Yunnao
            sex,,T.sex,性别,Sex,,,,,,,1,,2,keep,PID-8,,Patient.gender,,standard,,Yunnao
            birth_date,,T.date,出生日期,Birth date,,,,,1900-01-01,2030-01-01,0..1,,3,generalise,PID-7,,Patient.birthDate,,standard,,Yunnao
            recorded_time,,T.time,登记时间,Recorded,,,,,,,1,time,2,keep,MSH-7,,Patient.meta.lastUpdated,,standard,,Yunnao
            """);
        File("items/person.merge.csv", Columns + """
            org_code,,T.code,机构,Organisation,,,,,,,1,organisation,2,keep,MSH-4.1,,,,standard,,Yunnao
            patient_id,,T.code,患者号,Patient number,,,,,,,1,record subject,4,vault,PID-3.1,,,,standard,,Yunnao
            prior_patient_id,,T.code,原患者号,Prior patient number,,,,,,,1,record identity.replaced,4,vault,MRG-1.1,,,,standard,,Yunnao
            merge_time,,T.time,合并时间,Time,,,,,,,1,time,2,keep,MSH-7,,,,standard,,Yunnao
            """);
        File("items/lab.result.csv", Columns + """
            org_code,,T.code,机构,Organisation,,,,,,,1,organisation,2,keep,MSH-4.1,,,,standard,,Yunnao
            patient_id,,T.code,患者号,Patient number,,,,,,,1,subject,4,vault,PID-3.1,,Observation.subject.reference,,standard,,Yunnao
            report_no,,T.code,报告号,Report number,,,,,,,1,record,3,pseudonym,OBR-3.1,,Observation.id,,standard,,Yunnao
            item_no,,T.sequence,序号,Sequence,,,,,0,9999,1,record,2,keep,OBX-1,,,,standard,,Yunnao
            item_code,,T.code,项目代码,Item code,,,,,,,1,,2,keep,OBX-3.1,,Observation.code.coding.code,,standard,,Yunnao
            result_value,,T.number,结果,Result,,,,,-1000,100000,0..1,,3,keep,OBX-5,,Observation.valueQuantity.value,,standard,,Yunnao
            reference_low,,T.number,参考下限,Reference low,,,,,,,0..1,,2,keep,,,,,standard,,Yunnao
            reference_high,,T.number,参考上限,Reference high,,,,,,,0..1,,2,keep,,,,,standard,,Yunnao
            abnormal_flag,,T.flag,异常标志,Flag,,,,,,,0..1,,2,keep,OBX-8,,,,standard,,Yunnao
            report_time,,T.time,报告时间,Report time,,,,,,,1,time,2,keep,OBX-14,,Observation.effectiveDateTime,,standard,,Yunnao
            """);
        File("checks.csv", """
            id,dataset,version,status,severity,expression,message_zh,message_en,source
            reference-order,lab.result,1.0.0,standard,reject,reference_low <= reference_high,参考下限大于上限,Reference low is above reference high,Yunnao
            high-has-value,lab.result,1.0.0,standard,flag,abnormal_flag <> 'H' OR result_value IS NOT NULL,标为偏高但无结果,Flagged high without a value,Yunnao
            """);
        File("mappings/codes/hospital-b-sex.csv", "source,target,name\nM,1,男\nF,2,女\n");
        File("mappings/codes/hospital-b-flag.csv", "source,target,name\n高,H,\n低,L,\n正常,N,\n甲,A,\n乙,P,\n丙,U,\n丁,I,\n戊,HH,\n己,LL,\n");
        File("mappings/codes/fhir-sex.csv", "source,target,name\nmale,1,\nfemale,2,\n");
        File("mappings/plain.yaml", """
            id: plain
            version: 1.0.0
            status: standard
            name: { zh: 标准模板, en: Plain template }
            organisation: "H1"
            format: csv
            encoding: utf-8
            files:
              - { match: "person*.csv", dataset: person.basic }
              - { match: "lab*.csv", dataset: lab.result }
            """);
        File("mappings/yunnao.yaml", """
            id: yunnao
            version: 1.0.0
            status: standard
            name: { zh: 另一个平台, en: Another platform }
            format: csv
            encoding: utf-8
            numbering: sender
            files:
              - { match: "lab_result.*.csv", dataset: lab.result }
            """);
        File("mappings/plain-parquet.yaml", """
            id: plain-parquet
            version: 1.0.0
            status: standard
            name: { zh: 标准模板, en: Plain template }
            organisation: "H1"
            format: parquet
            files:
              - { match: "lab*.parquet", dataset: lab.result }
            """);
        File("mappings/fixed.yaml", """
            id: fixed
            version: 1.0.0
            status: standard
            name: { zh: 定长文件, en: Fixed width }
            organisation: "H1"
            format: fixed
            files:
              - match: "lab*.fix"
                dataset: lab.result
                columns: { BRBH: 1-5, BGH: 6-10, XH: 11-12, XMDM: 13-17, XMMC: 18-27, BGSJ: 28-35 }
                items: { patient_id: BRBH, report_no: BGH, item_no: XH, item_code: XMDM, report_time: { from: BGSJ, format: "%Y%m%d" } }
            """);
        File("mappings/hospital-b.yaml", """
            id: hospital-b
            version: 1.0.0
            status: standard
            name: { zh: 乙医院, en: Hospital B }
            organisation: "H2"
            format: csv
            encoding: gb18030
            codes: { SEX: hospital-b-sex, FLAG: hospital-b-flag }
            files:
              - match: "BRXX*.csv"
                dataset: person.basic
                items:
                  patient_id: 病人号
                  name: 姓名
                  id_number: 身份证
                  sex: 性别
                  birth_date: { from: 出生日期, format: "%Y年%m月%d日" }
                  recorded_time: { from: 登记时间, format: "%Y/%m/%d %H:%M" }
              - match: "JYJG*.csv"
                dataset: lab.result
                items: { patient_id: BRBH, report_no: BGH, item_no: XH, item_code: XMDM, result_value: JG, abnormal_flag: BZ, report_time: BGSJ }
            """);
        File("mappings/fhir.yaml", """
            id: fhir
            version: 1.0.0
            status: standard
            name: { zh: FHIR, en: FHIR }
            organisation: "F1"
            format: fhir
            codes: { SEX: fhir-sex }
            resources:
              - { resource: Patient, dataset: person.basic }
              - resource: Observation
                dataset: lab.result
                items: { item_no: { value: "1" } }
            """);
        File("mappings/hl7v2.yaml", """
            id: hl7v2
            version: 1.0.0
            status: standard
            name: { zh: HL7 v2, en: HL7 v2 }
            format: hl7v2
            codes: { SEX: hospital-b-sex }
            messages:
              - { match: ["ADT^*", "ORU^R01"], row: PID, dataset: person.basic }
              - { match: ["ORU^R01"], row: OBX, dataset: lab.result }
              - { match: ["ADT^A40"], row: MRG, dataset: person.merge }
            """);
    }
}
