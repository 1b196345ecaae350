using System.Text;

namespace Yunnao.Cli.Bench;

/// <summary>
/// Writes a sound registry of a given size: the shapes of a national one (all types, value sets, ranges, paths, rules, a mapping),
/// invented content.
/// </summary>
internal sealed class RegistryMaker(string folder, RegistrySize size)
{
    private static readonly (string Type, string Format)[] Types =
        [("S1", "AN..100"), ("S3", "AN..12"), ("N", "\"N..8,2\""), ("D", "D8"), ("DT", "DT15"), ("L", "T/F"), ("S2", "AN..12"), ("N", "N..6")];

    public void Write()
    {
        foreach (var sub in (string[])["codes", "items", "mappings/codes"]) Directory.CreateDirectory(Path.Combine(folder, sub));
        Save("units.csv", "code,name_zh,name_en\nmmol/L,毫摩尔每升,millimole per litre\n");
        WriteValueSets();
        WriteElements();
        WriteDataSets();
        WriteMapping();
    }

    private void WriteValueSets()
    {
        var sets = new StringBuilder("id,oid,version,status,provisional,name_zh,name_en,source\n");
        for (var set = 0; set < size.ValueSets; set++)
        {
            sets.Append($"CV{set:0000},2.16.156.{set},1.0.0,standard,,值域 {set},Value set {set},made\n");

            // As in life: most value sets are small, a few hold nearly all codes.
            var codes = new StringBuilder("code,name_zh,name_en,parent\n");
            for (var code = 0; code < CodesOf(set); code++)
            {
                var parent = code % 10 == 0 ? "" : $"{code / 10 * 10:000000}";
                codes.Append($"{code:000000},第 {code} 个代码的名称,Name of code {code},{parent}\n");
            }

            Save($"codes/CV{set:0000}.csv", codes.ToString());
        }

        Save("valuesets.csv", sets.ToString());
    }

    /// <summary>A tenth of the sets share nine tenths of the codes.</summary>
    private int CodesOf(int set)
    {
        var large = Math.Max(1, size.ValueSets / 10);
        return set < large ? size.Codes * 9 / 10 / large : Math.Max(2, size.Codes / 10 / Math.Max(1, size.ValueSets - large));
    }

    private void WriteElements()
    {
        var text = new StringBuilder("id,version,status,provisional,name_zh,name_en,definition_zh,definition_en,type,format,value_set,source\n");
        for (var i = 0; i < size.Elements; i++)
        {
            var (type, format) = Types[i % Types.Length];
            var set = type is "S2" or "S3" ? $"CV{i % size.ValueSets:0000}" : "";
            text.Append($"DE{i:00000},1.0.0,standard,,数据元 {i},Data element {i},数据元 {i} 的定义,Definition of data element {i},")
                .Append($"{type},{format},{set},made\n");
        }

        Save("elements.csv", text.ToString());
    }

    private void WriteDataSets()
    {
        var sets = new StringBuilder("id,version,status,domain,name_zh,name_en,definition_zh,definition_en,identifier,document,load_order,source\n");
        var rules = new StringBuilder("id,dataset,version,status,severity,expression,message_zh,message_en,source\n");
        var each = size.Items / size.DataSets;
        for (var set = 0; set < size.DataSets; set++)
        {
            var id = SetId(set);
            sets.Append($"{id},1.0.0,standard,domain_{set % 10},数据集 {set},Data set {set},数据集 {set} 的定义,Definition of data set {set},")
                .Append($"HDSD{set:0000},C{set:0000},50,made\n");
            rules.Append($"rule-{set},{id},1.0.0,standard,flag,\"event_time >= timestamp '1900-01-01 00:00:00' or record_no is null\",")
                .Append("时间不合理,Implausible time,made\n");
            Save($"items/{id}.csv", Items(set, set == size.DataSets - 1 ? size.Items - (each * set) : each));
        }

        Save("datasets.csv", sets.ToString());
        Save("checks.csv", rules.ToString());
    }

    private string Items(int set, int count)
    {
        var text = new StringBuilder("item,id,element,name_zh,name_en,definition_zh,definition_en,unit,min,max,card,role,level,deid,hl7v2,fhir\n");
        text.Append("record_no,,DE00000,记录号,Record number,,,,,,1,record,3,pseudonym,OBR-3,Observation.id\n");
        text.Append("patient_no,,DE00000,患者号,Patient number,,,,,,1,subject,4,vault,PID-3.1,Observation.subject.reference\n");
        text.Append("org_code,,DE00000,机构代码,Institution,,,,,,1,organisation,1,keep,MSH-4,\n");
        text.Append("event_time,,DE00004,时间,Time,,,,1900-01-01,2100-01-01,1,time,3,generalise,OBR-7,Observation.effectiveDateTime\n");
        for (var i = 4; i < count; i++)
        {
            var element = ((set * 31) + i) % size.Elements;
            var (unit, range) = Types[element % Types.Length].Type == "N" ? ("mmol/L", "0,9999") : ("", ",");
            text.Append($"item_{i},HDSD{set:0000}.{i:000},DE{element:00000},数据项 {i},Item {i},数据项 {i} 的定义,Definition of item {i},")
                .Append($"{unit},{range},0..1,,3,keep,OBX-5,Observation.valueQuantity.value\n");
        }

        return text.ToString();
    }

    private void WriteMapping()
    {
        var text = new StringBuilder("id: made\nversion: 1.0.0\nstatus: standard\nname: { zh: 生成, en: Made }\nformat: csv\n");
        text.Append("codes: { CV0001: made }\nfiles:\n");
        for (var set = 0; set < size.DataSets; set++)
        {
            text.Append($"  - match: \"SET{set}_*.csv\"\n    dataset: {SetId(set)}\n    items:\n      record_no: A\n      patient_no: B\n")
                .Append("      org_code: C\n      event_time: { from: D, format: \"%Y/%m/%d\" }\n");
        }

        Save("mappings/made.yaml", text.ToString());
        Save("mappings/codes/made.csv", "source,target,name\nX,000000,\nY,000001,\n");
    }

    private static string SetId(int set) => $"domain_{set % 10}.set_{set}";

    private void Save(string path, string text) => File.WriteAllText(Path.Combine(folder, path), text);
}
