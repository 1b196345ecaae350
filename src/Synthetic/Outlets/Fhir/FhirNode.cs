namespace Yunnao.Synthetic.Outlets.Fhir;

/// <summary>A part of a resource: an object, an array, or a value that an item or a constant gives.</summary>
internal sealed class FhirNode(string name)
{
    public string Name { get; } = name;

    /// <summary>Slot of the item, or -1.</summary>
    public int Slot { get; set; } = -1;

    public CellForm Form { get; set; } = CellForm.Canonical;

    /// <summary>For references: the type before the id, such as <c>Patient/</c>.</summary>
    public string Prefix { get; set; } = "";

    public byte[]? Constant { get; set; }

    public bool IsArray { get; set; }

    /// <summary>For an element of an array that a filter picks out: what picks it.</summary>
    public string Picked { get; set; } = "";

    public List<FhirNode> Children { get; } = [];

    public bool IsValue => Slot >= 0 || Constant is not null;

    /// <summary>The property's name before <c>[x]</c>, where it is a choice of types (<c>valueQuantity</c> → <c>value</c>); else null.</summary>
    public string? Choice { get; } = Choices.FirstOrDefault(c => name.Length > c.Length && name.StartsWith(c, StringComparison.Ordinal) && char.IsAsciiLetterUpper(name[c.Length]));

    private static string[] Choices => ["value", "effective", "performed", "onset", "medication", "deceased", "occurrence", "abatement"];

    public FhirNode Child(string child, string picked = "")
    {
        foreach (var node in Children)
        {
            if (node.Name == child && node.Picked == picked) return node;
        }

        var made = new FhirNode(child) { Picked = picked };
        Children.Add(made);
        return made;
    }
}
