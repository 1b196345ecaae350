using Yunnao.Standards;

namespace Yunnao.Synthetic.Catalogue;

/// <summary>A drug of the registry's DRUG list.</summary>
internal sealed class Drug
{
    public Drug(Code code, IReadOnlyDictionary<string, Code> frequencies)
    {
        Code = code.Value;
        Name = code.Name.Zh;
        Spec = Attributes.Text(code, "spec");
        Form = Attributes.Text(code, "form");
        Dose = Attributes.Number(code, "dose") ?? 1;
        DoseUnit = Attributes.Text(code, "unit");
        Pack = Attributes.Text(code, "pack");
        Route = Attributes.Text(code, "route");
        Frequency = Attributes.Text(code, "frequency");
        Price = Attributes.Number(code, "price") ?? 1;
        Antibiotic = Attributes.Text(code, "antibiotic") == "true";
        SkinTest = Attributes.Text(code, "skin_test") == "true";
        var kind = Attributes.Text(code, "kind");
        (Chinese, Narcotic, Psychotropic) = (kind == "tcm", kind == "narcotic", kind == "psychotropic2");
        TimesPerDay = frequencies.TryGetValue(Frequency, out var frequency) ? Attributes.Number(frequency, "times_per_day") ?? 1 : 1;
        FrequencyName = frequencies.TryGetValue(Frequency, out frequency) ? frequency.Name.Zh : "";
    }

    public string Code { get; }

    public string Name { get; }

    public string Spec { get; }

    public string Form { get; }

    public double Dose { get; }

    public string DoseUnit { get; }

    public string Pack { get; }

    public string Route { get; }

    public string Frequency { get; }

    public string FrequencyName { get; }

    public double TimesPerDay { get; }

    public double Price { get; }

    public bool Antibiotic { get; }

    public bool SkinTest { get; }

    public bool Chinese { get; }

    public bool Narcotic { get; }

    public bool Psychotropic { get; }

    /// <summary>Given by injection or infusion: by a nurse, not taken home.</summary>
    public bool Injected => Route.StartsWith('4');
}
