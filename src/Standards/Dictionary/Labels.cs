namespace Yunnao.Standards.Dictionary;

/// <summary>The words of the dictionary's pages, in both languages.</summary>
internal static class Labels
{
    public static readonly Names Title = new("数据字典", "Data dictionary");
    public static readonly Names DataSet = new("数据集", "Data set");
    public static readonly Names DataSets = new("数据集", "Data sets");
    public static readonly Names EveryDataSet = new("全部数据集", "all data sets");
    public static readonly Names Items = new("数据项", "Items");
    public static readonly Names Item = new("数据项", "Item");
    public static readonly Names ValueSet = new("值域", "Value set");
    public static readonly Names ValueSets = new("值域", "Value sets");
    public static readonly Names Element = new("数据元", "Data element");
    public static readonly Names Elements = new("数据元", "Data elements");
    public static readonly Names Mappings = new("来源映射", "Source mappings");
    public static readonly Names Measures = new("质量指标", "Measures of quality");
    public static readonly Names Dimension = new("维度", "Dimension");
    public static readonly Names Weight = new("权重", "Weight");
    public static readonly Names Checks = new("跨项校验", "Cross-item checks");
    public static readonly Names Name = new("名称", "Name");
    public static readonly Names Definition = new("定义", "Definition");
    public static readonly Names Version = new("版本", "Version");
    public static readonly Names Status = new("状态", "Status");
    public static readonly Names Source = new("来源", "Source");
    public static readonly Names Type = new("类型", "Type");
    public static readonly Names Required = new("必填", "Required");
    public static readonly Names Values = new("值域或单位", "Values or unit");
    public static readonly Names Range = new("范围", "Range");
    public static readonly Names Level = new("级别", "Level");
    public static readonly Names Deid = new("脱敏", "De-identification");
    public static readonly Names Role = new("角色", "Role");
    public static readonly Names Paths = new("路径", "Paths");
    public static readonly Names Filled = new("覆盖率", "Filled");
    public static readonly Names Rows = new("行数", "Rows");
    public static readonly Names Code = new("代码", "Code");
    public static readonly Names Parent = new("上级代码", "Parent");
    public static readonly Names Further = new("其他", "Further");
    public static readonly Names UsedIn = new("使用处", "Used in");
    public static readonly Names Id = new("标识", "Id");
    public static readonly Names Identifier = new("标准标识符", "Identifier");
    public static readonly Names Document = new("文档代码", "Document");
    public static readonly Names Codes = new("代码数", "Codes");
    public static readonly Names Severity = new("处理", "Severity");
    public static readonly Names Condition = new("条件", "Condition");
    public static readonly Names Format = new("格式", "Format");

    private static readonly Dictionary<string, Names> Domains = new(StringComparer.Ordinal)
    {
        ["anaesthesia"] = new("麻醉", "Anaesthesia"),
        ["drug"] = new("药品", "Drugs"),
        ["emr"] = new("电子病历文档", "Clinical documents"),
        ["encounter"] = new("就诊", "Encounters"),
        ["exam"] = new("检查", "Examinations"),
        ["front_page"] = new("病案首页", "Case front page"),
        ["inpatient"] = new("住院", "Inpatients"),
        ["lab"] = new("检验", "Laboratory"),
        ["org"] = new("机构与人员", "Institutions and staff"),
        ["outpatient"] = new("门急诊", "Outpatients"),
        ["person"] = new("个人", "Persons"),
        ["public_health"] = new("公共卫生", "Public health"),
        ["supervision"] = new("卫生监督", "Health supervision"),
        ["surgery"] = new("手术", "Surgery"),
    };

    private static readonly Dictionary<string, Names> Words = new(StringComparer.Ordinal)
    {
        ["record"] = new("记录主键", "record"),
        ["subject"] = new("个人标识", "subject"),
        ["organisation"] = new("机构", "organisation"),
        ["time"] = new("事件时间", "time"),
        ["encounter"] = new("就诊关联", "encounter"),
        ["identity"] = new("身份信息", "identity"),
        ["keep"] = new("原样", "keep"),
        ["mask"] = new("遮蔽", "mask"),
        ["generalise"] = new("泛化", "generalise"),
        ["redact"] = new("文本去标识", "redact"),
        ["pseudonym"] = new("假名", "pseudonym"),
        ["drop"] = new("删除", "drop"),
        ["vault"] = new("保管库", "vault"),
        ["reject"] = new("拒收", "reject"),
        ["flag"] = new("标记", "flag"),
    };

    /// <summary>The name of a word of the registry's files (a role, an action, a severity); of a kind (<c>identity.name</c>) the word in front.</summary>
    public static Names Word(string word)
    {
        var dot = word.IndexOf('.', StringComparison.Ordinal);
        return Words.TryGetValue(dot < 0 ? word : word[..dot], out var name) ? dot < 0 ? name : new($"{name.Zh}({word[(dot + 1)..]})", word) : new(word, word);
    }

    /// <summary>Name of a domain; its id where it is one of a user's own.</summary>
    public static Names Domain(string id) => Domains.TryGetValue(id, out var name) ? name : new(id, id);

    /// <summary>Status and whether the entry is verified.</summary>
    public static Names Of(Status status, bool provisional)
    {
        var (zh, en) = status switch { Standards.Status.Standard => ("标准", "standard"), Standards.Status.Draft => ("草案", "draft"), _ => ("已被取代", "superseded") };
        return provisional ? new($"{zh}(未核实)", $"{en} (provisional)") : new(zh, en);
    }
}
