using Yunnao.Standards;

namespace Yunnao.Synthetic.Catalogue;

/// <summary>A laboratory item of the registry's LAB list.</summary>
internal sealed class LabItem
{
    private readonly string? _maleReference;
    private readonly string? _femaleReference;

    public LabItem(Code code)
    {
        Code = code.Value;
        Name = code.Name.Zh;
        Unit = Attributes.Text(code, "unit");
        Decimals = (int)(Attributes.Number(code, "decimals") ?? 0);
        Kind = Attributes.Text(code, "kind");
        Loinc = Attributes.Text(code, "loinc");
        Specimen = Attributes.Text(code, "specimen");
        Mean = Attributes.Number(code, "mean") ?? 0;
        Deviation = Attributes.Number(code, "sd") ?? 0;
        Normal = Attributes.Text(code, "normal");
        Abnormal = Attributes.Text(code, "abnormal");
        var (low, high) = (Attributes.Number(code, "low"), Attributes.Number(code, "high"));
        Male = new(low, high);
        Female = new(Attributes.Number(code, "low_f") ?? low, Attributes.Number(code, "high_f") ?? high);
        (_maleReference, _femaleReference) = (Reference(Male), Reference(Female));
        Critical = new(Attributes.Number(code, "critical_low"), Attributes.Number(code, "critical_high"));
    }

    public string Code { get; }

    public string Name { get; }

    public string Unit { get; }

    public int Decimals { get; }

    /// <summary><c>number</c>, <c>qualitative</c> or <c>text</c>.</summary>
    public string Kind { get; }

    public string Loinc { get; }

    public string Specimen { get; }

    /// <summary>Mean of healthy men; women's values are moved with their reference range.</summary>
    public double Mean { get; }

    public double Deviation { get; }

    /// <summary>Results of a qualitative test.</summary>
    public string Normal { get; }

    public string Abnormal { get; }

    public Bounds Male { get; }

    public Bounds Female { get; }

    public Bounds Critical { get; }

    public bool IsNumber => Kind == "number";

    public bool IsQualitative => Kind == "qualitative";

    /// <summary>The reference range as a text.</summary>
    public string? Reference(bool female) => female ? _femaleReference : _maleReference;

    private static string? Reference(Bounds bounds) => bounds switch
    {
        ({ } low, { } high) => $"{low:0.####}-{high:0.####}",
        (null, { } high) => $"<{high:0.####}",
        ({ } low, null) => $">{low:0.####}",
        _ => null,
    };

    /// <summary>A range; either bound may be open.</summary>
    internal readonly record struct Bounds(double? Low, double? High);
}
